//go:build confirm

package confirm

// This file runs lines of shell with the commands of both programs, each in a directory
// and with a /nix of its own, so that what a line changes does not matter to the other.

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// apartTwins are both programs, each with its own store.
type apartTwins struct {
	ours, theirs *apartTwin
}

// An apartTwin is one of the programs, with the variables that lines have set.
type apartTwin struct {
	*shellTwins
	bin  string
	vars map[string]string
}

func newApartTwins(t *testing.T) *apartTwins {
	t.Helper()
	one := func() *apartTwin {
		tw := newShellTwins(t)
		tw.onOwnNix(t)
		return &apartTwin{shellTwins: tw, bin: tw.bin, vars: make(map[string]string)}
	}
	tw := &apartTwins{ours: one(), theirs: one()}
	tw.theirs.bin = filepath.Join(os.Getenv("NIX"), "bin")
	return tw
}

// sh runs a line with the variables of earlier lines.
func (tw *apartTwin) sh(t *testing.T, line string) said {
	t.Helper()
	var vars []string
	for _, name := range slices.Sorted(maps.Keys(tw.vars)) {
		vars = append(vars, name+"="+tw.vars[name])
	}
	return tw.shellTwins.sh(t, tw.bin, line, vars...)
}

// assignment is a line that gives a variable what a command prints.
var assignment = regexp.MustCompile(`^([A-Z]+)=(.*)$`)

// varying is what differs between two runs of one program: processes, when something was
// registered, and names that are hashes of other names.
var varying = regexp.MustCompile(`/proc/[0-9]+/|"registrationTime": ?[0-9]+|gcroots/auto/[0-9a-z]{32}`)

// compareLines compares lines, each a test, as [shellTwins.compareLines] does. A line
// "NAME=COMMAND" sets the variable NAME to what COMMAND prints, and one that begins with
// "! " prepares something: both have to succeed, and are not compared.
func (tw *apartTwins) compareLines(t *testing.T, lines string) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		if m := assignment.FindStringSubmatch(line); m != nil {
			tw.both(t, m[2], func(tw *apartTwin, got said) { tw.vars[m[1]] = strings.TrimSpace(got.Stdout) })
			continue
		}
		if command, ok := strings.CutPrefix(line, "! "); ok {
			tw.both(t, command, func(*apartTwin, said) {})
			continue
		}
		line, note, _ := strings.Cut(line, " #")
		t.Run(line, func(t *testing.T) {
			want, got := tw.theirs.sh(t, line).alike(tw.theirs.dir), tw.ours.sh(t, line).alike(tw.ours.dir)
			if strings.HasPrefix(note, "stderr ") {
				if (got.Stderr == "") != (want.Stderr == "") {
					t.Errorf("standard error: got %q, want %q", got.Stderr, want.Stderr)
				}
				got.Stderr, want.Stderr = "", ""
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-nix +nixbench):\n%s", d)
			}
		})
	}
}

// both runs a line with both programs, which must succeed.
func (tw *apartTwins) both(t *testing.T, line string, use func(*apartTwin, said)) {
	t.Helper()
	for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
		got := tw.sh(t, line)
		if got.Status != 0 {
			t.Fatalf("%s: status %d\n%s", line, got.Status, got.Stderr)
		}
		use(tw, got)
	}
}

// alike returns what was said without what differs between two runs, and with the lines
// of standard error sorted.
func (s said) alike(dir string) said {
	s = s.without(dir)
	s.Stdout, s.Stderr = varying.ReplaceAllString(s.Stdout, "VARYING"), sortedLines(varying.ReplaceAllString(s.Stderr, "VARYING"))
	return s
}
