package applet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What applets do from a command line is in the transcripts of engine/shell;
// here are the parts that they share.

// run runs an applet by name in dir and returns what it printed.
func run(dir, stdin string, args ...string) (stdout, stderr string, status int) {
	var out, errs bytes.Buffer
	c := &Call{
		Args: args, Dir: dir, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs,
		Getenv:  func(string) string { return "" },
		Environ: func() []string { return []string{"A=1"} },
		Brought: func(string) bool { return false },
		Run:     func(context.Context, Command) int { return exitNotFound },
	}
	status = Exec(context.Background(), Lookup(args[0]), c)
	return out.String(), errs.String(), status
}

func TestOptions(t *testing.T) {
	spec := flagSpec{short: "ab:c::", long: "all=a big:=b colour:: color:: never-short", usage: "[OPTION]..."}
	tests := []struct {
		args string
		want string // options as name=value, then -- and the operands
		err  string
	}{
		{"-a x", "a -- x", ""},
		{"x -a y", "a -- x y", ""},
		{"-ab1 -b 2", "a b=1 b=2 --", ""},
		{"-c -cx y", "c c=x -- y", ""},
		{"--all --big=1 --big 2", "a b=1 b=2 --", ""},
		{"--al --never", "a never-short --", ""},
		{"--colour=x --colour", "colour=x colour --", ""},
		{"-a -- -b", "a -- -b", ""},
		{"- -a", "a -- -", ""},
		{"-z", "", "invalid option -- 'z'"},
		{"-b", "", "option requires an argument -- 'b'"},
		{"--big", "", "option '--big' requires an argument"},
		{"--all=1", "", "option '--all' doesn't allow an argument"},
		{"--nope=1", "", "unrecognized option '--nope=1'"},
		{"--col", "", "option '--col' is ambiguous; possibilities: '--colour' '--color'"},
	}
	for _, test := range tests {
		p := &optParser{spec: spec, rest: strings.Fields(test.args)}
		if err := p.parse(); err != test.err {
			t.Errorf("%s: got error %q, want %q", test.args, err, test.err)
		}
		if test.err != "" {
			continue
		}
		var words []string
		for _, o := range p.opts {
			word := o.name
			if o.given {
				word += "=" + o.value
			}
			words = append(words, word)
		}
		got := strings.Join(append(append(words, "--"), p.operands...), " ")
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.args, got, test.want)
		}
	}
}

// TestHelp pins that every applet with options answers --help and refuses
// unknown flags without a panic.
func TestHelp(t *testing.T) {
	odd := []string{"[", "arch", "test", "echo", "printf", "expr", "true", "false", "yes", "dd", "kill", "find", "timeout", "tty"}
	for _, name := range Names() {
		if slices.Contains(odd, name) {
			continue
		}
		stdout, _, status := run(t.TempDir(), "", name, "--help")
		if status != 0 || !strings.HasPrefix(stdout, "Usage: ") {
			t.Errorf("%s --help: got %q, status %d", name, stdout, status)
		}
		_, stderr, status := run(t.TempDir(), "", name, "--no-such-flag")
		if status == 0 || !strings.Contains(stderr, "--no-such-flag") {
			t.Errorf("%s --no-such-flag: got %q, status %d", name, stderr, status)
		}
	}
}

