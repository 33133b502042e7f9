//go:build nixpkgs

package confirm

// This file asks nixbench and the real Nix in $NIX the same questions about the
// tree of nixpkgs in $NIXPKGS and compares the answers: standard output to the
// byte, and where both fail, the innermost error message. Nothing is written to
// a store. Answers of the real Nix are kept in $ORACLE, if that is set, by its
// version, the question and the path of the tree; whoever changes the tree
// empties it.

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// An answer is what a program printed on standard output, or the innermost
// message of its error, and what that took: seconds of processor, KiB of memory
// at most.
type answer struct {
	Failed  bool
	Out     string
	Message string
	CPU     float64
	Peak    int64
}

// diff is how two answers differ, "" if only in what they took.
func (a answer) diff(b answer) string {
	a.CPU, a.Peak, b.CPU, b.Peak = 0, 0, 0, 0
	return cmp.Diff(a, b)
}

func (a answer) cost() string {
	return fmt.Sprintf("%.1f s, %d MiB", a.CPU, a.Peak>>10)
}

// A bench asks both programs about one tree.
type bench struct {
	nix, nixbench, tree string
	version             string // of the real Nix
	cache               string // of answers of the real Nix; empty for none
	env                 []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{nix: os.Getenv("NIX"), nixbench: os.Getenv("NIXBENCH"), tree: os.Getenv("NIXPKGS"), cache: os.Getenv("ORACLE")}
	if b.nix == "" || b.nixbench == "" || b.tree == "" {
		t.Fatal("$NIX, $NIXBENCH or $NIXPKGS is not set; make confirm-nixpkgs sets them")
	}
	version, err := exec.Command(filepath.Join(b.nix, "bin", "nix"), "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	b.version = string(version)
	if b.cache != "" {
		if err := os.MkdirAll(b.cache, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	b.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/homeless", "NIX_CONF_DIR=/homeless", "NIX_PATH=", "NO_COLOR=1", "LC_ALL=C.UTF-8", "TZ=UTC"}
	return b
}

// ask evaluates a file of testdata/nixpkgs. The file's function gets the tree as
// nixpkgs.
func (b *bench) ask(t *testing.T, file string, flags ...string) (ours, theirs answer) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata/nixpkgs", file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flags = append([]string{"--eval", "--strict", "--readonly-mode", "--option", "extra-experimental-features", "ca-derivations", path, "--arg", "nixpkgs", b.tree}, flags...)
	return b.both(t, string(text), "nix-instantiate", flags)
}

// both runs both programs at once. What is asked is in the flags and in text.
func (b *bench) both(t *testing.T, text, program string, flags []string) (ours, theirs answer) {
	t.Helper()
	done := make(chan answer)
	go func() { done <- b.theirs(t, text, program, flags) }()
	ours = b.run(t, b.nixbench, program, flags)
	theirs = <-done
	theirs.Message = invalidPath.ReplaceAllString(theirs.Message, "path '/nix/store/${1}' is not valid")
	return ours, theirs
}

// invalidPath is a message that 2.34 gives without the directory of the store, HEAD
// with it.
var invalidPath = regexp.MustCompile(`path '([0-9a-z]{32}-[^'/]*)' is not valid`)

// theirs asks the real Nix, unless it has been asked before.
func (b *bench) theirs(t *testing.T, text, program string, flags []string) answer {
	binary := filepath.Join(b.nix, "bin", program)
	if b.cache == "" {
		return b.run(t, binary, program, flags)
	}
	key := sha256.Sum256(fmt.Appendf(nil, "%s%s%s%q", text, b.version, program, flags))
	kept := filepath.Join(b.cache, fmt.Sprintf("%x", key))
	var a answer
	if data, err := os.ReadFile(kept); err == nil && json.Unmarshal(data, &a) == nil {
		return a
	}
	a = b.run(t, binary, program, flags)
	// JSON holds only UTF-8: what is none is asked again next time, and so is what
	// was ended from outside.
	if data, err := json.Marshal(a); err == nil && utf8.ValidString(a.Out) && !(a.Failed && a.Message == "") {
		if err := os.WriteFile(kept, data, 0o666); err != nil {
			t.Error(err)
		}
	}
	return a
}

// run runs a binary under the name of a program.
func (b *bench) run(t *testing.T, binary, program string, flags []string) answer {
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Args = append([]string{program}, flags...)
	cmd.Env = b.env
	if binary != b.nixbench {
		cmd.Env = append(cmd.Env, "NIX_REMOTE=dummy://")
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Errorf("run %s: %v", binary, err)
	}
	a := answer{Failed: err != nil, Out: stdout.String()}
	if p := cmd.ProcessState; p != nil {
		a.CPU = (p.UserTime() + p.SystemTime()).Seconds()
		if use, ok := p.SysUsage().(*syscall.Rusage); ok {
			a.Peak = use.Maxrss
		}
	}
	if a.Failed {
		a.Message = innermostMessage(stderr.String())
		if a.Message == "" {
			t.Errorf("%s %q: %v, without a message", binary, flags, cmd.ProcessState)
		}
	}
	return a
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// places are the lines that say where something is, with their excerpts.
var places = regexp.MustCompile(`(?m)^ *(at (/|«).*:[0-9]+:[0-9]+:|at «none».*|[0-9]*\|.*)$`)

// innermostMessage is the last error of a text, without the white space that
// depends on how deep it is indented. Places are left out: HEAD gives that of a
// selected attribute as a frame of the trace, 2.34 with the message.
func innermostMessage(stderr string) string {
	text := sgr.ReplaceAllString(stderr, "")
	i := strings.LastIndex(text, "error:")
	if i < 0 {
		return ""
	}
	return strings.Join(strings.Fields(places.ReplaceAllString(text[i:], "")), " ")
}

// counts is how a comparison went, in names asked for.
type counts struct {
	same, failAlike, differ int
	caught                  int             // false in both: the messages were not compared
	derivations             map[string]bool // the paths that are the same
}

func (c *counts) add(d counts) {
	c.same += d.same
	c.failAlike += d.failAlike
	c.differ += d.differ
	c.caught += d.caught
	c.addDerivations(maps.Keys(d.derivations))
}

func (c *counts) addDerivations(paths iter.Seq[string]) {
	if c.derivations == nil {
		c.derivations = map[string]bool{}
	}
	for path := range paths {
		c.derivations[path] = true
	}
}

func (c counts) String() string {
	return fmt.Sprintf("%d the same, with %d derivations; %d errors the same, %d caught in both; %d different", c.same, len(c.derivations), c.failAlike, c.caught, c.differ)
}

var drvPath = regexp.MustCompile(`/nix/store/[a-z0-9]{32}-[-+._?=a-zA-Z0-9]+\.drv`)

// derivationsOf are the paths of derivations in a text.
func derivationsOf(text string) iter.Seq[string] {
	return slices.Values(drvPath.FindAllString(text, -1))
}

// each compares what a file's function makes of a list of names, in one
// evaluation. Where that fails it halves the list until it knows which name it
// is. A list that only one of them can evaluate is a difference, also where each
// of its names alone is the same. It returns the names for which both answer
// false.
func (b *bench) each(t *testing.T, c *counts, file string, names []string, flags ...string) (thrown []string) {
	t.Helper()
	ours, theirs := b.ask(t, file, append([]string{"--json", "--arg", "names", nixList(names)}, flags...)...)
	if ours.Failed || theirs.Failed {
		if len(names) == 1 {
			b.single(t, c, names[0], ours, theirs)
			return nil
		}
		half, before := len(names)/2, c.differ
		thrown = append(b.each(t, c, file, names[:half], flags...), b.each(t, c, file, names[half:], flags...)...)
		if ours.Failed != theirs.Failed && c.differ == before {
			c.differ++
			t.Errorf("%d names from %s on: got %q, want %q", len(names), names[0], ours.Message, theirs.Message)
		}
		return thrown
	}
	var got, want []json.RawMessage
	if err := errors.Join(json.Unmarshal([]byte(ours.Out), &got), json.Unmarshal([]byte(theirs.Out), &want)); err != nil || len(got) != len(names) || len(want) != len(names) {
		t.Fatalf("%s: got %d and %d results, want %d (%v)", file, len(got), len(want), len(names), err)
	}
	for i, name := range names {
		switch {
		case !bytes.Equal(got[i], want[i]):
			c.differ++
			t.Errorf("%s: got %s, want %s", name, got[i], want[i])
		case string(want[i]) == "false":
			thrown = append(thrown, name)
		default:
			c.same++
			c.addDerivations(derivationsOf(string(want[i])))
		}
	}
	return thrown
}

// single compares two answers of which at least one is an error.
func (b *bench) single(t *testing.T, c *counts, name string, ours, theirs answer) {
	t.Helper()
	ours.Out, theirs.Out = "", "" // only where one failed: the messages say it
	if d := theirs.diff(ours); d != "" {
		c.differ++
		t.Errorf("%s (-nix +nixbench):\n%s", name, d)
		return
	}
	c.failAlike++
}

// nixList writes names as a list of the language.
func nixList(names []string) string {
	var s strings.Builder
	s.WriteByte('[')
	for _, name := range names {
		s.WriteString(` "` + nixEscapes.Replace(name) + `"`)
	}
	s.WriteString(" ]")
	return s.String()
}

var nixEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// TestNixpkgsExpressions compares what the files of testdata/nixpkgs/expr give.
// Those called error-… may fail, if both fail alike.
func TestNixpkgsExpressions(t *testing.T) {
	b := newBench(t)
	files, err := filepath.Glob("testdata/nixpkgs/expr/*.nix")
	if err != nil || len(files) == 0 {
		t.Fatal("no expressions", err)
	}
	var c counts
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".nix"), func(t *testing.T) {
			ours, theirs := b.ask(t, "expr/"+name, "--json")
			if d := theirs.diff(ours); d != "" {
				c.differ++
				t.Fatalf("(-nix +nixbench):\n%s", d)
			}
			if theirs.Failed != strings.HasPrefix(name, "error-") {
				t.Fatalf("in both: %.300s %s", theirs.Out, theirs.Message)
			}
			if !theirs.Failed {
				c.same++
				c.addDerivations(derivationsOf(theirs.Out))
			} else {
				c.failAlike++
			}
			fmt.Printf("nixpkgs: %s: the same, %d bytes; %s, the real Nix %s\n", name, len(theirs.Out), ours.cost(), theirs.cost())
		})
	}
	fmt.Printf("nixpkgs: expressions: %v\n", c)
}
