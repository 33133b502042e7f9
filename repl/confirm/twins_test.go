//go:build confirm

package confirm

// This file runs commands beside those of the real Nix in $NIX that have the
// same names, on one store, and compares what they print, what they return and
// on which stream.

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// twins runs commands of both programs in one directory, with one store.
type twins struct {
	dir, root string
	env       []string
}

// A said is what a command printed and how it ended.
type said struct {
	Status int
	Stdout string
	Stderr string
}

func newTwins(t *testing.T) *twins {
	t.Helper()
	for _, name := range []string{"NIX", "NIXBENCH"} {
		if os.Getenv(name) == "" {
			t.Skip("$" + name + " is not set; make confirm sets it")
		}
	}
	dir := t.TempDir()
	t.Cleanup(func() { _ = exec.Command("chmod", "-R", "u+w", dir).Run() }) // stores are read-only
	tw := &twins{dir: dir, root: filepath.Join(dir, "root")}
	tw.env = append(os.Environ(),
		"HOME="+dir, "XDG_DATA_HOME="+dir+"/data", "XDG_STATE_HOME="+dir+"/state", "XDG_CACHE_HOME="+dir+"/cache",
		"NIX_CONF_DIR="+dir, "NIX_PATH=", "NIX_SSL_CERT_FILE=", "NO_COLOR=1",
		"NIX_CONFIG=extra-experimental-features = nix-command\nsubstituters =\nstore = "+tw.root+"\n")
	return tw
}

// escapes are what Nix prints even to what is no terminal.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

func (tw *twins) run(t *testing.T, prog string, args ...string) said {
	t.Helper()
	cmd := exec.Command(prog, args...)
	cmd.Dir, cmd.Env = tw.dir, tw.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return said{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// ours runs nixbench, which must not print escape sequences.
func (tw *twins) ours(t *testing.T, args ...string) said {
	t.Helper()
	got := tw.run(t, os.Getenv("NIXBENCH"), args...)
	if strings.Contains(got.Stdout+got.Stderr, "\x1b") {
		t.Errorf("nixbench %q printed escape sequences: %q %q", args, got.Stdout, got.Stderr)
	}
	return got
}

// theirs runs a command of the real Nix: "nix-instantiate" and the like by that
// name, others by nix.
func (tw *twins) theirs(t *testing.T, args ...string) said {
	t.Helper()
	name := "nix"
	if strings.HasPrefix(args[0], "nix-") {
		name, args = args[0], args[1:]
	}
	got := tw.run(t, filepath.Join(os.Getenv("NIX"), "bin", name), args...)
	got.Stdout = escapes.ReplaceAllString(got.Stdout, "")
	got.Stderr = escapes.ReplaceAllString(got.Stderr, "")
	return got
}

// must runs nixbench and returns the lines that it printed.
func (tw *twins) must(t *testing.T, args ...string) []string {
	t.Helper()
	got := tw.ours(t, args...)
	if got.Status != 0 {
		t.Fatalf("nixbench %q: status %d\n%s", args, got.Status, got.Stderr)
	}
	return strings.Fields(got.Stdout)
}

// compare runs both and compares status and standard output. The text of
// errors is not compared here, only that there is some if there is theirs.
func (tw *twins) compare(t *testing.T, ours, theirs string, replace ...string) {
	t.Helper()
	r := strings.NewReplacer(replace...)
	words := func(s string) []string { return strings.Fields(r.Replace(s)) }
	if theirs == "" {
		theirs = ours
	}
	t.Run(ours, func(t *testing.T) {
		got, want := tw.ours(t, words(ours)...), tw.theirs(t, words(theirs)...)
		// What is told by colour alone in theirs is told in words in ours.
		got.Stdout = strings.ReplaceAll(got.Stdout, " (see above)", "")
		got.Stdout = strings.ReplaceAll(got.Stdout, ", current)", ")")
		if d := cmp.Diff(want.Stdout, got.Stdout); d != "" {
			t.Errorf("standard output (-nix +nixbench):\n%s\nstderr: %s", d, got.Stderr)
		}
		if got.Status != want.Status {
			t.Errorf("got status %d, want %d\n%s", got.Status, want.Status, got.Stderr)
		}
		if want.Status != 0 && got.Stderr == "" {
			t.Error("failed without a word")
		}
	})
}

// Paths of the tour's set are told as Nix tells them.
func TestConfirmStoreTwins(t *testing.T) {
	tw := newTwins(t)
	set, err := filepath.Abs("examples/tour")
	if err != nil {
		t.Fatal(err)
	}
	paths := tw.must(t, "build", "-f", set, "--no-link", "--print-out-paths", "desktop", "libcore", "games")
	drv := tw.must(t, "instantiate", set, "-A", "libcore")[0]
	names := []string{
		"DESKTOP", paths[0], "LIBCORE", paths[1], "GAMES", paths[2], "DRV", drv,
		"NONE", "/nix/store/00000000000000000000000000000000-none", "SET", set,
	}
	for _, args := range []string{
		"path-info DESKTOP", "path-info -r DESKTOP", "path-info -rsS DESKTOP GAMES", "path-info -rsSh DESKTOP",
		"path-info -s -S --sigs -h LIBCORE", "path-info -r --sigs GAMES", "path-info --all", "path-info --all -s",
		"path-info DRV", "path-info -r DRV", "path-info DRV^out", "path-info DRV^*", "path-info NONE", "path-info LIBCORE NONE",
		"path-info -f SET desktop", "path-info --file SET desktop libcore", "path-info LIBCORE DESKTOP LIBCORE",
		"path-info --json DESKTOP", "path-info --json -r -S DESKTOP", "path-info --json --json-format 2 DESKTOP",
		"path-info --json --json-format 1 NONE LIBCORE", "path-info --json --json-format 2 NONE -S LIBCORE",
		"why-depends DESKTOP LIBCORE", "why-depends --all DESKTOP LIBCORE", "why-depends --precise DESKTOP LIBCORE",
		"why-depends --all --precise DESKTOP LIBCORE", "why-depends LIBCORE DESKTOP", "why-depends LIBCORE LIBCORE",
		"why-depends --precise LIBCORE LIBCORE", "why-depends DESKTOP NONE", "why-depends -f SET desktop libcore",
		"why-depends NONE LIBCORE", "why-depends DRV DRV", "why-depends --all DRV^* LIBCORE",
		"log DRV", "log DRV^out", "log -f SET libcore", "log LIBCORE", "log NONE",
		"build --no-link --print-out-paths LIBCORE", "build --no-link --print-out-paths DRV", "build --no-link --print-out-paths DRV^out",
		"build --no-link --json DRV^*", "build --no-link --json LIBCORE", "build --no-link --json -f SET textkit",
		"build --no-link --print-out-paths -f SET textkit^dev,doc", "build --no-link --print-out-paths -f SET textkit^*",
		"build --no-link --print-out-paths -f SET none",
		"build --dry-run -f SET games", "build --dry-run --json -f SET games", "build --no-link NONE",
	} {
		tw.compare(t, args, "", names...)
	}
	tw.compare(t, "nix-build --no-out-link SET -A textkit -A libcore", "nix-build --no-out-link SET -A textkit -A libcore", names...)
	tw.compare(t, "nix-build --no-out-link SET -A textkit.all", "", names...)
	tw.compare(t, "nix-build --no-out-link SET -A none", "", names...)
	tw.compare(t, "instantiate SET -A textkit -A textkit.dev", "nix-instantiate SET -A textkit -A textkit.dev", names...)
	tw.compare(t, "instantiate SET -A none", "nix-instantiate SET -A none", names...)
}
