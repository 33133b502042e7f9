package local

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// FuzzJournal pins that any file can be read, and lines that were written in
// whatever company come out as they were.
func FuzzJournal(f *testing.F) {
	f.Add("valid\t/nix/store/x\n")
	f.Add("00000000\tgone\t/nix/store/00000000000000000000000000000000-x")
	f.Add("00000000\tbuilt\t/nix/store/00000000000000000000000000000000-x.drv\tout\t/nix/store/00000000000000000000000000000000-x\tk:1")
	f.Fuzz(func(t *testing.T, junk string) {
		info := &store.PathInfo{Path: "/nix/store/00000000000000000000000000000000-x", NarHash: nixhash.SumString(nixhash.SHA256, junk), NarSize: int64(len(junk))}
		var b strings.Builder
		b.WriteString(junk + "\n")
		line(&b, validFields(info, 17)...)
		b.WriteString(junk)
		found := false
		for entry, err := range readJournal(store.DefaultDir, strings.NewReader(b.String())) {
			if err != nil {
				t.Fatal(err)
			}
			found = found || entry.Info.NarHash == info.NarHash
		}
		if !found {
			t.Error("the line is lost")
		}
	})
}

// TestJournal reads back what a store wrote.
func TestJournal(t *testing.T) {
	st, err := Open(t.Context(), Options{Root: t.TempDir(), SyncMode: SyncNone})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	a, err := st.AddText(t.Context(), "a", []byte("a"), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := st.AddText(t.Context(), "b", []byte("b"), []store.Path{a})
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[store.Path]*store.PathInfo)
	for info, err := range st.AllInfos(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		want[info.Path] = info
	}
	if err := st.journal.gone([]store.Path{b}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(st.journal.file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := make(map[store.Path]*store.PathInfo)
	gone := 0
	for entry, err := range readJournal(st.dir, f) {
		if err != nil {
			t.Fatal(err)
		}
		if entry.Gone {
			gone++
			continue
		}
		got[entry.Info.Path] = &entry.Info
	}
	opts := []cmp.Option{cmp.Comparer(func(a, b nixhash.Hash) bool { return a == b }), cmp.Transformer("nil", func(s []string) string { return strings.Join(s, " ") })}
	if diff := cmp.Diff(want, got, opts...); diff != "" || gone != 1 {
		t.Errorf("%d gone; infos (-database +journal):\n%s", gone, diff)
	}
}

// TestCompactJournal pins that a journal shrinks to what is valid, and that it
// can be appended to as before, also by who has opened the old one.
func TestCompactJournal(t *testing.T) {
	st, err := Open(t.Context(), Options{Root: t.TempDir(), SyncMode: SyncNone})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.compactJournal(t.Context(), 0); err != nil {
		t.Errorf("no journal: %v", err)
	}
	a, err := st.AddText(t.Context(), "a", []byte("a"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if err := st.journal.gone([]store.Path{"/nix/store/00000000000000000000000000000000-x"}); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.OpenFile(st.journal.file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	for range 2 { // the second time there is nothing to gain
		if err := st.compactJournal(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	if written, err := appendLocked(old, "lost"); written || err != nil {
		t.Errorf("append to the old one: got %v, %v, want false", written, err)
	}
	b, err := st.AddText(t.Context(), "b", []byte("b"), nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(st.journal.file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got []store.Path
	for entry := range readJournal(st.dir, f) {
		got = append(got, entry.Info.Path)
	}
	if want := []store.Path{a, b}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestSelfBlanker compares it with a search through the whole, however the
// contents are cut.
func TestSelfBlanker(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digest := "0123"
		parts := rapid.SliceOf(rapid.StringMatching(`(0123|[0-3]{0,5}|x*)`)).Draw(t, "parts")
		var got bytes.Buffer
		s := &selfBlanker{digest: digest, w: &got}
		for _, part := range parts {
			if n, err := s.Write([]byte(part)); err != nil || n != len(part) {
				t.Fatalf("write: %d, %v", n, err)
			}
		}
		if err := s.finish(); err != nil {
			t.Fatal(err)
		}
		whole := strings.Join(parts, "")
		want := strings.ReplaceAll(whole, digest, "\x00\x00\x00\x00")
		for at := 0; ; {
			i := strings.Index(whole[at:], digest)
			if i < 0 {
				break
			}
			want += "|" + strconv.Itoa(at+i)
			at += i + len(digest)
		}
		if got.String() != want {
			t.Errorf("got %q, want %q", got.String(), want)
		}
	})
}

// TestDurableRows pins that a crash of the machine does not undo what a store that was
// installed in, or closed, has in its database, the tables themselves included.
func TestDurableRows(t *testing.T) {
	ctx := t.Context()
	root := t.TempDir()
	st, err := Open(ctx, Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	db, err := st.db.get()
	if err != nil {
		t.Fatal(err)
	}
	durable := func(after string) {
		t.Helper()
		if db.unsynced.Load() {
			t.Errorf("after %s there are rows that may be lost", after)
		}
	}
	durable("making the database")
	if _, err := st.AddText(ctx, "text", []byte("text"), nil); err != nil {
		t.Fatal(err)
	}
	info := &store.PathInfo{Path: "/nix/store/00000000000000000000000000000000-x", NarHash: nixhash.SumString(nixhash.SHA256, ""), NarSize: 1}
	file := root + "/x"
	if err := os.WriteFile(file, nil, 0o444); err != nil {
		t.Fatal(err)
	}
	if err := st.Install(ctx, []*store.PathInfo{info}, map[store.Path]string{info.Path: file}); err != nil {
		t.Fatal(err)
	}
	durable("installing")
	if _, err := st.AddText(ctx, "text", []byte("other"), nil); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	durable("closing")
}
