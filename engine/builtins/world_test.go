package builtins

import (
	"context"
	"fmt"
	"os"
	"path"
	"strings"
	"sync"
	"testing"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// testWorld is the files of this machine with a store that is kept in memory:
// what is added is there to be read, trees only by their paths.
type testWorld struct {
	mu sync.Mutex
	// mu guards the fields below.
	texts map[store.Path]string
	refs  map[store.Path][]store.Path
	valid map[store.Path]bool
	said  []string
	env   map[string]string
}

func newTestWorld() *testWorld {
	return &testWorld{
		texts: make(map[store.Path]string), refs: make(map[store.Path][]store.Path),
		valid: make(map[store.Path]bool), env: make(map[string]string),
	}
}

func (w *testWorld) storeText(file string) (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text, ok := w.texts[store.Path(file)]
	return text, ok
}

func (w *testWorld) ReadFile(_ context.Context, file string, buf []byte) ([]byte, error) {
	if text, ok := w.storeText(file); ok {
		return append(buf, text...), nil
	}
	text, err := os.ReadFile(file)
	return append(buf, text...), err
}

func (w *testWorld) ReadDir(_ context.Context, dir string) ([]eval.DirEntry, error) {
	entries, err := os.ReadDir(dir)
	var out []eval.DirEntry
	for _, e := range entries {
		out = append(out, eval.DirEntry{Name: e.Name(), Type: fileType(e.Type())})
	}
	return out, err
}

func fileType(mode os.FileMode) eval.FileType {
	switch {
	case mode.IsRegular():
		return eval.FileRegular
	case mode.IsDir():
		return eval.FileDirectory
	case mode&os.ModeSymlink != 0:
		return eval.FileSymlink
	}
	return eval.FileUnknown
}

func (w *testWorld) Lstat(_ context.Context, file string) (eval.FileType, error) {
	if _, ok := w.storeText(file); ok {
		return eval.FileRegular, nil
	}
	info, err := os.Lstat(file)
	if err != nil {
		return 0, err
	}
	return fileType(info.Mode()), nil
}

func (w *testWorld) Readlink(_ context.Context, file string) (string, error) {
	return os.Readlink(file)
}
func (w *testWorld) StoreDir() store.Dir { return store.DefaultDir }

func (w *testWorld) AddPath(_ context.Context, a eval.AddPath) (store.Path, error) {
	got := nixhash.Hash{}
	if a.Method == store.Flat {
		text, err := os.ReadFile(a.Path)
		if err != nil {
			return "", err
		}
		got = nixhash.Sum(nixhash.SHA256, text)
	} else {
		h := nixhash.New(nixhash.SHA256)
		types := map[string]eval.FileType{"regular": eval.FileRegular, "directory": eval.FileDirectory, "symlink": eval.FileSymlink}
		var filter nar.Filter
		if a.Filter != nil {
			filter = func(file, typ string) (bool, error) { return a.Filter(file, types[typ]) }
		}
		if err := nar.Dump(h, a.Path, filter); err != nil {
			return "", err
		}
		got = h.Sum()
	}
	p, err := store.DefaultDir.FixedPath(a.Name, a.Method, got, nil, false)
	if err != nil {
		return "", err
	}
	if want, err := nixhash.Parse(a.SHA256, nixhash.SHA256); a.SHA256 != "" && (err != nil || want != got) {
		return "", &store.HashMismatch{Path: p, Want: want, Got: got}
	}
	w.mu.Lock()
	w.valid[p] = true
	w.mu.Unlock()
	return p, nil
}

func (w *testWorld) Describe(_ context.Context, file string) (eval.Tree, error) {
	h := nixhash.New(nixhash.SHA256)
	err := nar.Dump(h, file, nil)
	return eval.Tree{NARHash: h.Sum().SRI(), Modified: 1}, err
}

func (w *testWorld) AddText(_ context.Context, name string, contents []byte, refs []store.Path) (store.Path, error) {
	p, err := store.DefaultDir.TextPath(name, nixhash.Sum(nixhash.SHA256, contents), refs)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts[p], w.refs[p], w.valid[p] = string(contents), refs, true
	return p, err
}

func (w *testWorld) AddDerivation(ctx context.Context, drvPath store.Path, d *drv.Derivation) (bool, error) {
	p, err := w.AddText(ctx, d.Name+drv.Suffix, d.ATerm(), d.References())
	if err == nil && p != drvPath {
		err = fmt.Errorf("got %s, want %s", p, drvPath)
	}
	return false, err
}

func (w *testWorld) ReadDerivation(_ context.Context, p store.Path) (*drv.Derivation, error) {
	text, ok := w.storeText(string(p))
	if !ok {
		return nil, fmt.Errorf("path '%s' is not valid: %w", p, store.ErrInvalidPath)
	}
	return drv.ParseAt(p, []byte(text))
}

func (w *testWorld) References(_ context.Context, p store.Path) ([]store.Path, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.valid[p] {
		return nil, fmt.Errorf("path '%s' is not valid: %w", p, store.ErrInvalidPath)
	}
	return w.refs[p], nil
}

func (w *testWorld) OutputPath(context.Context, store.Path, store.OutputName) (store.Path, error) {
	return "", nil
}

func (w *testWorld) Realise(_ context.Context, elems eval.StringContext) (map[string]store.Path, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range elems {
		if !w.valid[e.Path()] {
			return nil, fmt.Errorf("path '%s' is not valid: %w", e.Path(), store.ErrInvalidPath)
		}
		if e.Output() != "" {
			return nil, fmt.Errorf("cannot build '%s' during evaluation", e.Path())
		}
	}
	return nil, nil
}

func (w *testWorld) IsValid(_ context.Context, p store.Path) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.valid[p], nil
}