func TestParseMode(t *testing.T) {
	tests := []struct {
		mode       string
		old        uint32
		isDir      bool
		mask, want uint32
	}{
		{"755", 0o644, false, 0o22, 0o755},
		{"4755", 0, false, 0, 0o4755},
		{"755", 0o2700, true, 0, 0o2755},
		{"00755", 0o2700, true, 0, 0o755},
		{"+x", 0o644, false, 0o22, 0o755},
		{"+w", 0o444, false, 0o22, 0o644},
		{"a+w", 0o444, false, 0o22, 0o666},
		{"u=rwx,go=", 0o644, false, 0, 0o700},
		{"go-rwx", 0o777, false, 0, 0o700},
		{"a+X", 0o644, false, 0, 0o644},
		{"a+X", 0o644, true, 0, 0o755},
		{"g=u", 0o640, false, 0, 0o660},
		{"u+s,g+s", 0o755, false, 0, 0o6755},
		{"+t", 0o755, true, 0, 0o1755},
		{"u+x-w", 0o600, false, 0, 0o500},
	}
	for _, test := range tests {
		m, ok := parseMode(test.mode)
		if !ok {
			t.Errorf("%s: not a mode", test.mode)
			continue
		}
		if got := m.apply(test.old, test.isDir, fileMode(test.mask)); got != test.want {
			t.Errorf("%s on %o: got %o, want %o", test.mode, test.old, got, test.want)
		}
	}
	for _, bad := range []string{"", "999", "u", "u+q", "77777", "x+u", "u+x,,g+x"} {
		if _, ok := parseMode(bad); ok {
			t.Errorf("%q: got a mode, want none", bad)
		}
	}
}

