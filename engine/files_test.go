package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nixbench/engine"
	"nixbench/engine/eval"
)

// The files of the store are read by their logical names, wherever links lead.
func TestFilesOfStores(t *testing.T) {
	w := newTwo(t, nil)
	dir := t.TempDir()
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "sub"), 0o755), os.WriteFile(filepath.Join(dir, "sub", "file"), []byte("text"), 0o644)); err != nil {
		t.Fatal(err)
	}
	link("sub", "relative")
	link("sub/none", "dangling")
	link("loop", "loop")
	link(string(w.lib), "theirs")
	tree := w.eval(`"${builtins.path { name = "tree"; path = ` + dir + `; }}"`)
	link(tree+"/sub/file", "to-file")
	link(tree+"/theirs", "to-theirs")
	link(tree, "result")
	const libText = "{ answer = 42; }"
	for _, test := range []struct{ expr, want string }{
		{`readFile (tree + "/sub/file")`, "text"},
		{`readFile (tree + "/relative/file")`, "text"},
		{`readFile (tree + "/theirs")`, libText},
		{`toString (import (tree + "/theirs")).answer`, "42"},
		{`readFile (out + "/to-file")`, "text"},
		{`readFile (out + "/to-theirs")`, libText},
		{`readFile (out + "/result")`, "fails"},
		{`readFile (out + "/result/sub/../relative/file")`, "text"},
		{`readFile (out + "/result/relative/file")`, "text"},
		{`readFileType (out + "/result/relative")`, "fails"}, // only that of the last part is looked at
		{`readFile (out + "/result/none")`, "fails"},
		{`readFile (out + "/loop/x")`, "fails"},
		{`readFile (tree + "/dangling")`, "fails"},
		{`readFile (tree + "/loop")`, "fails"},
		{`concatStringsSep " " (attrNames (readDir (tree + "/relative")))`, "file"},
		{`readFileType (tree + "/relative")`, "symlink"},
		{`readFileType (tree + "/sub/file")`, "regular"},
		{`readFileType (theirs + "")`, "regular"},
		{`(readDir tree).theirs`, "symlink"},
		{`toString (map pathExists [ (tree + "/relative") (tree + "/dangling") (tree + "/none") (tree + "/sub/") tree ])`, "1 1  1 1"},
		{`toJSON (hashString "sha256" (readFile theirs) == hashFile "sha256" theirs)`, "true"},
	} {
		got, err := tryEval(t, w.Engine, `with builtins; let tree = "`+tree+`"; out = "`+dir+`"; theirs = `+string(w.lib)+`; in `+test.expr)
		if err != nil {
			got = "fails"
			if real := w.Store().RealDir(); strings.Contains(err.Error(), real) {
				t.Errorf("%s: the error shows where the store is: %v", test.expr, err)
			}
		}
		if got != test.want {
			t.Errorf("%s: got %q (%v), want %q", test.expr, got, err, test.want)
		}
	}
}

// A store directory whose files are elsewhere is not read as a whole.
func TestWholeStore(t *testing.T) {
	w := newTwo(t, nil)
	for _, expr := range []string{"readDir storeDir", "path { path = storeDir; }"} {
		_, err := tryEval(t, w.Engine, "with builtins; "+expr)
		if err == nil || !strings.Contains(err.Error(), "path '/' is not a valid store path") {
			t.Errorf("%s: got %v, want an error of a path that is not valid", expr, err)
		}
	}
	if got, err := tryEval(t, w.Engine, "builtins.toJSON (builtins.pathExists builtins.storeDir)"); got != "true" {
		t.Errorf("pathExists storeDir: got %s, %v", got, err)
	}
}

// Messages name what symbolic links lead to, as Nix's do.
func TestLinksInMessages(t *testing.T) {
	w := newTwo(t, nil)
	dir := resolvedDir(t)
	if err := os.Mkdir(dir+"/sub", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/file", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"to-sub": "sub", "dead": "nowhere", "loop": "loop", "sub/up": "../to-sub/.."} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ expr, want string }{
		{`import (d + "/dead")`, "path 'DIR/nowhere' does not exist"},
		{`import (d + "/to-sub/none")`, "path 'DIR/sub/none' does not exist"},
		{`readFile (d + "/dead")`, "path 'DIR/nowhere' does not exist"},
		{`readFile (d + "/loop")`, "infinite symlink recursion in path 'DIR/loop'"},
		{`readFile (d + "/to-sub")`, "file 'DIR/sub' is not a regular file"},
		{`readDir (d + "/file")`, "'DIR/file' is not a directory"},
		{`readDir (d + "/file/none")`, "path 'DIR/file/none' does not exist"},
		{`readDir (d + "/dead")`, "path 'DIR/nowhere' does not exist"},
		{`readFileType (d + "/to-sub/none")`, "path 'DIR/to-sub' (or its ancestor) is a symlink"},
		{`readFileType (d + "/to-sub/no/none")`, "path 'DIR/to-sub/no' (or its ancestor) is a symlink"},
		{`path { path = d + "/dead"; }`, "path 'DIR/nowhere' does not exist"},
		{`path { path = d; recursive = false; }`, "file 'DIR' is not a regular file"},
		{`path { path = /.; name = "x"; recursive = false; }`, "'/' is not a regular file"},
		{`readFile /.`, "'/' is not a regular file"},
		{`hashFile "md5" /.`, "'/' is not a regular file"},
		{`findFile [ { path = d; } ] "to-sub" == d + "/sub"`, "true"},
		{`findFile [ { path = d; } ] "loop"`, "infinite symlink recursion in path 'DIR/loop'"},
		{`findFile [ { path = d + "/loop"; } ] ""`, "infinite symlink recursion in path 'DIR/loop'"},
		{`pathExists (d + "/loop")`, "true"},
		{`pathExists (d + "/loop/a")`, "infinite symlink recursion in path 'DIR/loop/a'"},
		{`storePath (d + "/loop/a")`, "infinite symlink recursion in path 'DIR/loop/a'"},
		{`readFileType (d + "/loop/a")`, "path 'DIR/loop' (or its ancestor) is a symlink"},
		{`"${d + "/to-sub/none"}"`, "path 'DIR/sub/none' does not exist"},
		{`"${d + "/loop/a"}"`, "infinite symlink recursion in path 'DIR/loop/a'"},
		{`readFile (d + "/to-sub/up/none")`, "path 'DIR/none' does not exist"},
	} {
		got, err := tryEval(t, w.Engine, `with builtins; let d = /. + "`+dir+`"; in toJSON (`+test.expr+")")
		if err != nil {
			got = err.Error()
		}
		if want := strings.ReplaceAll(test.want, "DIR", dir); got != want {
			t.Errorf("%s: got %q, want %q", test.expr, got, want)
		}
	}
}

