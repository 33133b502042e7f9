package desk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"nixbench/store"
	"nixbench/store/gc"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// treeExpr is a path with three files, one of which refers to another path.
func (r *rig) tree() (tree, lib store.Path) {
	r.t.Helper()
	lib = r.path(`builtins.toFile "lib-1" "the library"`)
	dir := filepath.Dir(r.write("tree/small", "x"))
	r.write("tree/sub/big", "a long text about "+string(lib)+", "+string(lib))
	if err := os.Symlink(string(lib), filepath.Join(dir, "link")); err != nil {
		r.t.Fatal(err)
	}
	return r.path(`builtins.path { name = "tree-2"; path = ` + dir + `; }`), lib
}

func TestGraphOfBothStores(t *testing.T) {
	machine, theirs := machineWith(t, `builtins.toFile "app" (builtins.toFile "lib" "x")`)
	r := newRig(t, rigOptions{machine: machine})
	ours := r.path(`builtins.toFile "ours" "y"`)
	g, err := r.Graph(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if i, ok := g.Index(theirs); !ok || len(g.References(i)) != 1 {
		t.Errorf("%s: got %t, want it with a reference", theirs, ok)
	}
	if _, ok := g.Index(ours); !ok || g.Len() != 3 {
		t.Errorf("got %d paths, want 3 with %s", g.Len(), ours)
	}
	for _, p := range []store.Path{ours, theirs} {
		if info, err := r.PathInfo(t.Context(), p); err != nil || info.Path != p {
			t.Errorf("PathInfo(%s): got %v, %v", p, info, err)
		}
	}
	files, err := r.Files(t.Context(), theirs)
	if err != nil || len(files.Entries) != 1 {
		t.Errorf("Files(%s): got %v, %v", theirs, files, err)
	}
	if _, err := r.PathInfo(t.Context(), store.Path("/nix/store/0123456789abcdfghijklmnpqrsvwxyz-no")); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("PathInfo of an invalid path: got %v", err)
	}
}

// FileIn finds files where the store keeps them, also behind links that lead into the store.
func TestFileIn(t *testing.T) {
	r := newRig(t, rigOptions{})
	tree, lib := r.tree()
	for _, test := range []struct {
		path       store.Path
		name, want string
	}{
		{tree, "sub/big", string(tree) + "/sub/big"},
		{tree, "link", string(lib)},
		{lib, "", string(lib)},
	} {
		got, err := r.FileIn(t.Context(), test.path, test.name)
		if want := filepath.Join(r.root, test.want); err != nil || got != want {
			t.Errorf("FileIn(%s, %q): got %q, %v, want %q", test.path, test.name, got, err, want)
		}
	}
	for _, name := range []string{"", "sub", "missing"} {
		if got, err := r.FileIn(t.Context(), tree, name); err == nil {
			t.Errorf("FileIn(%s, %q): got %q, want an error", tree, name, got)
		}
	}
}

// A link that leads out of the store is told, and not followed: the file there is none of
// the store's, and may well be one of the user's own.
func TestFileOutsideOfTheStore(t *testing.T) {
	r := newRig(t, rigOptions{})
	own := filepath.Join(t.TempDir(), "own")
	if err := os.WriteFile(own, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(r.write("links/file", "x"))
	for name, target := range map[string]string{
		"direct": own, "twice": "direct", "up": "../../../../../../../.." + own, "dir": filepath.Dir(own), "nowhere": own + "-no",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	links := r.path(`builtins.path { name = "links-1"; path = ` + dir + `; }`)
	for _, name := range []string{"direct", "twice", "up", "dir/own", "nowhere"} {
		got, err := r.FileIn(t.Context(), links, name)
		if err == nil || !strings.Contains(err.Error(), "out of the store, to "+own) {
			t.Errorf("FileIn(%s, %q): got %q, %v, want an error that names %s", links, name, got, err, own)
		}
	}
}

func TestFiles(t *testing.T) {
	r := newRig(t, rigOptions{})
	tree, lib := r.tree()
	files, err := r.Files(t.Context(), tree)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range files.Largest() {
		got = append(got, fmt.Sprint(files.Entries[e].Name, " ", files.Entries[e].Size))
	}
	want := []string{fmt.Sprint("sub/big ", 20+2*len(lib)), "small 1", "link 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Files (-want +got):\n%s", diff)
	}
	if files, err := r.Files(t.Context(), lib); err != nil || len(files.Entries) != 1 || files.Entries[0].Size != 11 {
		t.Errorf("of a file: got %v, %v", files, err)
	}
	if _, err := r.Files(t.Context(), lib+"-no"); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("of an invalid path: got %v", err)
	}
	found, err := r.FilesHolding(t.Context(), tree, lib)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range found {
		names = append(names, fmt.Sprint(o.File, " ", o.Offset))
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"link 11", "sub/big 29"}, names); diff != "" {
		t.Errorf("FilesHolding (-want +got):\n%s", diff)
	}
}

