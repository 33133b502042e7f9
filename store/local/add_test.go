package local_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/local"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// TestAddedPaths pins paths that a real Nix 2.34 gave the same contents.
func TestAddedPaths(t *testing.T) {
	st := openAt(t, newDir(t))
	tree := makeTree(t)
	for _, test := range []struct {
		name, file string
		method     store.IngestionMethod
		algo       nixhash.Algo
		want       string
	}{
		{"t", tree, store.NAR, 0, "sdxq9la9z3hckivr8qlrs56l2ax13h0w-t"},
		{"t", tree, store.NAR, nixhash.SHA256, "sdxq9la9z3hckivr8qlrs56l2ax13h0w-t"},
		{"t", tree, store.NAR, nixhash.SHA1, "dxknrif85b37rmmmm1cvz45bzh3rpb9y-t"},
		{"t", tree, store.NAR, nixhash.MD5, "ybkd66rb3malrx9gldjhb55hyx8sw202-t"},
		{"t", tree, store.NAR, nixhash.SHA512, "x5pj9s5y5f3qp0axccvfm5p70l0qvmi2-t"},
		{"plain", tree + "/plain", store.Flat, nixhash.SHA256, "g6vavvjjcviapdi1y8ahl84y85rd0hhj-plain"},
		{"plain", tree + "/plain", store.Flat, nixhash.SHA1, "vajk26yq1aassmrq71b7mwnr9sv4zh1n-plain"},
		{"plain", tree + "/plain", store.Flat, nixhash.MD5, "5jfxq30hbjarihxk5hf4l8gyd5p96vxy-plain"},
		{"plain", tree + "/plain", store.Flat, nixhash.SHA512, "9hw1yc2jwkpr9hdmv2hrcsc8c64br9an-plain"},
	} {
		p, err := st.AddTree(t.Context(), test.name, test.file, test.method, test.algo, nil)
		if err != nil || p.Base() != test.want {
			t.Errorf("add %s by %s, %s: got %s, %v, want %s", test.file, test.method, test.algo, p, err, test.want)
		}
	}
	p, err := st.AddText(t.Context(), "a", []byte("hello"), nil)
	if want := "vmg5na96ajnh1v932j9jdzfc3022vbh9-a"; err != nil || p.Base() != want {
		t.Errorf("add text: got %s, %v, want %s", p, err, want)
	}
	verifyClean(t, st)
}

// TestMetadata pins the permissions and times of what is added.
func TestMetadata(t *testing.T) {
	st := openAt(t, newDir(t))
	w := buildWorld(t, st)
	for _, test := range []struct {
		file string
		mode os.FileMode
	}{
		{st.RealPath(w.tree), os.ModeDir | 0o555},
		{st.RealPath(w.tree) + "/bin", os.ModeDir | 0o555},
		{st.RealPath(w.tree) + "/bin/tool", 0o555},
		{st.RealPath(w.tree) + "/plain", 0o444},
		{st.RealPath(w.text), 0o444},
		{st.RealPath(w.drv), 0o444},
		{st.RealPath(w.out), 0o444},
	} {
		info, err := os.Lstat(test.file)
		if err != nil {
			t.Error(err)
			continue
		}
		if info.Mode() != test.mode || info.ModTime().Unix() != 1 {
			t.Errorf("%s: got %v, %v, want %v, 1 s", test.file, info.Mode(), info.ModTime().Unix(), test.mode)
		}
	}
	noTempDirs(t, st)
}

// noTempDirs checks that nothing but store paths and links lies in the store.
func noTempDirs(t *testing.T, st *local.Store) {
	t.Helper()
	names := must(st.Entries(t.Context()))(t)
	for _, name := range names {
		if _, err := st.Dir().Join(name); err != nil || strings.HasSuffix(name, ".lock") {
			t.Errorf("left in the store: %s", name)
		}
	}
}

