//go:build conformance

package confirm

// This file runs Nix's own language suite, tests/functional/lang of a checkout
// of NixOS/nix in $NIX_SRC, as its lang.sh does, through $NIXBENCH called
// nix-instantiate; or through the real one, where $NIX is set. It counts on
// three scales: the exit status, the result (standard output, or the innermost
// error message), and everything that was printed, to the byte.

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	showDiff   = flag.Bool("diff", false, "show how each miss differs")
	onlySuite  = flag.String("suite", "", "run the cases whose names match this `regexp`")
	suiteKinds = []string{"parse-fail", "parse-okay", "eval-fail", "eval-okay"}
)

func TestConformance(t *testing.T) {
	s := newSuite(t)
	var all []verdict
	for _, stmt := range s.checks(t) {
		all = append(all, s.check(stmt))
	}
	only := regexp.MustCompile(*onlySuite)
	for _, kind := range suiteKinds {
		files, err := filepath.Glob(filepath.Join(s.dir, "lang", kind+"-*.nix"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".nix")
			if _, err := os.Stat(s.lang(name + ".exp-disabled")); err == nil || !only.MatchString(name) {
				continue
			}
			all = append(all, s.run(t, kind, name))
		}
	}
	report(t, all, os.Getenv("NIX") == "")
}

// A verdict is how a case went.
type verdict struct {
	name                   string
	status, result, strict bool
	diff                   string
}