func TestResolvePath(t *testing.T) {
	r := newRig(t, rigOptions{})
	tree, lib := r.tree()
	if err := r.eng.AddRoot(t.Context(), tree, filepath.Join(r.home, "result")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(r.home)
	for s, want := range map[string]store.Path{
		string(tree): tree, string(tree) + "/sub/big": tree, string(tree) + "/link": tree,
		"~/result": tree, "result": tree, "./result": tree, r.home + "/result": tree, " " + string(lib) + "\n": lib,
		tree.Digest(): tree, tree.Base(): tree, "tree": tree, "lib-1": lib, lib.Digest()[:8]: lib,
	} {
		if got, err := r.ResolvePath(t.Context(), s); got != want || err != nil {
			t.Errorf("ResolvePath(%q): got %q, %v, want %s", s, got, err, want)
		}
	}
	for _, s := range []string{"", "none", "/etc", "~/none", "/nix/store", string(tree) + "x"} {
		if got, err := r.ResolvePath(t.Context(), s); err == nil {
			t.Errorf("ResolvePath(%q): got %s, want an error", s, got)
		}
	}
}

// Of several paths of a name, the newest is meant.
func TestPathByName(t *testing.T) {
	r := newRig(t, rigOptions{})
	want := r.path(`builtins.toFile "note" "new"`)
	older := r.path(`builtins.toFile "note" "old"`)
	conn, err := sqlite.OpenConn(filepath.Join(r.root, "nix/var/nix/db/db.sqlite"), sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	err = sqlitex.Execute(conn, "update ValidPaths set registrationTime = registrationTime - 1 where path = ?",
		&sqlitex.ExecOptions{Args: []any{string(older)}})
	if err = errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
	if got, err := r.ResolvePath(t.Context(), "note"); got != want || err != nil {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestPlaces(t *testing.T) {
	r := newRig(t, rigOptions{})
	tree, lib := r.tree()
	link := filepath.Join(r.root, "nix/var/nix/profiles/profile")
	if _, err := r.eng.SetProfile(t.Context(), link, lib); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"result", "dangling"} {
		if err := r.eng.AddRoot(t.Context(), tree, filepath.Join(r.home, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(string(tree), filepath.Join(r.root, "nix/var/nix/gcroots/mine")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(r.home, "dangling")); err != nil {
		t.Fatal(err)
	}
	places, err := r.Places(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range places {
		got = append(got, fmt.Sprint(p.Kind, " ", p.Name, " ", p.Path.Name()))
	}
	want := []string{"profile ~/root/nix/var/nix/profiles/profile lib-1", "result ~/result tree-2", "root ~/root/nix/var/nix/gcroots/mine tree-2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Places (-want +got):\n%s", diff)
	}
}

func TestGC(t *testing.T) {
	r := newRig(t, rigOptions{})
	tree, _ := r.tree()
	plan, err := r.GCPlan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Roots) == 0 && len(plan.Dead) == 0 {
		t.Error("got a plan of nothing")
	}
	result, err := r.Collect(t.Context(), plan)
	if result == nil || err != nil {
		t.Errorf("collect: got %v, %v", result, err)
	}
	if _, err := r.PathInfo(t.Context(), tree); err != nil {
		t.Errorf("what this program has just added is gone: %v", err)
	}
	if i := slices.IndexFunc(plan.Roots, func(root gc.Root) bool { return root.Kind == gc.KindTemp }); i < 0 {
		t.Errorf("got roots %+v, want a temporary one", plan.Roots)
	}
	used, total, err := r.Disk(t.Context())
	if err != nil || used <= 0 || total < used {
		t.Errorf("disk: got %d of %d bytes, %v", used, total, err)
	}
}

func TestWriteFile(t *testing.T) {
	r := newRig(t, rigOptions{})
	t.Chdir(r.home)
	name, err := r.WriteFile(t.Context(), "report.txt", []byte("text"))
	if want := filepath.Join(r.home, "report.txt"); name != want || err != nil {
		t.Errorf("got %q, %v, want %q", name, err, want)
	}
	if _, err := r.WriteFile(t.Context(), "report.txt", []byte("other")); !errors.Is(err, os.ErrExist) {
		t.Errorf("again: got %v, want %v", err, os.ErrExist)
	}
	if got, err := os.ReadFile(name); string(got) != "text" {
		t.Errorf("got %q, %v, want the first text", got, err)
	}
}