func TestInfos(t *testing.T) {
	st := openAt(t, newDir(t))
	w := buildWorld(t, st)
	ctx := t.Context()
	info := must(st.PathInfo(ctx, w.out))(t)
	refs := []store.Path{w.tree, w.lib, w.out}
	slices.Sort(refs)
	want := &store.PathInfo{
		Path: w.out, NarHash: info.NarHash, NarSize: 120, References: refs, Deriver: w.drv,
		RegistrationTime: info.RegistrationTime, Ultimate: true, Sigs: []string{"k-1:c2ln"},
	}
	if diff := cmp.Diff(want, info, cmp.Comparer(func(a, b nixhash.Hash) bool { return a == b })); diff != "" {
		t.Errorf("info (-want +got):\n%s", diff)
	}
	if got, want := must(st.Referrers(ctx, w.tree))(t), []store.Path{w.lib, w.out}; !equalSets(got, want) {
		t.Errorf("referrers: got %v, want %v", got, want)
	}
	if got, want := must(st.Derivers(ctx, w.lib))(t), []store.Path{w.drv}; !slices.Equal(got, want) {
		t.Errorf("derivers: got %v, want %v", got, want)
	}
	outputs := must(st.DerivationOutputs(ctx, w.drv))(t)
	if diff := cmp.Diff(map[string]store.Path{"out": w.out, "lib": w.lib}, outputs); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	all := w.all()
	slices.Sort(all)
	if diff := cmp.Diff(all, must(st.AllPaths(ctx))(t)); diff != "" {
		t.Errorf("all paths (-want +got):\n%s", diff)
	}
	if got := must(st.QueryValid(ctx, append(all, "/nix/store/00000000000000000000000000000000-x")))(t); !slices.Equal(got, all) {
		t.Errorf("valid: got %v, want %v", got, all)
	}
	if got := must(st.PathFromHashPart(ctx, w.tree.Digest()))(t); got != w.tree {
		t.Errorf("path from digest: got %s, want %s", got, w.tree)
	}
	if got := must(st.PathFromHashPart(ctx, strings.Repeat("0", 32)))(t); got != "" {
		t.Errorf("path from digest: got %s, want none", got)
	}
	if _, err := st.PathInfo(ctx, "/nix/store/00000000000000000000000000000000-x"); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("info of no path: got %v, want %v", err, store.ErrInvalidPath)
	}
	for info, err := range st.AllInfos(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		one := must(st.PathInfo(ctx, info.Path))(t)
		if diff := cmp.Diff(one, info, cmp.Comparer(func(a, b nixhash.Hash) bool { return a == b })); diff != "" {
			t.Errorf("info alone and with all:\n%s", diff)
		}
	}
	graph := must(st.Graph(ctx))(t)
	i, _ := graph.Index(w.out)
	var got []store.Path
	for _, r := range graph.References(i) {
		got = append(got, graph.Paths[r])
	}
	if want := info.OtherReferences(); !slices.Equal(got, want) {
		t.Errorf("references in the graph: got %v, want %v", got, want)
	}
	if d, ok := graph.Deriver(i); !ok || graph.Paths[d] != w.drv {
		t.Errorf("deriver in the graph: got %v, %v", d, ok)
	}
}

func equalSets(a, b []store.Path) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// TestAddTreeFilter leaves out what the filter says.
func TestAddTreeFilter(t *testing.T) {
	st := openAt(t, newDir(t))
	tree := makeTree(t)
	p := must(st.AddTree(t.Context(), "t", tree, store.NAR, 0, func(path, typ string) (bool, error) {
		return typ != "directory" && path != tree+"/plain", nil
	}))(t)
	entries, err := os.ReadDir(st.RealPath(p))
	if err != nil || len(entries) != 1 || entries[0].Name() != "link" {
		t.Errorf("got %v, %v, want only link", entries, err)
	}
	_, err = st.AddTree(t.Context(), "t", tree, store.NAR, 0, func(string, string) (bool, error) { return false, io.ErrNoProgress })
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("error of the filter: got %v", err)
	}
	noTempDirs(t, st)
}

// TestAddLarge adds more than is kept in memory.
func TestAddLarge(t *testing.T) {
	st := openAt(t, newDir(t))
	dir := filepath.Join(newDir(t), "large")
	os.Mkdir(dir, 0o755)
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), bytes.Repeat([]byte(name), 12<<20), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	first := must(st.AddTree(t.Context(), "large", dir, store.NAR, 0, nil))(t)
	second := must(st.AddTree(t.Context(), "large", dir, store.NAR, 0, nil))(t)
	if first != second {
		t.Errorf("got %s, then %s", first, second)
	}
	// The second half cannot be read: nothing is left.
	if _, err := st.AddTree(t.Context(), "large", dir, store.NAR, 0, func(path, _ string) (bool, error) {
		return true, map[bool]error{true: io.ErrNoProgress}[strings.HasSuffix(path, "/b")]
	}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got %v, want %v", err, io.ErrNoProgress)
	}
	verifyClean(t, st)
	noTempDirs(t, st)
}

