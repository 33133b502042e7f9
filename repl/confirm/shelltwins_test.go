//go:build confirm

package confirm

// This file runs lines of shell with the commands of both programs, on one store,
// and compares what they print and how they end.

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shellTwins are twins whose commands are called by their names.
type shellTwins struct {
	*twins
	bin string // with nixbench by the names of Nix's commands
	// enter are the words before a command that runs it where another directory is /nix;
	// none: the machine's is.
	enter []string
}

// ownNix makes a place where $OWN is /nix, which is there as long as its input is open:
// the real Nix reads profiles only by the paths that they have in themselves. There are
// no other processes in it, among which collections look for roots: the real Nix ends
// where one of them has a file open whose name is longer than 4,096 bytes.
const ownNix = `set -e
mount --make-rprivate /
mount -t tmpfs none "$NEWROOT"
for d in /*; do
  case "$d" in /nix) continue;; esac
  if [ -L "$d" ]; then cp -P "$d" "$NEWROOT/"
  elif [ -d "$d" ]; then mkdir "$NEWROOT$d"; mount --rbind "$d" "$NEWROOT$d"
  fi
done
mkdir "$NEWROOT/nix" "$NEWROOT/old"
mount -t proc proc "$NEWROOT/proc"
mount --bind "$OWN" "$NEWROOT/nix"
cd "$NEWROOT"
pivot_root . old
umount -l /old
echo ready
exec cat`

// onOwnNix gives the twins a /nix of their own, in which the store is.
func (tw *shellTwins) onOwnNix(t *testing.T) {
	t.Helper()
	own, newRoot := filepath.Join(tw.dir, "nix"), filepath.Join(tw.dir, "newroot")
	for _, dir := range []string{filepath.Join(own, "store"), newRoot} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	unshare, enter := "-mpf", []string{"-m"}
	if os.Geteuid() != 0 {
		unshare, enter = "-rmpf", []string{"-U", "-m", "--preserve-credentials"}
	}
	place := exec.CommandContext(t.Context(), "unshare", unshare, "sh", "-c", ownNix)
	place.Env = append(os.Environ(), "OWN="+own, "NEWROOT="+newRoot)
	place.Stderr = os.Stderr
	in, err := place.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := place.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := place.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); place.Wait() })
	if text, err := bufio.NewReader(out).ReadString('\n'); err != nil || text != "ready\n" {
		t.Fatalf("make a /nix of our own: %q, %v", text, err)
	}
	pid := strconv.Itoa(place.Process.Pid)
	enter = append(enter, "-p/proc/"+pid+"/ns/pid_for_children")
	tw.enter = append([]string{"nsenter", "-t", pid}, append(enter, "sh", "-c", `cd "$DIR" && exec "$@"`, "sh")...)
	for i, setting := range tw.env {
		if strings.HasPrefix(setting, "NIX_CONFIG=") {
			tw.env[i] = strings.Replace(setting, "store = "+tw.root, "store = local", 1)
			if os.Geteuid() != 0 { // the real one takes the root of a namespace for one that may do that
				tw.env[i] += "require-drop-supplementary-groups = false\n"
			}
		}
	}
}

// names are the commands of Nix that nixbench is by that name.
var names = []string{"nix", "nix-store", "nix-env", "nix-hash", "nix-collect-garbage", "nix-instantiate", "nix-build", "nix-shell", "nix-prefetch-url", "nix-channel"}

func newShellTwins(t *testing.T) *shellTwins {
	t.Helper()
	tw := &shellTwins{twins: newTwins(t)}
	tw.bin = filepath.Join(tw.dir, "bin")
	if err := os.Mkdir(tw.bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.Symlink(os.Getenv("NIXBENCH"), filepath.Join(tw.bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	for i, setting := range tw.env {
		if rest, ok := strings.CutPrefix(setting, "NIX_CONFIG="); ok {
			// The sandbox of the real one needs a shell; ours is one.
			tw.env[i] = "NIX_CONFIG=build-users-group =\nsandbox-paths = /bin/sh=" + os.Getenv("NIXBENCH") + "\n" + rest
		}
	}
	return tw
}

// sh runs a line with the commands of one program. Variables are of the form NAME=value.
func (tw *shellTwins) sh(t *testing.T, bin, line string, vars ...string) said {
	t.Helper()
	old := tw.env
	defer func() { tw.env = old }()
	tw.env = append(slices.Clone(old), append(vars, "PATH="+bin+":"+os.Getenv("PATH"))...)
	args := []string{"sh", "-c", line}
	if tw.enter != nil {
		tw.env = append(tw.env, "DIR="+tw.dir)
		args = append(slices.Clone(tw.enter), args...)
	}
	got := tw.run(t, args[0], args[1:]...)
	got.Stderr = escapes.ReplaceAllString(got.Stderr, "")
	got.Stdout = escapes.ReplaceAllString(got.Stdout, "")
	return got
}

// set runs a line with our commands, which must succeed, and returns its output.
func (tw *shellTwins) set(t *testing.T, line string, vars ...string) string {
	t.Helper()
	got := tw.sh(t, tw.bin, line, vars...)
	if got.Status != 0 {
		t.Fatalf("%s: status %d\n%s", line, got.Status, got.Stderr)
	}
	return strings.TrimSpace(got.Stdout)
}

// compareLines compares lines, each a test. One that ends in "#stderr REASON"
// says other words on standard error, and one that ends in "#sort" lists in
// another order, which is none.
func (tw *shellTwins) compareLines(t *testing.T, lines string, vars ...string) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		line, note, _ := strings.Cut(line, " #")
		t.Run(line, func(t *testing.T) {
			dirs := []string{filepath.Join(tw.dir, "theirs"), filepath.Join(tw.dir, "ours")}
			want := tw.sh(t, filepath.Join(os.Getenv("NIX"), "bin"), line, append(slices.Clone(vars), "P="+dirs[0])...).without(dirs[0])
			got := tw.sh(t, tw.bin, line, append(slices.Clone(vars), "P="+dirs[1])...).without(dirs[1])
			if strings.HasPrefix(note, "stderr ") {
				if (got.Stderr == "") != (want.Stderr == "") {
					t.Errorf("standard error: got %q, want %q", got.Stderr, want.Stderr)
				}
				got.Stderr, want.Stderr = "", ""
			}
			got.Stderr, want.Stderr = sortedLines(got.Stderr), sortedLines(want.Stderr)
			if note == "sort" {
				got.Stdout, want.Stdout = sortedLines(got.Stdout), sortedLines(want.Stdout)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-nix +nixbench):\n%s", d)
			}
		})
	}
}

// madeOnce is what only the first says that makes an environment.
var madeOnce = regexp.MustCompile(`building '/nix/store/[^']*-user-environment\.drv'\.\.\.\n`)

// without returns what was said without the name of the directory that a program has for
// itself, $P.
func (s said) without(dir string) said {
	s.Stdout, s.Stderr = strings.ReplaceAll(s.Stdout, dir, "DIR"), strings.ReplaceAll(s.Stderr, dir, "DIR")
	s.Stderr = madeOnce.ReplaceAllString(s.Stderr, "")
	return s
}

// sortedLines returns the lines of s in order: what happens at the same time is told
// in any.
func sortedLines(s string) string {
	lines := strings.Split(s, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
