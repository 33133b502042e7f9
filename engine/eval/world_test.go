package eval

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/nixhash"
)

// testWorld is a World of files in memory. Directories are implied.
type testWorld struct {
	files map[string]string
	trace []string
}

func (w *testWorld) ReadFile(_ context.Context, file string, buf []byte) ([]byte, error) {
	if text, ok := w.files[file]; ok {
		return append(buf, text...), nil
	}
	return nil, fmt.Errorf("read %s: %w", file, fs.ErrNotExist)
}

func (w *testWorld) ReadDir(context.Context, string) ([]DirEntry, error) { return nil, nil }

func (w *testWorld) Lstat(_ context.Context, file string) (FileType, error) {
	if _, ok := w.files[file]; ok {
		return FileRegular, nil
	}
	for name := range w.files {
		if strings.HasPrefix(name, strings.TrimSuffix(file, "/")+"/") {
			return FileDirectory, nil
		}
	}
	return 0, fmt.Errorf("lstat %s: %w", file, fs.ErrNotExist)
}

func (w *testWorld) Readlink(context.Context, string) (string, error) { return "", fs.ErrInvalid }
func (w *testWorld) StoreDir() store.Dir                              { return store.DefaultDir }

func (w *testWorld) Describe(context.Context, string) (Tree, error) { return Tree{}, nil }

func (w *testWorld) AddPath(_ context.Context, a AddPath) (store.Path, error) {
	return w.AddText(context.Background(), a.Name, []byte(w.files[a.Path]), nil)
}

func (w *testWorld) AddText(_ context.Context, name string, contents []byte, refs []store.Path) (store.Path, error) {
	return store.DefaultDir.TextPath(name, nixhash.Sum(nixhash.SHA256, contents), refs)
}

func (w *testWorld) Realise(context.Context, StringContext) (map[string]store.Path, error) {
	return nil, nil
}

func (w *testWorld) IsValid(context.Context, store.Path) (bool, error) { return false, nil }
func (w *testWorld) Getenv(string) string                              { return "" }
func (w *testWorld) CurrentTime() int64                                { return 0 }
func (w *testWorld) CurrentSystem() string                             { return "x86_64-linux" }
func (w *testWorld) Trace(msg string)                                  { w.trace = append(w.trace, msg) }
func (w *testWorld) Warn(msg syntax.Hint)                              { w.trace = append(w.trace, "warning: "+msg.Plain()) }
func (w *testWorld) Inform(msg string)                                 { w.trace = append(w.trace, msg) }

// testBuiltins are enough of the builtins to test evaluation with.
func testBuiltins() []Builtin {
	return []Builtin{
		{Name: "true", Global: true, Value: True},
		{Name: "false", Global: true, Value: False},
		{Name: "null", Global: true, Value: Null},
		{Name: "throw", Global: true, Arity: 1, F1: func(s *State, v Value) Value {
			msg, _ := s.ForceString(v, "")
			s.Throw(msg)
			return v
		}},
		{Name: "abort", Global: true, Arity: 1, F1: func(s *State, v Value) Value {
			s.Fail(ErrorAbort, "evaluation aborted")
			return v
		}},
		{Name: "tryEval", Arity: 1, F1: func(s *State, v Value) Value {
			b := s.NewAttrs(2)
			err := s.Try(func() { b.SetName("value", s.Force(v)) }, func(e *Error) bool { return e.Kind.Catchable() })
			if err != nil {
				b.SetName("value", False)
			}
			b.SetName("success", MakeBool(err == nil))
			return b.Value()
		}},
		{Name: "seq", Arity: 2, Strict: 1, F2: func(s *State, _, v Value) Value { return v }},
		{Name: "deepSeq", Arity: 2, F2: func(s *State, a, v Value) Value {
			s.ForceDeep(a)
			return v
		}},
		{Name: "trace", Arity: 2, F2: func(s *State, msg, v Value) Value {
			text, _ := s.ForceString(msg, "")
			s.World().Trace(text)
			return s.Force(v)
		}},
		{Name: "add", Arity: 2, F2: add},
		{Name: "map", Global: true, Arity: 2, F2: func(s *State, f, l Value) Value {
			return s.MapList(s.ForceFunction(f, ""), s.ForceList(l, ""))
		}},
		{Name: "genList", Arity: 2, F2: func(s *State, f, n Value) Value {
			return s.GenList(f, int(s.ForceInt(n, "")))
		}},
		{Name: "mapAttrs", Arity: 2, F2: func(s *State, f, a Value) Value {
			return s.MapAttrs(f, s.ForceAttrs(a, "").Value())
		}},
		{Name: "length", Arity: 1, F1: func(s *State, l Value) Value {
			return MakeInt(int64(len(s.ForceElems(l, ""))))
		}},
		{Name: "head", Arity: 1, F1: func(s *State, l Value) Value { return s.Force(s.ForceElems(l, "")[0]) }},
		{Name: "foldl'", Arity: 3, Strict: 4, F3: func(s *State, f, acc, l Value) Value {
			acc = s.Force(acc)
			for _, e := range s.ForceElems(l, "") {
				acc = s.Call2(f, acc, e)
			}
			return acc
		}},
		{Name: "toString", Global: true, Arity: 1, F1: func(s *State, v Value) Value {
			return MakeContextString(s.CoerceToString(v, "while evaluating the first argument passed to builtins.toString",
				CoerceOpts{More: true}))
		}},
		{Name: "import", Global: true, Arity: 1, F1: func(s *State, v Value) Value {
			p, _ := s.CoerceToPath(v, "")
			return s.Import(path.Clean(p))
		}},
		{Name: "addErrorContext", Arity: 2, F2: func(s *State, msg, v Value) Value {
			return s.WithErrorContext(msg, func() Value { return s.Force(v) })
		}},
	}
}

func newTestEvaluator(files map[string]string) *Evaluator {
	return New(Options{World: &testWorld{files: files}, Builtins: testBuiltins()})
}

// add is builtins.add.
func add(s *State, x, y Value) Value {
	x, y = s.force(x), s.force(y)
	const first, second = "while evaluating the first argument of the addition", "while evaluating the second argument of the addition"
	if x.is(rawFloat) || y.is(rawFloat) {
		return MakeFloat(s.ForceFloat(x, first) + s.ForceFloat(y, second))
	}
	s.ForceInt(x, first)
	s.ForceInt(y, second)
	return s.addToInt(x, y, 0)
}
