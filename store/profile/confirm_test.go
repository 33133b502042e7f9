//go:build confirm

package profile_test

// These tests put a real Nix and this package on the same profile. NIX names
// the directory whose bin holds Nix's commands.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nixbench/store"
	"nixbench/store/local"
	"nixbench/store/profile"
)

// nixEnv runs nix-env on a profile of the store at root.
func nixEnv(t *testing.T, root, p string, args ...string) string {
	t.Helper()
	dir := os.Getenv("NIX")
	if dir == "" {
		t.Skip("NIX does not name a Nix")
	}
	cmd := exec.Command(filepath.Join(dir, "bin", "nix-env"), append([]string{"--store", root, "-p", p}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+root, "NIX_CONFIG=build-users-group =\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("nix-env %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// generations reads what nix-env --list-generations prints, in the form of
// describe.
func generations(t *testing.T, root, p string) string {
	t.Helper()
	var out []string
	line := regexp.MustCompile(`(?m)^\s*([0-9]+)\s.*?(\(current\))?\s*$`)
	for _, m := range line.FindAllStringSubmatch(nixEnv(t, root, p, "--list-generations"), -1) {
		s := m[1]
		if m[2] != "" {
			s += "*"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestNixTakesOurProfile(t *testing.T) {
	root := t.TempDir()
	st, err := local.Open(t.Context(), local.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	p := filepath.Join(st.StateDir(), "profiles", "p")
	var paths []store.Path
	for i := range 4 {
		env, err := st.AddText(t.Context(), "env", fmt.Append(nil, i), nil)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, env)
		if _, err := profile.Set(t.Context(), st, p, env); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want string) {
		t.Helper()
		if got := generations(t, root, p); got != want {
			t.Errorf("Nix lists %q, want %q", got, want)
		}
		plain := regexp.MustCompile(`<[0-9]+`).ReplaceAllString(listed(t, p), "")
		if plain != want {
			t.Errorf("we list %q, want %q", plain, want)
		}
	}
	check("1 2 3 4*")
	nixEnv(t, root, p, "--rollback")
	check("1 2 3* 4")
	nixEnv(t, root, p, "--switch-generation", "1")
	check("1* 2 3 4")
	nixEnv(t, root, p, "--set", string(paths[1]))
	check("1 2 3 4 5*")
	nixEnv(t, root, p, "--delete-generations", "2", "3")
	check("1 4 5*")
	back, err := profile.NewPrevious(t.Context(), st, p)
	if err != nil {
		t.Fatal(err)
	}
	if err := back.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("1 4* 5")
	drop, err := profile.NewDelete(t.Context(), st, p, profile.Rule{Old: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := drop.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("4*")
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(os.Getenv("NIX"), "bin", "nix-store"), "--store", root, "--gc")
	cmd.Env = append(os.Environ(), "HOME="+root, "NIX_CONFIG=build-users-group =\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, env := range paths {
		if valid, err := st.IsValid(t.Context(), env); err != nil || valid != (i == 3) {
			t.Errorf("after Nix's collection, path %d: valid %v, %v", i+1, valid, err)
		}
	}
}