func TestAddErrors(t *testing.T) {
	st := openAt(t, newDir(t))
	tree := makeTree(t)
	for _, test := range []struct {
		name, file string
		method     store.IngestionMethod
		want       string
	}{
		{"t", tree, store.Flat, "not a regular file"},
		{"t", tree + "/link", store.Flat, "link"},
		{"t", tree + "/missing", store.NAR, "no such file"},
		{".", tree, store.NAR, "name"},
		{"t", tree, "other:", "unknown ingestion method"},
	} {
		if _, err := st.AddTree(t.Context(), test.name, test.file, test.method, 0, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("add %s as %q by %s: got %v, want an error with %q", test.file, test.name, test.method, err, test.want)
		}
	}
	missing := store.Path("/nix/store/00000000000000000000000000000000-x")
	if _, err := st.AddText(t.Context(), "text", nil, []store.Path{missing}); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("add text that refers to no path: got %v, want %v", err, store.ErrInvalidPath)
	}
	if got := must(st.AllPaths(t.Context()))(t); len(got) != 0 {
		t.Errorf("valid after errors: %v", got)
	}
	names := must(st.Entries(t.Context()))(t)
	if len(names) != 0 {
		t.Errorf("left in the store: %v", names)
	}
}

// TestLeftovers replaces what a crash left where a path goes.
func TestLeftovers(t *testing.T) {
	st := openAt(t, newDir(t))
	for _, leave := range []func(file string) error{
		func(file string) error { return os.WriteFile(file, []byte("ha"), 0o444) },
		func(file string) error {
			return errors.Join(os.MkdirAll(file+"/a/b", 0o755), os.Chmod(file+"/a", 0o555))
		},
		func(file string) error { return os.Symlink("/etc", file) },
	} {
		tree := makeTree(t)
		p := must(st.AddTree(t.Context(), "t", tree, store.NAR, 0, nil))(t)
		forget(t, st, p)
		if err := leave(st.RealPath(p)); err != nil {
			t.Fatal(err)
		}
		must(st.AddTree(t.Context(), "t", tree, store.NAR, 0, nil))(t)
		verifyClean(t, st)
	}
}

