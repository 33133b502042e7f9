package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/engine"
	"nixbench/engine/eval"
)

// unreadEnv names the directory that the test binary, run again without rights, reads.
const unreadEnv = "NIXBENCH_TEST_UNREAD"

// What may not be read, or has too long a name, is told of as Nix does: by what was done to
// what file. The answers are those of Nix HEAD.
func TestUnread(t *testing.T) {
	if dir := os.Getenv(unreadEnv); dir != "" {
		testUnread(t, dir)
		return
	}
	dir := resolvedDir(t)
	for _, sub := range []string{"closed/a", "hidden", "ok"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"closed/f.nix", "hidden/f.nix", "ok/f.nix"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte("1"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"link": "closed/f.nix", "dir": "closed"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	forbid(t, dir, map[string]os.FileMode{"closed": 0, "hidden": 0o111, "ok/f.nix": 0})
	outputWithoutRights(t, unreadEnv+"="+dir, "-test.run", "^TestUnread$")
}

func testUnread(t *testing.T, dir string) {
	const (
		denied    = ": Permission denied"
		closed    = "getting status of 'DIR/closed/f.nix'" + denied
		realising = "while realising the context of path '"
	)
	long := strings.Repeat("n", 256)
	longName := "getting status of 'DIR/" + long + "': File name too long"
	e := openEngine(t, nil, engine.Options{})
	for _, test := range []struct{ expr, step, want string }{
		{`pathExists (d + "/closed/f.nix")`, "", closed},
		{`pathExists (d + "/link")`, "", "true"},
		{`pathExists (d + "/dir/f.nix")`, "", closed},
		{`pathExists (d + "/closed/a/b")`, realising + "DIR/closed/a/b'", "getting status of 'DIR/closed/a'" + denied},
		{`pathExists (d + "/closed")`, "", "true"},
		{`readFile (d + "/closed/f.nix")`, realising + "DIR/closed/f.nix'", closed},
		{`readFile (d + "/link")`, realising + "DIR/link'", closed},
		{`readFile (d + "/ok/f.nix")`, "", "opening 'DIR/ok/f.nix'" + denied},
		{`readFile (d + "/closed")`, "", "opening 'DIR/closed'" + denied},
		{`hashFile "md5" (d + "/ok/f.nix")`, "", "opening 'DIR/ok/f.nix'" + denied},
		{`import (d + "/closed/f.nix")`, "", closed},
		{`import (d + "/closed")`, "", "getting status of 'DIR/closed/default.nix'" + denied},
		{`import (d + "/link")`, "", closed},
		{`import (d + "/ok/f.nix")`, "", "opening 'DIR/ok/f.nix'" + denied},
		{`readDir (d + "/hidden")`, "", "opening directory 'DIR/hidden'" + denied},
		{`readDir (d + "/dir")`, "", "opening directory 'DIR/closed'" + denied},
		{`readDir (d + "/closed/a")`, realising + "DIR/closed/a'", "getting status of 'DIR/closed/a'" + denied},
		{`readFileType (d + "/closed/f.nix")`, "", closed},
		{`readFileType (d + "/closed/a/b")`, "", "opening directory 'DIR/closed/a'" + denied},
		{`path { path = d + "/ok"; name = "x"; }`, "", "opening 'DIR/ok/f.nix'" + denied},
		{`path { path = d + "/hidden"; name = "x"; }`, "", "opening directory 'DIR/hidden'" + denied},
		{`path { path = d + "/closed/f.nix"; name = "x"; }`, "", closed},
		{`path { path = d + "/ok/f.nix"; name = "x"; recursive = false; }`, "", "opening 'DIR/ok/f.nix'" + denied},
		{`"${d + "/ok"}"`, "", "opening 'DIR/ok/f.nix'" + denied},
		{`"${d + "/closed/f.nix"}"`, "", closed},
		{`findFile [ { path = d + "/closed"; } ] "f.nix"`, "", closed},
		{`findFile [ { path = d + "/closed/a"; } ] "f.nix"`, "", "getting status of 'DIR/closed/a'" + denied},
		{`storePath (d + "/closed/f.nix")`, "", closed},
		{`pathExists (d + "/LONG")`, "", longName},
		{`pathExists (d + "/LONG/a")`, realising + "DIR/LONG/a'", longName},
		{`readFile (d + "/LONG")`, realising + "DIR/LONG'", longName},
		{`readFileType (d + "/LONG")`, "", longName},
		{`readFileType (d + "/LONG/a")`, "", "opening directory 'DIR/" + long + "': File name too long"},
		{`import (d + "/LONG/a")`, "", longName},
		{`findFile [ { path = d; } ] "LONG"`, "", longName},
		{`storePath (d + "/LONG")`, "", longName},
		{`"${d + "/LONG/a"}"`, "", longName},
	} {
		names := strings.NewReplacer("DIR", dir, "LONG", long)
		got, err := tryEval(t, e, names.Replace(`with builtins; let d = /. + "DIR"; in toJSON (`+test.expr+")"))
		var steps string
		if err != nil {
			got = err.Error()
			var failed *eval.Error
			if errors.As(err, &failed) {
				steps = failed.Format(true)
			}
		}
		if want := names.Replace(test.want); got != want {
			t.Errorf("%s: got %q, want %q", test.expr, got, want)
		}
		if step := names.Replace(test.step); step == "" && strings.Contains(steps, realising) || !strings.Contains(steps, step) {
			t.Errorf("%s: got %s, want a step %q", test.expr, steps, step)
		}
	}
}
