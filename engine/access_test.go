package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/engine"
	"nixbench/engine/settings"
)

// newAccess opens an engine whose settings change sets, and a directory with
// in/file, in/out -> ../out/file, in/dir/x and out/file, of which in is in the
// search path.
func newAccess(t *testing.T, change func(*settings.Settings)) (e *engine.Engine, dir string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"in/file", "in/dir/x", "out/file", "out/x.nix"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("42"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../out/file", filepath.Join(dir, "in/link")); err != nil {
		t.Fatal(err)
	}
	set := settings.Default()
	set.NixPath = []string{"in=" + dir + "/in", "gone=" + dir + "/in/gone"}
	change(set)
	e, err = engine.Open(t.Context(), engine.Options{
		StoreURI: t.TempDir(), Settings: set, Throwaway: true, Getenv: func(string) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e, dir
}

// An accessTest is an expression, in which dir is the directory of newAccess,
// and what it gives or a part of the message that it fails with.
type accessTest struct{ expr, want, err string }

func checkAccess(t *testing.T, e *engine.Engine, dir string, tests []accessTest) {
	t.Helper()
	for _, test := range tests {
		got, err := tryEval(t, e, `with builtins; let dir = `+dir+`; in `+test.expr)
		want := strings.ReplaceAll(test.err, "DIR", dir)
		if test.err == "" && (err != nil || got != test.want) {
			t.Errorf("%s: got %q, %v, want %q", test.expr, got, err, test.want)
		} else if test.err != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %q, %v, want the error %q", test.expr, got, err, want)
		}
	}
}

// With restrict-eval, evaluation reads what the search path names and what it
// adds to the store; links that lead elsewhere do not help.
func TestRestrictEval(t *testing.T) {
	const file = "access to absolute path 'DIR/out/file' is forbidden in restricted mode"
	e, dir := newAccess(t, func(s *settings.Settings) {
		s.RestrictEval = true
		s.AllowedURIs = []string{"http://a.example/b", "c:", "https://d.example/"}
	})
	checkAccess(t, e, dir, []accessTest{
		{expr: `readFile <in/file>`, want: "42"},
		{expr: `readFile (dir + "/in/file")`, want: "42"},
		{expr: `readFile (dir + "/out/file")`, err: file},
		{expr: `readFile (dir + "/in/link")`, err: file},
		{expr: `readFileType (dir + "/in/link")`, want: "symlink"},
		{expr: `readFileType (dir + "/out/file")`, err: file},
		{expr: `toString (import (dir + "/out/x.nix"))`, err: "access to absolute path 'DIR/out/x.nix' is forbidden in restricted mode"},
		{expr: `hashFile "sha256" (dir + "/out/file")`, err: file},
		{expr: `"${dir + "/out/file"}"`, err: file},
		{expr: `path { path = dir + "/out/file"; }`, err: file},
		{expr: `concatStringsSep " " (attrNames (readDir dir))`, want: "in"},
		{expr: `concatStringsSep " " (attrNames (readDir <in>))`, want: "dir file link"},
		{expr: `readFile (toFile "a" "text")`, want: "text"},
		{expr: `readFile (path { path = dir + "/in/file"; })`, want: "42"},
		{expr: `readFile "${dir + "/in"}/dir/x"`, want: "42"},
		{expr: `toString (map pathExists [ /. dir (dir + "/out") (dir + "/out/file") (dir + "/in/link") (dir + "/in/gone") ])`, want: "1 1   1 "},
		{expr: `toString (tryEval <gone>).success`, want: ""},
		{expr: `toString (findFile [ { path = dir + "/out"; prefix = "o"; } ] "o/file")`, err: "access to absolute path 'DIR/out' is forbidden in restricted mode"},
		{expr: `fetchurl "http://x.example/y"`, err: "access to URI 'http://x.example/y' is forbidden in restricted mode"},
		{expr: `fetchurl "http://a.example/bc"`, err: "access to URI 'http://a.example/bc' is forbidden in restricted mode"},
		{expr: `fetchGit "http://x.example/y"`, err: "access to URI 'git+http://x.example/y?exportIgnore=1' is forbidden in restricted mode"},
		{expr: `fetchurl "http://a.example/b/c"`, err: "cannot fetch"},
		{expr: `fetchTarball "https://d.example/e"`, err: "cannot fetch"},
		{expr: `fetchurl { url = "c:d"; name = "d"; }`, err: "cannot fetch"},
		{expr: `fetchurl "file://${toString dir}/out/file"`, err: file},
		{expr: `readFile (fetchurl "file://${toString dir}/in/file")`, want: "42"},
	})
}

// What allowed-uris lets be fetched can be read however many goroutines evaluate, and
// what it does not, by none.
func TestAllowedURIsTogether(t *testing.T) {
	var dir string
	e, _ := newAccess(t, func(s *settings.Settings) {
		dir = strings.TrimPrefix(s.NixPath[0], "in=")
		dir = filepath.Dir(dir)
		s.RestrictEval, s.EvalCores = true, 4
		s.AllowedURIs = []string{"file://" + dir + "/out/"}
	})
	// Each is work enough for one to be left to another goroutine.
	const many = `concatStringsSep "" (map (i: seq (foldl' (a: b: a + b) i (genList (x: x) 50000)) (%)) (genList (i: i) 64))`
	checkAccess(t, e, dir, []accessTest{
		{expr: strings.ReplaceAll(many, "%", `readFile (fetchurl "file://${toString dir}/out/file")`), want: strings.Repeat("42", 64)},
		{
			expr: strings.ReplaceAll(many, "%", `toString (tryEval (fetchurl "http://x.example/y")).success`),
			err:  "access to URI 'http://x.example/y' is forbidden in restricted mode",
		},
	})
}

// In pure evaluation mode, the store is all that can be read, and of it what
// the evaluation added.
func TestPureEval(t *testing.T) {
	const file = "access to absolute path 'DIR/in/file' is forbidden in pure evaluation mode (use '--impure' to override)"
	e, dir := newAccess(t, func(s *settings.Settings) { s.PureEval = true })
	checkAccess(t, e, dir, []accessTest{
		{expr: `readFile (dir + "/in/file")`, err: file},
		{expr: `readFile <in/file>`, err: "cannot look up '<in/file>' in pure evaluation mode"},
		{expr: `toString (length nixPath)`, want: "0"},
		{expr: `"${dir + "/in/file"}"`, err: file},
		{expr: `toString (map pathExists [ /. dir (dir + "/in/file") ])`, want: "  "},
		{expr: `readFile (toFile "a" "text")`, want: "text"},
	})
}