func (w *testWorld) Getenv(name string) string { return w.env[name] }
func (w *testWorld) CurrentTime() int64        { return 1_700_000_000 }
func (w *testWorld) CurrentSystem() string     { return "x86_64-linux" }
func (w *testWorld) Trace(msg string)          { w.say("trace: " + msg) }
func (w *testWorld) Warn(msg syntax.Hint)      { w.say(msg.Plain()) }
func (w *testWorld) Inform(msg string)         { w.say(msg) }

func (w *testWorld) say(msg string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, msg)
}

// A bench evaluates expressions in a test.
type bench struct {
	t     *testing.T
	world *testWorld
	ev    *eval.Evaluator
}

func newBench(t *testing.T, features ...string) *bench {
	w := newTestWorld()
	on := make(map[string]bool)
	for _, f := range features {
		on[f] = true
	}
	return &bench{t, w, eval.New(eval.Options{
		World: w, Corepkgs: Corepkgs(), Features: on,
		SearchPath: []eval.SearchPathEntry{{Prefix: "here", Path: "/"}},
		Builtins: Table(Options{
			Derivations: instantiate.New(store.DefaultDir, w), Store: w,
		}),
	})}
}

// eval returns what an expression prints as, evaluated deeply, or its error.
func (b *bench) eval(text string) (string, error) {
	b.t.Helper()
	wd, err := os.Getwd()
	if err != nil {
		b.t.Fatal(err)
	}
	ctx := b.t.Context()
	v, err := b.ev.EvalString(ctx, text, path.Join(wd, "testdata"))
	if err != nil {
		return "", err
	}
	var out string
	err = b.ev.Do(ctx, func(s *eval.State) {
		s.ForceDeep(v)
		out = s.Print(v, eval.PrintOptions{})
	})
	return out, err
}

// check compares what an expression prints as, or part of its error after
// "error: ", with want.
func (b *bench) check(text, want string) {
	b.t.Helper()
	got, err := b.eval(text)
	if part, ok := strings.CutPrefix(want, "error: "); ok {
		if err == nil || !strings.Contains(err.Error(), part) {
			b.t.Errorf("%s\n got %s, %v\nwant %s", text, got, err, want)
		}
		return
	}
	if err != nil || got != want {
		b.t.Errorf("%s\n got %s, %v\nwant %s", text, got, err, want)
	}
}