// report prints the counts and the misses. A miss fails the test if it is ours.
func report(t *testing.T, all []verdict, ours bool) {
	var status, result, strict int
	for _, v := range all {
		var missed string
		switch {
		case !v.status:
			missed = "exit status"
		case !v.result:
			missed = "result"
		case !v.strict:
			missed = "strict"
		}
		if missed != "" {
			fmt.Printf("miss (%s): %s\n", missed, v.name)
			if *showDiff {
				fmt.Println(v.diff)
			}
		}
		status, result, strict = status+count(v.status), result+count(v.status && v.result), strict+count(missed == "")
	}
	fmt.Printf("right exit status: %d of %d\nright result:      %d of %d\nstrict:            %d of %d\n",
		status, len(all), result, len(all), strict, len(all))
	if ours && (strict < len(all)) {
		t.Error("there are misses")
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A suite is a checkout's tests/functional, and what to run them with.
type suite struct {
	dir  string // tests/functional, without symbolic links
	root string // $TEST_ROOT
	env  []string
}

func newSuite(t *testing.T) *suite {
	t.Helper()
	dir, err := filepath.EvalSymlinks(filepath.Join(os.Getenv("NIX_SRC"), "tests/functional"))
	if err != nil {
		t.Fatal("$NIX_SRC is no checkout of NixOS/nix: ", err)
	}
	s := &suite{dir: dir, root: t.TempDir()}
	program := os.Getenv("NIXBENCH")
	if nix := os.Getenv("NIX"); nix != "" {
		program = filepath.Join(nix, "bin/nix-instantiate")
	}
	if program, err = filepath.EvalSymlinks(program); err != nil {
		t.Fatal("there is no program to test: ", err)
	}
	for _, sub := range []string{"bin", "etc", "home"} {
		if err := os.Mkdir(filepath.Join(s.root, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(program, filepath.Join(s.root, "bin/nix-instantiate")); err != nil {
		t.Fatal(err)
	}
	conf := "build-users-group =\nexperimental-features = nix-command flakes\nsubstituters =\nshow-trace = true\n"
	if err := os.WriteFile(filepath.Join(s.root, "etc/nix.conf"), []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	s.env = []string{
		"PATH=" + s.root + "/bin:" + os.Getenv("PATH"), "HOME=" + s.root + "/home", "TEST_ROOT=" + s.root,
		"NIX_CONF_DIR=" + s.root + "/etc", "NIX_STATE_DIR=" + s.root + "/var/nix", "NIX_LOG_DIR=" + s.root + "/var/log/nix",
		"NIX_REMOTE=dummy://", "NIX_STORE_DIR=/nix/store", "TEST_VAR=foo", "IMPURE_VAR1=foo", "IMPURE_VAR2=bar",
		"_NIX_TEST_NO_ENVIRONMENT_WARNINGS=1", "PAGER=cat",
	}
	return s
}

func (s *suite) lang(name string) string { return filepath.Join(s.dir, "lang", name) }

// run runs one case of the suite.
func (s *suite) run(t *testing.T, kind, name string) verdict {
	t.Helper()
	file := "lang/" + name + ".nix"
	var cmd *exec.Cmd
	var wants []want
	fails := strings.HasSuffix(kind, "-fail")
	switch {
	case strings.HasPrefix(kind, "parse"):
		cmd = exec.Command(filepath.Join(s.root, "bin/nix-instantiate"), "--parse", "-")
		in, err := os.Open(s.lang(name + ".nix"))
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		cmd.Stdin = in
		wants = []want{{"out", "exp"}, {"err", "err.exp"}}
	case fails:
		cmd = exec.Command(filepath.Join(s.root, "bin/nix-instantiate"),
			append(s.flags(name, "--eval --strict --show-trace"), file)...)
	case s.exists(name + ".exp.xml"):
		cmd = exec.Command(filepath.Join(s.root, "bin/nix-instantiate"), "--eval", "--xml", "--no-location", "--strict", file)
		wants = []want{{"out", "exp.xml"}}
	default:
		cmd = exec.Command(filepath.Join(s.root, "bin/nix-instantiate"),
			append(s.flags(name, ""), "--eval", "--strict", file)...)
		wants = []want{{"out", "exp"}, {"err", "err.exp"}}
	}
	if fails {
		wants = []want{{"err", "err.exp"}}
	}
	cmd.Args[0] = "nix-instantiate" // lang.sh leaves it to PATH, too
	cmd.Env = s.env
	if kind == "eval-okay" && wants[0].exp == "exp" {
		cmd.Env = append(s.env[:len(s.env):len(s.env)], "NIX_PATH=lang/dir3:lang/dir4", "HOME=/fake-home")
	}
	cmd.Dir = s.dir
	return s.judge(t, name, cmd, fails, wants)
}

// A want says which file has what is to be printed on which stream.
type want struct{ stream, exp string }

// judge runs a command and compares what it prints. Where failing is expected,
// both streams are one.
func (s *suite) judge(t *testing.T, name string, cmd *exec.Cmd, fails bool, wants []want) verdict {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if fails {
		cmd.Stdout = &stderr
	}
	status := exitStatus(t, cmd.Run())
	v := verdict{name: name, status: status == count(fails), result: true, strict: true}
	if !v.status {
		v.diff = fmt.Sprintf("exit status %d\n%s", status, stderr.Bytes())
		return v
	}
	got := map[string]string{"out": stdout.String(), "err": stderr.String()}
	for stream := range got {
		got[stream] = s.postprocess(t, name, stream, strings.ReplaceAll(got[stream], s.dir, "/pwd"))
	}
	for _, w := range wants {
		exp, err := os.ReadFile(s.lang(name + "." + w.exp))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if got[w.stream] == string(exp) {
			continue
		}
		v.strict = false
		v.diff += s.difference(name+"."+w.exp, got[w.stream])
		if w.stream == "out" || fails && innermost(got[w.stream]) != innermost(string(exp)) {
			v.result = false
		}
	}
	return v
}

func exitStatus(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit != nil {
		return exit.ExitCode()
	}
	return 0
}

var (
	errorLine = regexp.MustCompile(`(?m)^ *error:\s?`)
	placeLine = regexp.MustCompile(`(?m)^ *at .*:[0-9<>a-z]+:[0-9<>a-z]+:?$`)
)

// innermost returns the message of the last error that a text tells of.
func innermost(text string) string {
	all := errorLine.FindAllStringIndex(text, -1)
	if all == nil {
		return text
	}
	msg := text[all[len(all)-1][1]:]
	if place := placeLine.FindStringIndex(msg); place != nil {
		msg = msg[:place[0]]
	}
	return strings.Join(strings.Fields(msg), " ")
}

func (s *suite) exists(name string) bool {
	_, err := os.Stat(s.lang(name))
	return err == nil
}

var comment = regexp.MustCompile(`#.*`)

// flags returns those of a case, or the usual ones.
func (s *suite) flags(name, usual string) []string {
	data, err := os.ReadFile(s.lang(name + ".flags"))
	if err == nil {
		usual = string(data)
		if strings.HasPrefix(name, "eval-okay") {
			usual, _, _ = strings.Cut(usual, "\n") // read -a reads a line
		}
		usual = comment.ReplaceAllString(usual, "")
	}
	return strings.Fields(usual)
}

// postprocess runs the script that a case has for what it printed, if it has one.
func (s *suite) postprocess(t *testing.T, name, stream, text string) string {
	t.Helper()
	script := s.lang(name + ".postprocess")
	if !s.exists(name+".postprocess") || stream != "err" {
		return text
	}
	base := filepath.Join(s.root, name)
	if err := os.WriteFile(base+".err", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("bash", script, base).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	data, err := os.ReadFile(base + ".err")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// difference returns what diff says of a file of the suite, which may be
// missing, and a text.
func (s *suite) difference(exp, got string) string {
	file := s.lang(exp)
	if !s.exists(exp) {
		file = os.DevNull
	}
	cmd := exec.Command("diff", "-u", "--label", exp, "--label", "got", file, "-")
	cmd.Stdin = strings.NewReader(got)
	out, _ := cmd.Output() // status 1 says that there is a difference
	return string(out)
}

// helpers are the functions of the suite's shell that checks call.
const helpers = `set -eu -o pipefail
expect() { local want=$1 res; shift; "$@" && res=0 || res=$?; [[ $res -eq $want ]]; }
expectStderr() { local want=$1 res; shift; "$@" 2>&1 && res=0 || res=$?; [[ $res -eq $want ]]; }
grepQuiet() { grep "$@" > /dev/null; }
grepQuietInverse() { ! grep "$@" > /dev/null; }
`

// checks returns the commands of lang.sh before the first of its loops.
func (s *suite) checks(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, "lang.sh"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), "\\\n", "")
	var stmts []string
	for line := range strings.Lines(text) {
		if line == "set +x\n" {
			break
		}
		if strings.Contains(line, "nix-instantiate ") && !strings.HasPrefix(line, "#") {
			stmts = append(stmts, line)
		}
	}
	return slices.DeleteFunc(stmts, func(stmt string) bool {
		return !regexp.MustCompile(cmp.Or(*onlySuite, ".")).MatchString("check")
	})
}

// check runs one of these commands; what it prints is judged by itself.
func (s *suite) check(stmt string) verdict {
	cmd := exec.Command("bash", "-c", helpers+stmt)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	ok := err == nil
	return verdict{name: "check: " + strings.TrimSpace(stmt), status: ok, result: ok, strict: ok, diff: string(out)}
}
