package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/engine"
	"nixbench/engine/settings"
)

// BenchmarkCases evaluates the cases of bench-eval that are small: what the compiler's
// profile (make compiler-profile) is made of. One needs nixpkgs: NIXPKGS=DIR.
func BenchmarkCases(b *testing.B) {
	b.Setenv("HOME", b.TempDir())
	set := settings.Default()
	set.EvalCores, set.EvalFileCache = 1, false
	e, err := engine.Open(b.Context(), engine.Options{StoreURI: b.TempDir(), Settings: set, Throwaway: true})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	for _, name := range []string{"fib", "foldl", "generic-closure", "lib-tests", "list-to-attrs", "regex", "sort", "strings", "update-large", "update-many"} {
		b.Run(name, func(b *testing.B) {
			file, err := filepath.Abs(filepath.Join("../testdata/bench", name+".nix"))
			if err != nil {
				b.Fatal(err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				b.Fatal(err)
			}
			nixpkgs := os.Getenv("NIXPKGS")
			if strings.Contains(string(text), "<nixpkgs") && nixpkgs == "" {
				b.Skip("NIXPKGS is not set")
			}
			for b.Loop() {
				ev, err := e.NewEvaluator(b.Context(), engine.EvalOptions{ReadOnly: true, Includes: []string{"nixpkgs=" + nixpkgs}})
				if err != nil {
					b.Fatal(err)
				}
				if err := evalPrinted(b.Context(), ev, string(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
