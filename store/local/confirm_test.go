//go:build confirm

package local_test

// These tests put a real Nix and this package on the same store. NIX names the
// directory whose bin holds Nix's commands.

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// nix runs one of Nix's commands on the store at root.
func nix(t *testing.T, root, command string, args ...string) string {
	t.Helper()
	out, err := nixErr(t, root, command, args...)
	if err != nil {
		t.Fatalf("%s %s: %v", command, strings.Join(args, " "), err)
	}
	return out
}

func nixErr(t *testing.T, root, command string, args ...string) (string, error) {
	t.Helper()
	cmd := nixCommand(t, root, command, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Logf("%s: %s", command, stderr.String())
	}
	return string(out), err
}

// nixSays returns all that a command says, however it ends.
func nixSays(t *testing.T, root, command string, args ...string) string {
	t.Helper()
	out, _ := nixCommand(t, root, command, args...).CombinedOutput()
	return string(out)
}

func nixCommand(t *testing.T, root, command string, args ...string) *exec.Cmd {
	t.Helper()
	dir := os.Getenv("NIX")
	if dir == "" {
		t.Skip("NIX does not name a Nix")
	}
	cmd := exec.Command(filepath.Join(dir, "bin", command), append([]string{"--store", root}, args...)...)
	home := filepath.Join(root, "home")
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+home, "XDG_STATE_HOME="+home,
		"NIX_CONFIG=build-users-group =\nexperimental-features = nix-command flakes\nsubstituters =\n")
	return cmd
}

func lines(s string) []store.Path {
	var paths []store.Path
	for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
		if strings.HasPrefix(line, "/") {
			paths = append(paths, store.Path(line))
		}
	}
	slices.Sort(paths)
	return paths
}