// Of a file below a symbolic link no lines are shown in messages, as in Nix, which does not
// read through links there. What the workbench shows has them.
func TestLinksInExcerpts(t *testing.T) {
	w := newTwo(t, nil)
	dir := resolvedDir(t)
	if err := os.Mkdir(dir+"/sub", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/sub/a.nix", []byte("({ one ? 1 }: one) { on = 1; }\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("sub", dir+"/link"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		file  string
		shown bool
	}{{"/sub/a.nix", true}, {"/link/a.nix", false}} {
		for _, call := range []string{"import ", "scopedImport { } "} {
			_, err := tryEval(t, w.Engine, "builtins."+call+dir+test.file)
			var e *eval.Error
			if !errors.As(err, &e) {
				t.Fatalf("%s%s: got %v, want an error of the language", call, test.file, err)
			}
			got := e.Format(false)
			if strings.Contains(got, "1| ({ one ? 1 }: one)") != test.shown {
				t.Errorf("%s%s: got %s; excerpt wanted: %v", call, test.file, got, test.shown)
			}
			if want := dir + test.file + ":1:2:Did you mean one?"; strings.Contains(got, want) == test.shown {
				t.Errorf("%s%s: got %s; %q wanted: %v", call, test.file, got, want, !test.shown)
			}
			if got := eval.Excerpt(e.Pos); !strings.Contains(got, "1| ({ one ? 1 }: one)") {
				t.Errorf("%s%s: the excerpt of the workbench is %q", call, test.file, got)
			}
		}
	}
}

// Pipes and devices are no files that can be read, and nobody waits for them.
// Behaviour: PosixDirectorySourceAccessor::readFile in HEAD's posix-source-accessor.cc.
func TestReadNoFiles(t *testing.T) {
	w := newTwo(t, nil)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{pipe, "/dev/null", "/dev/zero"} {
		for _, expr := range []string{"builtins.readFile file", "import file", `builtins.hashFile "md5" file`} {
			_, err := tryEval(t, w.Engine, `let file = /. + "`+file+`"; in `+expr)
			if want := "file '" + file + "' is not a regular file"; err == nil || err.Error() != want {
				t.Errorf("%s of %s: got %v, want %s", expr, file, err, want)
			}
		}
	}
}

// What is not the path of a derivation is told as Nix does, by what is found first.
func TestOutputOfOthers(t *testing.T) {
	e := openEngine(t, []string{"--extra-experimental-features", "dynamic-derivations", "--extra-experimental-features", "ca-derivations"}, engine.Options{})
	for _, test := range []struct{ expr, want string }{
		{`toFile "a" "b"`, "error parsing derivation '/nix/store/g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a': store path 'g76zcpqc540lrc8i6g7xy6ip0npn2hnp-a' is not a valid derivation path"},
		{`toFile "a" ""`, "error parsing derivation '/nix/store/rjpa7kdyl9a1irk0c5q47h80g8sam5p8-a': file is empty (possible filesystem corruption)"},
		{`filterSource (p: t: false) /.`, "'/nix/store/0ccnxa25whszw7mgbgyzdm4nqc0zwnm8-source' is not a regular file"},
	} {
		_, err := tryEval(t, e, "with builtins; outputOf ("+test.expr+`) "out"`)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %q", test.expr, err, test.want)
		}
	}
}

// tryEval evaluates an expression to a string.
func tryEval(t *testing.T, e *engine.Engine, expr string) (string, error) {
	t.Helper()
	ev, err := e.NewEvaluator(t.Context(), engine.EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := ev.EvalString(t.Context(), expr, "/")
	if err == nil {
		v, err = ev.ForceDeep(t.Context(), v)
	}
	if err != nil {
		return "", err
	}
	return v.AsString(), nil
}
