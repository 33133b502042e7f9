package export_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/export"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// objects are flat files by path, and what they refer to.
type objects map[store.Path]struct {
	text string
	refs []store.Path
}

func (o objects) archive(p store.Path) []byte {
	var b bytes.Buffer
	nar.DumpContents(&b, []byte(o[p].text))
	return b.Bytes()
}

func (o objects) PathInfo(_ context.Context, p store.Path) (*store.PathInfo, error) {
	data := o.archive(p)
	return &store.PathInfo{Path: p, NarHash: nixhash.Sum(nixhash.SHA256, data), NarSize: int64(len(data)), References: o[p].refs}, nil
}

func (o objects) Dump(_ context.Context, w io.Writer, p store.Path) error {
	_, err := w.Write(o.archive(p))
	return err
}

func pathOf(n int) store.Path { return store.Path(fmt.Sprintf("/nix/store/%032d-x", n)) }

func sample(t *testing.T) (objects, []byte) {
	t.Helper()
	o := objects{pathOf(1): {"needs two", []store.Path{pathOf(2)}}, pathOf(2): {"two", nil}}
	var b bytes.Buffer
	if err := export.Write(t.Context(), &b, o, []store.Path{pathOf(1), pathOf(2)}); err != nil {
		t.Fatal(err)
	}
	return o, b.Bytes()
}

// What is written is read again, references before referrers.
func TestRoundTrip(t *testing.T) {
	o, data := sample(t)
	var got []store.Path
	err := export.Read(t.Context(), bytes.NewReader(data), store.DefaultDir, func(info *store.PathInfo, r io.Reader) error {
		archive, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(archive, o.archive(info.Path)) {
			t.Errorf("%s: got %q, %v", info.Path, archive, err)
		}
		if want, _ := o.PathInfo(t.Context(), info.Path); info.NarHash != want.NarHash || info.NarSize != want.NarSize {
			t.Errorf("got %+v, want %+v", info, want)
		}
		got = append(got, info.Path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.Path{pathOf(2), pathOf(1)}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// What ends too early, or is something else, is an error, and what add says ends it.
func TestReadErrors(t *testing.T) {
	_, data := sample(t)
	nothing := func(*store.PathInfo, io.Reader) error { return nil }
	for n := range len(data) {
		if err := export.Read(t.Context(), bytes.NewReader(data[:n]), store.DefaultDir, nothing); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for an export", n, len(data))
		}
	}
	if err := export.Read(t.Context(), strings.NewReader("something else"), store.DefaultDir, nothing); err == nil {
		t.Error("any text is taken for an export")
	}
	stop := errors.New("stop")
	if err := export.Read(t.Context(), bytes.NewReader(data), store.DefaultDir, func(*store.PathInfo, io.Reader) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want %v", err, stop)
	}
}

// Hostile input neither panics nor takes memory.
func FuzzRead(f *testing.F) {
	o := objects{pathOf(1): {"text", nil}}
	var b bytes.Buffer
	if err := export.Write(context.Background(), &b, o, []store.Path{pathOf(1)}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		export.Read(t.Context(), bytes.NewReader(data), store.DefaultDir, func(info *store.PathInfo, r io.Reader) error {
			if n, _ := io.Copy(io.Discard, r); n != info.NarSize {
				t.Errorf("got %d bytes, want %d", n, info.NarSize)
			}
			return nil
		})
	})
}