// forget deletes a path that nothing refers to.
func forget(t testing.TB, st *local.Store, p store.Path) {
	t.Helper()
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	coll := must(st.LockGC(t.Context()))(t)
	defer coll.Close()
	if inUse, err := coll.Invalidate(t.Context(), []store.Path{p}); err != nil || len(inUse) > 0 {
		t.Fatalf("invalidate %s: in use %v, %v", p, inUse, err)
	}
	if _, err := coll.Remove(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// TestAddNAR checks archives against what is promised of them.
func TestAddNAR(t *testing.T) {
	st := openAt(t, newDir(t))
	var archive bytes.Buffer
	if err := nar.Dump(&archive, makeTree(t), nil); err != nil {
		t.Fatal(err)
	}
	good := archive.Bytes()
	sum := nixhash.Sum(nixhash.SHA256, good)
	p := must(st.Dir().MakePath("output:out", sum, "t"))(t)
	ca := store.ContentAddress{Method: store.NAR, Hash: sum}
	caPath := must(ca.Path(st.Dir(), "t", nil, false))(t)
	wrongCA := store.ContentAddress{Method: store.NAR, Hash: nixhash.SumString(nixhash.SHA256, "other")}
	size := int64(len(good))
	for _, test := range []struct {
		name    string
		archive []byte
		info    store.PathInfo
		want    string // in the error, "" for none
	}{
		{"good", good, store.PathInfo{Path: p, NarHash: sum, NarSize: size}, ""},
		{"content-addressed", good, store.PathInfo{Path: caPath, NarHash: sum, NarSize: size, CA: ca.String()}, ""},
		{"other hash", good, store.PathInfo{NarHash: wrongCA.Hash, NarSize: size}, "hash"},
		{"truncated", good[:len(good)-8], store.PathInfo{NarHash: sum, NarSize: size}, "unexpected EOF"},
		{"more after it", append(slices.Clone(good), "more...."...), store.PathInfo{
			NarHash: nixhash.Sum(nixhash.SHA256, append(slices.Clone(good), "more...."...)), NarSize: size + 8,
		}, "after the archive"},
		{"smaller than said", good, store.PathInfo{NarHash: sum, NarSize: size + 8}, "want"},
		{"larger than said", good, store.PathInfo{NarHash: sum, NarSize: size - 8}, ""},
		{"no archive", []byte("<html>"), store.PathInfo{NarHash: sum, NarSize: size}, ""},
		{"wrong content address", good, store.PathInfo{Path: must(wrongCA.Path(st.Dir(), "t", nil, false))(t), NarHash: sum, NarSize: size, CA: wrongCA.String()}, "hash"},
		{"another's content address", good, store.PathInfo{NarHash: sum, NarSize: size, CA: ca.String()}, "that of another path"},
	} {
		info := test.info
		wantValid := info.Path == p || info.Path == caPath
		if info.Path == "" {
			info.Path = must(st.Dir().MakePath("output:out", nixhash.SumString(nixhash.SHA256, test.name), "t"))(t)
		}
		err := st.AddNAR(t.Context(), &info, bytes.NewReader(test.archive))
		if (err == nil) != wantValid || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", test.name, err, test.want)
		}
		if valid := must(st.IsValid(t.Context(), info.Path))(t); valid != wantValid {
			t.Errorf("%s: valid %v, want %v", test.name, valid, wantValid)
		}
		if _, err := os.Lstat(st.RealPath(info.Path)); (err == nil) != wantValid {
			t.Errorf("%s: files: %v", test.name, err)
		}
	}
	noTempDirs(t, st)
	verifyClean(t, st)
}

// TestAddNARSelf adds an object whose content address leaves out its own digest.
func TestAddNARSelf(t *testing.T) {
	st := openAt(t, newDir(t))
	contents := func(digest string) []byte {
		var b bytes.Buffer
		if err := nar.DumpContents(&b, []byte("I am "+digest+", yes "+digest)); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	blank := contents(strings.Repeat("\x00", store.DigestLen))
	at := bytes.Index(blank, []byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00, yes")) - 16
	text := string(blank) + "|" + strconv.Itoa(at) + "|" + strconv.Itoa(at+store.DigestLen+len(", yes "))
	ca := store.ContentAddress{Method: store.NAR, Hash: nixhash.SumString(nixhash.SHA256, text)}
	p := must(ca.Path(st.Dir(), "self", nil, true))(t)
	archive := contents(p.Digest())
	info := &store.PathInfo{
		Path: p, NarHash: nixhash.Sum(nixhash.SHA256, archive), NarSize: int64(len(archive)),
		References: []store.Path{p}, CA: ca.String(),
	}
	if err := st.AddNAR(t.Context(), info, bytes.NewReader(archive)); err != nil {
		t.Fatal(err)
	}
	verifyClean(t, st)
}

// TestRegisterRefuses pins what may not become valid.
func TestRegisterRefuses(t *testing.T) {
	st := openAt(t, newDir(t))
	ctx := t.Context()
	h := nixhash.SumString(nixhash.SHA256, "x")
	a := must(st.Dir().MakePath("output:out", h, "a"))(t)
	b := must(st.Dir().MakePath("output:out", h, "b"))(t)
	var cycle *store.CycleError
	err := st.Register(ctx, []*store.PathInfo{
		{Path: a, NarHash: h, NarSize: 1, References: []store.Path{b}},
		{Path: b, NarHash: h, NarSize: 1, References: []store.Path{a}},
	})
	if !errors.As(err, &cycle) {
		t.Errorf("circle of references: got %v, want a CycleError", err)
	}
	err = st.Register(ctx, []*store.PathInfo{{Path: b, NarHash: h, NarSize: 1}, {Path: a, NarHash: h, NarSize: 1, References: []store.Path{"/nix/store/00000000000000000000000000000000-x"}}})
	if !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("missing reference: got %v, want %v", err, store.ErrInvalidPath)
	}
	if err := st.Register(ctx, []*store.PathInfo{{Path: a, NarHash: nixhash.SumString(nixhash.SHA1, "x"), NarSize: 1}}); err == nil {
		t.Error("SHA-1 of the archive: no error")
	}
	if err := st.Register(ctx, []*store.PathInfo{{Path: a, NarHash: h, NarSize: 1, CA: "text:" + h.String()}}); err == nil {
		t.Error("content address of another path: no error")
	}
	if got := must(st.AllPaths(ctx))(t); len(got) != 0 {
		t.Errorf("valid after errors: %v", got)
	}
	// Itself is no circle.
	if err := st.Register(ctx, []*store.PathInfo{{Path: a, NarHash: h, NarSize: 1, References: []store.Path{a}}}); err != nil {
		t.Error(err)
	}
}

// forgedDerivation refuses a derivation that claims a path that is not its
// output, by whichever way it comes.
func forgedDerivation(t *testing.T) {
	st := openAt(t, newDir(t))
	w := buildWorld(t, st)
	ctx := t.Context()
	d := &drv.Derivation{
		Name: "evil", System: "x86_64-linux", Builder: "/bin/sh",
		Env:     map[string]string{"out": string(w.out)},
		Outputs: map[string]drv.Output{"out": {Path: w.out}},
	}
	if _, err := st.AddDerivation(ctx, d); err == nil {
		t.Error("add derivation: no error")
	}
	text := d.ATerm()
	if _, err := st.AddText(ctx, "evil.drv", text, nil); err == nil {
		t.Error("add text: no error")
	}
	p := must(d.Path(st.Dir()))(t)
	if valid := must(st.IsValid(ctx, p))(t); valid {
		t.Error("it is valid")
	}
	if got := must(st.Derivers(ctx, w.out))(t); !slices.Equal(got, []store.Path{w.drv}) {
		t.Errorf("derivers: got %v, want %v", got, w.drv)
	}
	if _, err := os.Lstat(st.RealPath(p)); err == nil {
		t.Error("its file was left")
	}
	if err := st.Flush(ctx); err != nil {
		t.Error(err)
	}
}

// TestDerivationsPending pins when derivations come to be on disk.
func TestDerivationsPending(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	ctx := t.Context()
	d := &drv.Derivation{Name: "d", System: "x", Builder: "/bin/sh", Env: map[string]string{"out": ""}, Outputs: map[string]drv.Output{"out": {}}}
	p := addDrv(t, st, d)
	if _, err := os.Lstat(st.RealPath(p)); err == nil {
		t.Error("it is on disk at once")
	}
	if valid := must(st.IsValid(ctx, p))(t); !valid {
		t.Error("it is not valid for this store")
	}
	if got := must(st.ReadDerivation(ctx, p))(t); got.Name != "d" {
		t.Errorf("read: got %v", got)
	}
	// What does not refer to it leaves it pending.
	must(st.AddText(ctx, "other", nil, nil))(t)
	must(st.AddTree(ctx, "tree", makeTree(t), store.NAR, 0, nil))(t)
	if _, err := os.Lstat(st.RealPath(p)); err == nil {
		t.Error("it is on disk when something else was added")
	}
	// What refers to it makes it valid for all.
	text := must(st.AddText(ctx, "text", []byte(p), []store.Path{p}))(t)
	other := openAt(t, root)
	for _, want := range []store.Path{p, text} {
		if valid := must(other.IsValid(ctx, want))(t); !valid {
			t.Errorf("%s is not valid for another store", want)
		}
	}
	input := &drv.Derivation{Name: "bad", System: "x", Builder: "/bin/sh", Env: map[string]string{"out": ""}, Outputs: map[string]drv.Output{"out": {}},
		InputSrcs: []store.Path{"/nix/store/00000000000000000000000000000000-x"}}
	if err := (&drv.Modulo{Dir: st.Dir()}).FillOutputs(input); err != nil {
		t.Fatal(err)
	}
	if _, err := st.AddDerivation(ctx, input); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("input that is not valid: got %v, want %v", err, store.ErrInvalidPath)
	}
}

// TestReadOnly reads a store that may not be written.
func TestReadOnly(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	ro, err := local.Open(t.Context(), local.Options{Root: root, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	if got := must(ro.AllPaths(t.Context()))(t); len(got) != len(w.all()) {
		t.Errorf("got %d paths, want %d", len(got), len(w.all()))
	}
	verifyClean(t, ro)
	if p, err := ro.AddText(t.Context(), "source", []byte("source"), nil); err != nil || p != w.source {
		t.Errorf("add what is there: got %s, %v", p, err)
	}
	for what, err := range map[string]error{
		"add text":   second(ro.AddText(t.Context(), "new", nil, nil)),
		"add tree":   second(ro.AddTree(t.Context(), "new", makeTree(t), store.NAR, 0, nil)),
		"register":   ro.Register(t.Context(), fakeInfos(t, ro.Dir(), 1)),
		"lock":       second(ro.LockPaths(t.Context(), []store.Path{w.out})),
		"add a root": ro.AddPermRoot(t.Context(), w.out, filepath.Join(root, "result")),
		"collect":    second(ro.LockGC(t.Context())),
	} {
		if !errors.Is(err, syscall.EROFS) {
			t.Errorf("%s: got %v, want %v", what, err, syscall.EROFS)
		}
	}
	if _, err := local.Open(t.Context(), local.Options{Root: newDir(t), ReadOnly: true}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("open nothing: got %v, want %v", err, os.ErrNotExist)
	}
}

func second[T any](_ T, err error) error { return err }