func TestNixReadsOurs(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	nix(t, root, "nix-store", "--verify", "--check-contents")
	for _, p := range w.all() {
		got := strings.TrimSpace(nix(t, root, "nix-store", "-q", "--hash", string(p)))
		st := openAt(t, root)
		info, err := st.PathInfo(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if want := info.NarHash.String(); got != want {
			t.Errorf("hash of %s: got %s, want %s", p, got, want)
		}
		gotRefs := lines(nix(t, root, "nix-store", "-q", "--references", string(p)))
		if diff := cmp.Diff(info.References, gotRefs); diff != "" && len(gotRefs)+len(info.References) > 0 {
			t.Errorf("references of %s (-ours +Nix's):\n%s", p, diff)
		}
		st.Close()
	}
	want := []store.Path{w.out, w.lib}
	slices.Sort(want)
	if diff := cmp.Diff(want, lines(nix(t, root, "nix-store", "-q", "--outputs", string(w.drv)))); diff != "" {
		t.Errorf("outputs of %s (-want +got):\n%s", w.drv, diff)
	}
	if got, want := nix(t, root, "nix-store", "-q", "--deriver", string(w.out)), string(w.drv)+"\n"; got != want {
		t.Errorf("deriver: got %s, want %s", got, want)
	}
	// It adds to it, and what is there already is found.
	file := filepath.Join(newDir(t), "text")
	os.WriteFile(file, []byte("from Nix"), 0o644)
	added := store.Path(strings.TrimSpace(nix(t, root, "nix-store", "--add", file)))
	st = openAt(t, root)
	defer st.Close()
	if valid, err := st.IsValid(t.Context(), added); err != nil || !valid {
		t.Errorf("%s, added by Nix: valid %v, %v", added, valid, err)
	}
	ours, err := st.AddTree(t.Context(), "text", file, store.NAR, 0, nil)
	if err != nil || ours != added {
		t.Errorf("add the same: got %s, %v, want %s", ours, err, added)
	}
	verifyClean(t, st)
}

func TestOursReadsNix(t *testing.T) {
	root := newDir(t)
	dir := newDir(t)
	os.MkdirAll(filepath.Join(dir, "tree", "sub"), 0o755)
	os.WriteFile(filepath.Join(dir, "tree", "sub", "x"), []byte("x"), 0o755)
	os.Symlink("sub/x", filepath.Join(dir, "tree", "link"))
	tree := store.Path(strings.TrimSpace(nix(t, root, "nix-store", "--add", filepath.Join(dir, "tree"))))
	expr := `let a = derivation { name = "a"; system = "x86_64-linux"; builder = "/bin/sh"; outputs = [ "out" "dev" ]; };
	in derivation { name = "b"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "${a.dev}" (builtins.toFile "t" "text") ]; }`
	drvPath := store.Path(strings.TrimSpace(nix(t, root, "nix-instantiate", "-E", expr)))
	st := openAt(t, root)
	defer st.Close()
	ours, err := st.AddTree(t.Context(), "tree", filepath.Join(dir, "tree"), store.NAR, 0, nil)
	if err != nil || ours != tree {
		t.Errorf("add tree: got %s, %v, want %s", ours, err, tree)
	}
	d, err := st.ReadDerivation(t.Context(), drvPath)
	if err != nil {
		t.Fatal(err)
	}
	again, err := st.AddDerivation(t.Context(), d)
	if err != nil || again != drvPath {
		t.Errorf("add derivation: got %s, %v, want %s", again, err, drvPath)
	}
	outputs, err := st.DerivationOutputs(t.Context(), drvPath)
	if err != nil || outputs["out"] != d.OutputPath("out") {
		t.Errorf("outputs: got %v, %v", outputs, err)
	}
	got, err := st.AllPaths(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := lines(nix(t, root, "nix", "path-info", "--all"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("all paths (-Nix's +ours):\n%s", diff)
	}
	verifyClean(t, st)
}

// TestPlanIsPrintDead compares our plans with Nix's, with both settings of
// either option, and then lets Nix collect, and us.
func TestPlanIsPrintDead(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	loose, err := st.AddText(t.Context(), "loose", []byte("loose"), nil)
	if err != nil {
		t.Fatal(err)
	}
	strays := []string{w.text.Base()[:32] + "-stray", "0000000000000000000000000000000a-left.drv", "0000000000000000000000000000000b-x.lock"}
	for _, name := range strays {
		if err := os.WriteFile(filepath.Join(st.RealDir(), name), nil, 0o444); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.AddPermRoot(t.Context(), w.out, filepath.Join(root, "result")); err != nil {
		t.Fatal(err)
	}
	if err := st.AddPermRoot(t.Context(), w.tree, filepath.Join(st.StateDir(), "profiles", "p-1-link")); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	st = openAt(t, root)
	defer st.Close()
	for _, keepOutputs := range []bool{false, true} {
		for _, keepDerivations := range []bool{false, true} {
			plan, err := gc.NewPlan(t.Context(), st, gc.Options{KeepOutputs: keepOutputs, KeepDerivations: keepDerivations})
			if err != nil {
				t.Fatal(err)
			}
			options := []string{"--option", "keep-outputs", boolean(keepOutputs), "--option", "keep-derivations", boolean(keepDerivations)}
			want := lines(nix(t, root, "nix-store", append([]string{"--gc", "--print-dead"}, options...)...))
			if diff := cmp.Diff(want, paths(plan.Dead)); diff != "" {
				t.Errorf("keep outputs %v, derivations %v: dead (-Nix's +ours):\n%s", keepOutputs, keepDerivations, diff)
			}
			want = lines(nix(t, root, "nix-store", append([]string{"--gc", "--print-live"}, options...)...))
			if diff := cmp.Diff(want, paths(plan.Live)); diff != "" {
				t.Errorf("keep outputs %v, derivations %v: live (-Nix's +ours):\n%s", keepOutputs, keepDerivations, diff)
			}
		}
	}
	// A temporary root of ours counts for Nix.
	if err := st.AddTempRoot(t.Context(), loose); err != nil {
		t.Fatal(err)
	}
	if dead := lines(nix(t, root, "nix-store", "--gc", "--print-dead")); slices.Contains(dead, loose) {
		t.Errorf("%s is dead for Nix, though a temporary root", loose)
	}
	plan, err := gc.NewPlan(t.Context(), st, gc.Options{KeepDerivations: true})
	if err != nil {
		t.Fatal(err)
	}
	live := paths(plan.Live)
	if _, err := plan.Execute(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(live, lines(nix(t, root, "nix", "path-info", "--all"))); diff != "" {
		t.Errorf("left after our collection (-planned +is):\n%s", diff)
	}
	nix(t, root, "nix-store", "--verify", "--check-contents")
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	nix(t, root, "nix-store", "--gc")
	if valid, err := st.IsValid(t.Context(), loose); err != nil || valid {
		t.Errorf("%s after Nix's collection: valid %v, %v", loose, valid, err)
	}
	verifyClean(t, st)
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// TestNixLogsAndCorruption lets Nix read a log that we finished, and find what
// we find in a damaged store.
func TestNixLogsAndCorruption(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	defer st.Close()
	w := buildWorld(t, st)
	writeLog(t, st, w.drv, "one\ntwo\n")
	if got, want := nix(t, root, "nix-store", "-l", string(w.drv)), "one\ntwo\n"; got != want {
		t.Errorf("plain log: got %q, want %q", got, want)
	}
	if err := st.FinishLog(w.drv); err != nil {
		t.Fatal(err)
	}
	if got, want := nix(t, root, "nix-store", "-l", string(w.drv)), "one\ntwo\n"; got != want {
		t.Errorf("finished log: got %q, want %q", got, want)
	}
	damage(t, st.RealPath(w.text))
	if _, err := nixErr(t, root, "nix-store", "--verify", "--check-contents"); err == nil {
		t.Error("Nix finds nothing wrong")
	}
	if found := findings(t, st, local.VerifyOptions{CheckContents: true}); len(found) != 1 || found[0].Path != w.text {
		t.Errorf("we find %v, want %s", found, w.text)
	}
}

// TestOptimisedByNix verifies and collects a store whose equal files Nix has
// linked together.
func TestOptimisedByNix(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	tree := makeTree(t)
	copied := must(st.AddTree(t.Context(), "copy", tree, store.NAR, 0, nil))(t)
	nix(t, root, "nix-store", "--optimise")
	a, err := os.Stat(st.RealPath(w.tree) + "/plain")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.Stat(st.RealPath(copied) + "/plain"); err != nil || !os.SameFile(a, b) {
		t.Errorf("Nix has linked nothing: %v", err)
	}
	verifyClean(t, st)
	forget(t, st, copied)
	verifyClean(t, st)
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	collect(t, st, gc.Options{})
	for _, dir := range []string{st.RealDir(), filepath.Join(st.RealDir(), ".links")} {
		left := must(os.ReadDir(dir))(t)
		for _, entry := range left {
			if entry.Name() != ".links" {
				t.Errorf("left: %s", filepath.Join(dir, entry.Name()))
			}
		}
	}
}
