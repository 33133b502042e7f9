package eval

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// modules returns files whose values are numbers, and a list of their paths.
func modules(n int) (files map[string]string, list string) {
	files = make(map[string]string)
	var paths strings.Builder
	for i := range n {
		name := fmt.Sprintf("/m/%d.nix", i)
		files[name] = fmt.Sprintf("{ a = %d; }", i)
		fmt.Fprintf(&paths, " %s", name)
	}
	return files, "[" + paths.String() + " ]"
}

// TestReadAhead pins that files which are read ahead have the values, and the errors, that
// they have for one thread, and that what is wrong with one nobody imports is not told.
func TestReadAhead(t *testing.T) {
	defer goleak.VerifyNone(t)
	files, list := modules(40)
	files["/m/30.nix"] = "{ a = ; }"
	files["/m/31.nix"] = "undefined"
	delete(files, "/m/32.nix")
	tests := []string{
		`map (m: (import m).a) ` + list,
		`let l = ` + list + `; in map (i: (import (builtins.elemAt l i)).a) [ 0 39 1 38 2 ]`,
		`let l = ` + list + `; in import (builtins.elemAt l 31)`,
		`let l = ` + list + `; in import (builtins.elemAt l 32)`,
		`builtins.length ` + list,
	}
	for _, text := range tests {
		run := func(cores int) string {
			ev := New(Options{World: &testWorld{files: files}, Builtins: testBuiltins(), Cores: cores})
			ev.cold, ev.pause = 0, 0
			v, err := ev.EvalString(context.Background(), text, "/base")
			if err == nil {
				v, err = ev.ForceDeep(context.Background(), v)
			}
			if err != nil {
				return err.Error()
			}
			printed, err := ev.PrintPlain(context.Background(), v)
			return fmt.Sprint(printed, err)
		}
		want := run(1)
		for range 20 {
			if diff := cmp.Diff(want, run(4)); diff != "" {
				t.Fatalf("%.60s… (-one thread +four):\n%s", text, diff)
			}
		}
	}
}

// A countingWorld counts what is read.
type countingWorld struct {
	*testWorld
	reads atomic.Int64
}

func (w *countingWorld) ReadFile(ctx context.Context, file string, buf []byte) ([]byte, error) {
	w.reads.Add(1)
	return w.testWorld.ReadFile(ctx, file, buf)
}

// TestReadOnce pins that a file that was read ahead is not read again when it is imported,
// and is told to be evaluated only then.
func TestReadOnce(t *testing.T) {
	files, _ := modules(1)
	w := &countingWorld{testWorld: &testWorld{files: files}}
	var noted []string
	ev := New(Options{World: w, Builtins: testBuiltins(), Cores: 2, OnFile: func(file string) { noted = append(noted, file) }})
	err := ev.Do(t.Context(), func(s *State) {
		l := s.readingAhead([]string{"/m/0.nix"})
		l.run(s, 0)
		l.run(s, 0)
		if n := w.reads.Load(); n != 1 || len(noted) != 0 {
			t.Errorf("before it is imported it was read %d times, want once, and %q told, want nothing", n, noted)
		}
		s.Import("/m/0.nix")
		l.run(s, 0)
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := w.reads.Load(); n != 1 || len(noted) != 1 {
		t.Errorf("read %d times, want once, and %q told, want one", n, noted)
	}
}