func TestParseDate(t *testing.T) {
	now := time.Date(2024, 2, 29, 12, 30, 45, 0, time.UTC) // a Thursday
	tests := map[string]string{
		"@0":                             "1970-01-01 00:00:00",
		"@-1.5":                          "1969-12-31 23:59:58",
		"now":                            "2024-02-29 12:30:45",
		"today":                          "2024-02-29 12:30:45",
		"yesterday":                      "2024-02-28 12:30:45",
		"tomorrow 10:00":                 "2024-03-01 10:00:00",
		"":                               "2024-02-29 00:00:00",
		"2020-01-02":                     "2020-01-02 00:00:00",
		"2020-01-02T03:04:05Z":           "2020-01-02 03:04:05",
		"2020-01-02 03:04:05 +0100":      "2020-01-02 02:04:05",
		"2020-01-02T03:04:05+01:00":      "2020-01-02 02:04:05",
		"20200102 3pm":                   "2020-01-02 15:00:00",
		"2 Jan 2020 12:00 am":            "2020-01-02 00:00:00",
		"January 2, 2020":                "2020-01-02 00:00:00",
		"Thu, 02 Jan 2020 03:04:05 EST":  "2020-01-02 08:04:05",
		"1 year":                         "2025-03-01 12:30:45",
		"1 month ago":                    "2024-01-29 12:30:45",
		"+2 weeks":                       "2024-03-14 12:30:45",
		"3 hours ago":                    "2024-02-29 09:30:45",
		"next day":                       "2024-03-01 12:30:45",
		"last year":                      "2023-03-01 12:30:45",
		"friday":                         "2024-03-01 00:00:00",
		"next thursday":                  "2024-03-07 00:00:00",
		"noon":                           "2024-02-29 12:00:00",
		"Wed Jan  1 03:04:05 UTC 2020":   "2020-01-01 03:04:05",
		"2020-01-02 00:00:00.5 + 1 day":  "",
		"2020-02-30":                     "",
		"25:00":                          "",
		"bogus":                          "",
		"12":                             "",
		"10 nosuchunit":                  "",
		"2020-01-02 2020-01-03 nonsense": "",
	}
	for s, want := range tests {
		got := ""
		if when, err := parseDate(s, now); err == nil {
			got = when.Format(time.DateTime)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestCompareVersion(t *testing.T) {
	order := []string{
		"", ".", "..", ".a", "a", "a1", "a2", "a10", "a-1.0~rc1.tar.gz", "a-1.0.tar.gz", "a-1.0.1.tar.gz", "a-1.2", "a-1.10", "b",
	}
	for i, a := range order {
		for j, b := range order {
			got := compareVersion([]byte(a), []byte(b))
			if want := i - j; (got < 0) != (want < 0) || (got > 0) != (want > 0) {
				t.Errorf("%q and %q: got %d", a, b, got)
			}
		}
	}
}

func TestQuote(t *testing.T) {
	for s, want := range map[string]string{
		"a": "'a'", "a b": "'a b'", "it's": `"it's"`, "": "''", "a\nb": `'a'$'\n''b'`, `it's "x"`: `'it'\''s "x"'`,
	} {
		if got := quote(s); got != want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
	if got, want := shown("plain"), "plain"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestGlob(t *testing.T) {
	tests := []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true}, {"*.c", "a.c", true}, {"*.c", "a.h", false}, {"a?c", "abc", true}, {"[a-c]x", "bx", true},
		{"[!a]", "a", false}, {"[^a]", "b", true}, {"[]]", "]", true}, {`\*`, "*", true}, {`\*`, "a", false}, {"*a*b", "xaybzb", true},
		{"[", "[", true}, {"[[:digit:]]*", "1a", true}, {"a**b", "ab", true}, {"[a-]", "-", true}, {"*/b", "a/x/b", true},
	}
	for _, test := range tests {
		if got := (globber{}).match(test.pattern, test.s); got != test.want {
			t.Errorf("%q on %q: got %v, want %v", test.pattern, test.s, got, test.want)
		}
	}
	if !(globber{fold: true}).match("A*[X-Z]", "aby") {
		t.Error("ignoring case: got no match")
	}
}

// TestCompareLines pins that the script is shortest and moved down.
func TestCompareLines(t *testing.T) {
	tests := []struct {
		a, b string
		want []change
	}{
		{"abc", "abc", nil},
		{"", "ab", []change{{0, 0, 0, 2}}},
		{"abc", "ac", []change{{1, 2, 1, 1}}},
		{"aaa", "aa", []change{{2, 3, 2, 2}}},
		{"abcabba", "cbabac", []change{{0, 1, 0, 1}, {2, 3, 2, 2}, {4, 5, 3, 3}, {7, 7, 5, 6}}},
		{"{x}{y}", "{x}{z}{y}", []change{{4, 4, 4, 7}}},
	}
	for _, test := range tests {
		a, b := compareLines(runes(test.a), runes(test.b))
		got := changesOf(a, b)
		if test.a == "abcabba" { // several are shortest
			n := 0
			for _, ch := range got {
				n += ch.a1 - ch.a0 + ch.b1 - ch.b0
			}
			if n != 5 {
				t.Errorf("got %d changed lines, want 5", n)
			}
			continue
		}
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(change{})); diff != "" {
			t.Errorf("%q and %q (-want +got):\n%s", test.a, test.b, diff)
		}
	}
}

func runes(s string) []int {
	var out []int
	for _, r := range s {
		out = append(out, int(r))
	}
	return out
}

// FuzzSed parses and runs scripts, other than those that name files.
func FuzzSed(f *testing.F) {
	for _, s := range []string{
		"s/a/b/g", "1,3{p;d}", "/x/,+2!y/ab/cd/", ":a;N;$!ba;s/\\n/,/g", "a\\\ntext", "2~3i x", "0,/re/s//&\\U\\1/2p",
		"$!N;P;D", "s/\\(a\\)/\\1/;ta;:a", "/[/]]/c\\", "l 5;=;q3", "s,a\\,b,c,I", "x;G;h;H;z;F",
	} {
		f.Add(s, "a\nb\nxyz\n", false)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, script, text string, extended bool) {
		if strings.ContainsAny(script, "wWrR") || strings.ContainsAny(script, "btTD") && len(script) > 40 {
			return
		}
		s := &sed{c: &Call{Args: []string{"sed"}, Dir: dir}, eol: '\n', wrap: 70, extended: extended}
		p := &sedParser{sed: s}
		p.add(script)
		if p.parse() != nil || strings.ContainsAny(script, "btTD") {
			return // loops for ever are legal
		}
		run(dir, text, "sed", script)
	})
}

// FuzzPatch parses patches and looks for places for them.
func FuzzPatch(f *testing.F) {
	f.Add("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n", "a\nb\n")
	f.Add("diff --git a/x b/y\nrename from x\nrename to y\n", "")
	f.Add("--- x\n+++ y\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n", "")
	f.Fuzz(func(t *testing.T, patch, text string) {
		for _, pf := range parsePatch([]byte(patch)) {
			if len(pf.hunks) == 0 {
				continue
			}
			c := &Call{Args: []string{"patch"}, Stdout: io.Discard, Stderr: io.Discard}
			p := &patcher{c: c, fuzz: 2, silent: true}
			a := &applier{p: p, file: pf, in: patchLines([]byte(text))}
			a.run()
			a.rejects()
		}
	})
}

// FuzzDate reads anything as a date and formats it in odd ways.
func FuzzDate(f *testing.F) {
	f.Add("2020-01-02 03:04 +1 day", "%F %T %-d %5Y %^a %::z")
	f.Add("next friday 3pm", "%")
	now := time.Date(2024, 2, 29, 12, 30, 45, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s, format string) {
		if when, err := parseDate(s, now); err == nil && len(format) < 100 {
			strftime(format, when)
		}
	})
}

