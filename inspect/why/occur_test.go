package why

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const digest = "5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf"

func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func occurrences(t testing.TB, root string, opts OccurrenceOptions) []string {
	t.Helper()
	var out []string
	for o, err := range Occurrences(t.Context(), root, digest, opts) {
		if err != nil {
			out = append(out, "error")
			continue
		}
		if o.Context[o.Digest:o.Digest+len(digest)] != digest {
			t.Errorf("%+v: Digest does not lead to it", o)
		}
		out = append(out, fmt.Sprintf("%s %s %d %s", o.File, o.Place, o.Offset, o.Context))
	}
	return out
}

func TestOccurrences(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "bin/run", []byte("#!/nix/store/"+digest+"-bash/bin/sh\nexec /nix/store/"+digest+"-x\x00\xff"))
	write(t, dir, "none", []byte("nothing"))
	write(t, dir, "sub-"+digest+"/y", nil)
	if err := os.Symlink("/nix/store/"+digest+"-x/lib", filepath.Join(dir, "lib")); err != nil {
		t.Fatal(err)
	}
	got := occurrences(t, dir, OccurrenceOptions{})
	want := []string{
		"bin/run contents 13 #!/nix/store/" + digest + "-bash/bin/sh.exec /nix/store/" + digest + "-x.",
		// What stands before the second one is cut to 32 bytes.
		"bin/run contents 74 " + digest[29:] + "-bash/bin/sh.exec /nix/store/" + digest + "-x..",
		"lib target 11 /nix/store/" + digest + "-x/lib",
		"sub-" + digest + " name 4 sub-" + digest,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("occurrences (-want +got):\n%s", diff)
	}
	if got := occurrences(t, dir, OccurrenceOptions{PerFile: 1}); len(got) != 3 {
		t.Errorf("one for each file = %q, want 3", got)
	}
}

// A single file or link is an object too.
func TestOccurrencesOfOneFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "file", []byte(digest))
	if err := os.Symlink(digest, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"file": " contents 0 " + digest, "link": " target 0 " + digest} {
		if got := occurrences(t, filepath.Join(dir, name), OccurrenceOptions{}); !cmp.Equal(got, []string{want}) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Wherever a digest lies in a file larger than the buffer, it is found once.
func TestOccurrencesAcrossBuffers(t *testing.T) {
	dir := t.TempDir()
	for _, at := range []int{0, searchBuffer - 200, searchBuffer - 161, searchBuffer - 160, searchBuffer - 100, searchBuffer - 32, searchBuffer - 31, searchBuffer - 1, searchBuffer, 2*searchBuffer - 140, 3*searchBuffer - 32} {
		data := bytes.Repeat([]byte("."), 3*searchBuffer)
		copy(data[at:], digest)
		write(t, dir, "f", data)
		before, after := min(at, contextBefore), min(len(data)-at, contextAfter)-len(digest)
		want := fmt.Sprintf("f contents %d %s%s%s", at, strings.Repeat(".", before), digest, strings.Repeat(".", after))
		if got := occurrences(t, dir, OccurrenceOptions{}); !cmp.Equal(got, []string{want}) {
			t.Errorf("at %d: %q, want %q", at, got, want)
		}
	}
}

func TestOccurrencesStop(t *testing.T) {
	dir := t.TempDir()
	for i := range 10 {
		write(t, dir, fmt.Sprint(i), []byte(digest+digest))
	}
	n := 0
	for range Occurrences(t.Context(), dir, digest, OccurrenceOptions{}) {
		if n++; n == 3 {
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n = 0
	for _, err := range Occurrences(ctx, dir, digest, OccurrenceOptions{}) {
		cancel()
		if n++; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled search: %v", err)
		}
	}
	if n > 4 {
		t.Errorf("a cancelled search tells of %d more, want at most 3", n-1)
	}
	for _, err := range Occurrences(t.Context(), filepath.Join(dir, "absent"), digest, OccurrenceOptions{}) {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("absent object: %v, want ErrNotExist", err)
		}
	}
}

func BenchmarkOccurrences(b *testing.B) {
	dir := b.TempDir()
	const size = 64 << 20
	data := bytes.Repeat([]byte("some text of a program, 0123456789abcdef "), size/41)
	write(b, dir, "f", data)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if got := occurrences(b, dir, OccurrenceOptions{}); len(got) > 0 {
			b.Fatal(got)
		}
	}
}
