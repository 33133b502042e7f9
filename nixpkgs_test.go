//go:build nixpkgs

package main

// This file asks nixbench and the real Nix in $NIX the same questions about the
// tree of nixpkgs in $NIXPKGS and compares the answers: standard output to the
// byte, and where both fail, the innermost error message. Nothing is written to
// a store. Answers of the real Nix are kept in $ORACLE, if that is set; whoever
// changes the tree or the real Nix empties it.

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// An answer is what a program printed on standard output, or the innermost
// message of its error.
type answer struct {
	Failed  bool
	Out     string
	Message string
}

// A bench asks both programs about one tree.
type bench struct {
	nix, nixbench, tree string
	cache               string // of answers of the real Nix; empty for none
	env                 []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{nix: os.Getenv("NIX"), nixbench: os.Getenv("NIXBENCH"), tree: os.Getenv("NIXPKGS"), cache: os.Getenv("ORACLE")}
	if b.nix == "" || b.nixbench == "" || b.tree == "" {
		t.Fatal("$NIX, $NIXBENCH or $NIXPKGS is not set; make confirm-nixpkgs sets them")
	}
	if b.cache != "" {
		if err := os.MkdirAll(b.cache, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	b.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/homeless", "NIX_CONF_DIR=/homeless", "NIX_PATH=", "NO_COLOR=1", "LC_ALL=C.UTF-8", "TZ=UTC"}
	return b
}

// ask evaluates a file of testdata/nixpkgs with both programs at once.
// The file's function gets the tree as nixpkgs.
func (b *bench) ask(t *testing.T, file string, flags ...string) (ours, theirs answer) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata/nixpkgs", file))
	if err != nil {
		t.Fatal(err)
	}
	flags = append([]string{"--eval", "--strict", "--readonly-mode", path, "--arg", "nixpkgs", b.tree}, flags...)
	done := make(chan answer)
	go func() { done <- b.theirs(t, path, flags) }()
	ours = b.run(t, b.nixbench, flags)
	return ours, <-done
}

// theirs asks the real Nix, unless it has been asked before.
func (b *bench) theirs(t *testing.T, file string, flags []string) answer {
	prog := filepath.Join(b.nix, "bin", "nix-instantiate")
	if b.cache == "" {
		return b.run(t, prog, flags)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
	}
	key := sha256.Sum256(fmt.Appendf(text, "%q", flags))
	kept := filepath.Join(b.cache, fmt.Sprintf("%x", key))
	var a answer
	if data, err := os.ReadFile(kept); err == nil && json.Unmarshal(data, &a) == nil {
		return a
	}
	a = b.run(t, prog, flags)
	// JSON holds only UTF-8: what is none is asked again next time.
	if data, err := json.Marshal(a); err == nil && utf8.ValidString(a.Out) {
		if err := os.WriteFile(kept, data, 0o666); err != nil {
			t.Error(err)
		}
	}
	return a
}

// run runs a program under the name nix-instantiate.
func (b *bench) run(t *testing.T, prog string, flags []string) answer {
	cmd := exec.CommandContext(t.Context(), prog)
	cmd.Args = append([]string{"nix-instantiate"}, flags...)
	cmd.Env = b.env
	if prog != b.nixbench {
		cmd.Env = append(cmd.Env, "NIX_REMOTE=dummy://")
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Errorf("run %s: %v", prog, err)
	}
	a := answer{Failed: err != nil, Out: stdout.String()}
	if a.Failed {
		a.Message = innermostMessage(stderr.String())
		if a.Message == "" {
			a.Message = cmd.ProcessState.String()
		}
	}
	return a
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// innermostMessage is the last error of a text, without the white space that
// depends on how deep it is indented.
func innermostMessage(stderr string) string {
	text := sgr.ReplaceAllString(stderr, "")
	i := strings.LastIndex(text, "error:")
	if i < 0 {
		return ""
	}
	return strings.Join(strings.Fields(text[i:]), " ")
}

// counts is how a comparison went, in names asked for.
type counts struct {
	same, derivations, failAlike, differ int
}

func (c *counts) add(d counts) {
	c.same += d.same
	c.derivations += d.derivations
	c.failAlike += d.failAlike
	c.differ += d.differ
}

func (c counts) String() string {
	return fmt.Sprintf("%d compared, %d of them derivations, %d failing alike, %d different", c.same+c.failAlike+c.differ, c.derivations, c.failAlike, c.differ)
}

// each compares what a file's function makes of a list of names, in one
// evaluation. Where that fails it halves the list until it knows which name it
// is. It returns the names for which both answer false.
func (b *bench) each(t *testing.T, c *counts, file string, names []string, flags ...string) (thrown []string) {
	t.Helper()
	ours, theirs := b.ask(t, file, append([]string{"--json", "--arg", "names", nixList(names)}, flags...)...)
	if ours.Failed || theirs.Failed {
		if len(names) == 1 {
			b.single(t, c, names[0], ours, theirs)
			return nil
		}
		half := len(names) / 2
		return append(b.each(t, c, file, names[:half], flags...), b.each(t, c, file, names[half:], flags...)...)
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
			if bytes.Contains(want[i], []byte(`.drv"`)) {
				c.derivations++
			}
		}
	}
	return thrown
}

// single compares two answers of which at least one is an error.
func (b *bench) single(t *testing.T, c *counts, name string, ours, theirs answer) {
	t.Helper()
	ours.Out, theirs.Out = "", "" // only where one failed: the messages say it
	if d := cmp.Diff(theirs, ours); d != "" {
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
		quoted, _ := json.Marshal(name)
		s.WriteByte(' ')
		s.WriteString(strings.ReplaceAll(string(quoted), "$", `\$`))
	}
	s.WriteString(" ]")
	return s.String()
}

// TestNixpkgsExpressions compares what the files of testdata/nixpkgs/expr give.
// Those called error-… may fail, if both fail alike.
func TestNixpkgsExpressions(t *testing.T) {
	b := newBench(t)
	files, err := filepath.Glob("testdata/nixpkgs/expr/*.nix")
	if err != nil || len(files) == 0 {
		t.Fatal("no expressions", err)
	}
	var same int
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(strings.TrimSuffix(name, ".nix"), func(t *testing.T) {
			ours, theirs := b.ask(t, "expr/"+name, "--json")
			if d := cmp.Diff(theirs, ours); d != "" {
				t.Fatalf("(-nix +nixbench):\n%s", d)
			}
			if theirs.Failed && !strings.HasPrefix(name, "error-") {
				t.Fatalf("both fail: %s", theirs.Message)
			}
			same++
		})
	}
	fmt.Printf("nixpkgs: %d expressions, %d the same\n", len(files), same)
}

// TestNixpkgsFiles compares what is read from the files of the tree: all JSON
// and TOML, converted, and the modules of lib, imported.
func TestNixpkgsFiles(t *testing.T) {
	b := newBench(t)
	kinds := map[string][]string{}
	err := filepath.WalkDir(b.tree, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(b.tree, path)
		switch ext := filepath.Ext(path); {
		case ext == ".json", ext == ".toml":
			kinds[ext[1:]] = append(kinds[ext[1:]], name)
		case ext == ".nix" && filepath.Dir(name) == "lib":
			kinds["import"] = append(kinds["import"], name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"json", "toml", "import"} {
		t.Run(kind, func(t *testing.T) {
			var c counts
			for i := 0; i < len(kinds[kind]); i += 200 {
				names := kinds[kind][i:min(i+200, len(kinds[kind]))]
				b.each(t, &c, "file-"+kind+".nix", names)
			}
			fmt.Printf("nixpkgs: files, %s: %v\n", kind, c)
		})
	}
}