// FuzzPrintf formats anything.
func FuzzPrintf(f *testing.F) {
	f.Add("%5.2f|%-*d|%q\\x41\n", "1", "a b")
	f.Add("%b%c%%%#x%+d% d", "\\c", "'a")
	f.Fuzz(func(t *testing.T, format, a, b string) {
		Printf(format, []string{a, b}, func(string) {})
	})
}

// An archive that cannot be written as it is asked for leaves what is there.
func TestTarRefusesBeforeItWrites(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.tar.xz")
	if err := os.WriteFile(file, []byte("keep"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, stderr, status := run(dir, "", "tar", "-cJf", "a.tar.xz", "a.tar.xz")
	if text, err := os.ReadFile(file); status != exitTrouble || err != nil || string(text) != "keep" {
		t.Errorf("got status %d, %q, and the file holds %q, %v", status, stderr, text, err)
	}
}

// A member of a zip archive is written below the directory, also where another is a link
// that leads out of it.
func TestUnzipFollowsNoLinks(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, m := range []struct {
		name, text string
		mode       os.FileMode
	}{{"link", outside, os.ModeSymlink | 0o777}, {"link/file", "text", 0o644}} {
		h := &zip.FileHeader{Name: m.name}
		h.SetMode(m.mode)
		f, err := w.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(f, m.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), os.WriteFile(filepath.Join(dir, "a.zip"), archive.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
	_, stderr, status := run(dir, "", "unzip", "-q", "-d", "out", "a.zip")
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("got status %d, %q, and outside %v, %v, want nothing", status, stderr, entries, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "out", "link", "file")); err != nil || string(text) != "text" {
		t.Errorf("got %q, %v, want the text", text, err)
	}
}

// A file whose backup cannot be made is not patched.
func TestPatchWithoutBackup(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	diff := "--- f\n+++ f\n@@ -1 +1 @@\n-a\n+b\n"
	if err := os.WriteFile(file, []byte("a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, stderr, status := run(dir, diff, "patch", "-b", "-z", "/none/orig", "f")
	const want = "patch: **** Can't create file f/none/orig : Not a directory\n"
	if text, err := os.ReadFile(file); status != exitTrouble || stderr != want || err != nil || string(text) != "a\n" {
		t.Errorf("got status %d, %q, and the file holds %q, %v; want status %d, %q", status, stderr, text, err, exitTrouble, want)
	}
}

// A file whose backup cannot be made is not edited in place.
func TestSedWithoutBackup(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, []byte("a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, stderr, status := run(dir, "", "sed", "-i/none/x", "s/a/b/", "f")
	const want = "sed: cannot rename f: Not a directory\n"
	if text, err := os.ReadFile(file); status != exitSedPanic || stderr != want || err != nil || string(text) != "a\n" {
		t.Errorf("got status %d, %q, and the file holds %q, %v; want status %d, %q", status, stderr, text, err, exitSedPanic, want)
	}
	if names, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(names) != 1 {
		t.Errorf("got %v, %v, want only the file", names, err)
	}
}
