package instantiate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"nixbench/engine"
	"nixbench/store"
)

// A drvCase is an archive of ../testdata/drv: an expression, files beside it,
// flags of nix-instantiate, and the paths of the derivations that it evaluates
// to. Testdata/show.nix tells how they are written.
type drvCase struct {
	name, want string
	features   []string
	dir        string // where the files are
}

// loadCases unpacks the archives into directories of their own.
func loadCases(t *testing.T) []drvCase {
	t.Helper()
	files, err := filepath.Glob("../testdata/drv/*.txtar")
	if err != nil || len(files) < 110 {
		t.Fatalf("load cases: got %d, %v", len(files), err)
	}
	var cases []drvCase
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := drvCase{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), dir: t.TempDir()}
		for _, f := range archive.Files {
			switch f.Name {
			case "want":
				c.want = strings.TrimSpace(string(f.Data))
			case "flags":
				for i, word := range strings.Fields(string(f.Data)) {
					if i%2 == 1 {
						c.features = append(c.features, word)
					} else if word != "--extra-experimental-features" {
						t.Fatalf("%s: unknown flag %s", file, word)
					}
				}
			default:
				to := filepath.Join(c.dir, filepath.FromSlash(f.Name))
				if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(to, f.Data, 0o666); err != nil {
					t.Fatal(err)
				}
			}
		}
		cases = append(cases, c)
	}
	return cases
}

// expression returns what evaluates to the lines of want.
func (c *drvCase) expression(t *testing.T) string {
	t.Helper()
	show, err := filepath.Abs("testdata/show.nix")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("import %s (import %s)", show, filepath.Join(c.dir, "input.nix"))
}

// openEngine opens the store in dir with experimental features.
func openEngine(t *testing.T, dir string, features []string) *engine.Engine {
	t.Helper()
	getenv := func(string) string { return "" }
	set, err := engine.LoadSettings(getenv, nil)
	if err != nil {
		t.Fatal(err)
	}
	set.ExperimentalFeatures = features
	e, err := engine.Open(t.Context(), engine.Options{StoreURI: dir, Settings: set, Getenv: getenv, Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// TestDerivations compares paths of derivations and outputs with those of Nix.
// A path of a derivation is a hash of all that is in it.
func TestDerivations(t *testing.T) {
	dir := t.TempDir()
	engines := make(map[string]*engine.Engine) // by features
	for _, c := range loadCases(t) {
		key := strings.Join(c.features, " ")
		if engines[key] == nil {
			engines[key] = openEngine(t, dir, c.features)
		}
		t.Run(c.name, func(t *testing.T) { c.run(t, engines[key]) })
	}
}

func (c *drvCase) run(t *testing.T, e *engine.Engine) {
	ev, err := e.NewEvaluator(t.Context(), engine.EvalOptions{Dir: c.dir})
	if err != nil {
		t.Fatal(err)
	}
	v, err := ev.EvalString(t.Context(), c.expression(t), c.dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.want, v.AsString()); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
	checkWritten(t, e, c.want)
}

// checkWritten checks that the derivations are in the store.
func checkWritten(t *testing.T, e *engine.Engine, want string) {
	t.Helper()
	for line := range strings.Lines(want) {
		name, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !strings.HasSuffix(name, "drvPath") {
			continue
		}
		if _, err := e.ReadDerivation(t.Context(), store.Path(path)); err != nil {
			t.Errorf("read %s: %v", path, err)
		}
	}
}
