package enginetest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Confirm runs the cases of a directory through the real Nix in nixDir/bin.
// Cases that are said to differ from its version must. If update is true it
// writes the real Nix's answers into the other cases instead of checking them.
func Confirm(t *testing.T, dir, nixDir string, update bool) {
	real := &realNix{bin: filepath.Join(nixDir, "bin")}
	real.version = real.findVersion(t)
	for _, c := range Load(t, dir) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			output, failed := c.run(t, real.run)
			reason, differs := c.differsFrom(real.version)
			problem := c.check(output, failed)
			switch {
			case differs && problem == "":
				t.Errorf("Nix %s no longer differs: %s", real.version, reason)
			case differs:
				t.Logf("Nix %s differs: %s", real.version, reason)
			case update:
				c.update(t, output, failed)
			case problem != "":
				t.Errorf("Nix %s: %s\n%s", real.version, problem, c.part("input.nix"))
			}
		})
	}
}

// differsFrom returns why a version of Nix answers otherwise than the case
// says, if it does.
func (c *Case) differsFrom(version string) (reason string, differs bool) {
	for _, d := range c.differs {
		if !versionLess(version, d.version) {
			return d.reason, true
		}
	}
	return "", false
}

// versionLess compares versions such as 2.34.8 by their numbers.
func versionLess(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if x != y {
			return x < y
		}
	}
	return len(as) < len(bs)
}

// A realNix is the commands of a real Nix.
type realNix struct {
	bin     string
	version string
}

func (n *realNix) findVersion(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(n.bin, "nix-instantiate"), "--version").Output()
	m := regexp.MustCompile(`\d+(\.\d+)+`).FindString(string(out))
	if err != nil || m == "" {
		t.Fatalf("find the version of the Nix in %s: got %q, %v", n.bin, out, err)
	}
	return m
}

// escapes are terminal sequences.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// caseTimeout bounds the time of one case.
const caseTimeout = time.Minute

// run is a [Func] that asks nix-instantiate.
func (n *realNix) run(t *testing.T, in Input) (output string, failed bool) {
	t.Helper()
	args := []string{"--store", "dummy://", "--eval", "--strict"}
	if in.Kind == ParseOkay || in.Kind == ParseFail {
		args = []string{"--parse"}
	}
	args = append(append(args, in.Flags...), in.File)
	ctx, cancel := context.WithTimeout(t.Context(), caseTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(n.bin, "nix-instantiate"), args...)
	cmd.Dir = in.Dir
	state := filepath.Join(in.Home, "state")
	cmd.Env = append(os.Environ(), "HOME="+in.Home, "NIX_PATH=", "NIX_CONFIG=", "NIX_USER_CONF_FILES=",
		"NIX_CONF_DIR="+state, "NIX_STATE_DIR="+state, "XDG_CACHE_HOME="+state, "TEST_VAR=foo")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return stdout.String(), false
	case !errors.As(err, &exit):
		t.Fatalf("run nix-instantiate: %v", err)
	}
	return escapes.ReplaceAllString(stderr.String(), ""), true
}
