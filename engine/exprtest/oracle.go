package exprtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// An Oracle is a real Nix, asked through its REPL: one process answers
// thousands of questions, and errors do not end it.
type Oracle struct {
	// Bin is the directory of the real Nix's commands.
	Bin string
	// Home is a directory of the oracle's own, for its files and as HOME.
	Home string
	// Store is the URL of its store; by default one in memory, which is fast.
	Store string
	// Timeout bounds one process.
	Timeout time.Duration
	// Exact is whether errors are told with the whole trace, as is done with a
	// real Nix whose traces have to be the same.
	Exact bool
}

// IsHEAD reports whether the real Nix is newer than 2.34, which differs from
// what is wanted.
func (o *Oracle) IsHEAD(ctx context.Context) (bool, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(o.Bin, "nix"), "--version")
	cmd.Env = append(os.Environ(), "NIX_CONFIG=", "NIX_CONF_DIR="+o.Home)
	out, err := cmd.Output()
	if err != nil {
		return false, fmt.Errorf("run nix --version: %w", err)
	}
	var minor int
	if _, err := fmt.Sscanf(string(out), "nix (Nix) 2.%d.", &minor); err != nil {
		return false, fmt.Errorf("read nix --version: %q: %w", out, err)
	}
	return minor > 34, nil
}

// Dir is the directory that relative paths start from. What is above it is small,
// since expressions copy that to the store, too.
func (o *Oracle) Dir() string { return filepath.Join(o.Home, "far/down/below/all/else/work") }

// ErrDied is the error of questions at which the real Nix crashed or hung.
var ErrDied = errors.New("the real Nix gave no answer")

// marker begins the lines of questions, so that they are told from answers.
const marker = ":p oracle-question "

// question finds the echo of a question.
var question = regexp.MustCompile(`(?m)^nix-repl> ` + marker + `(\d+)\n`)

// escapes are terminal sequences of colours.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Ask evaluates each element of the list in the file from index from on, of n
// in all, and returns what Nix prints for each. The answers end early, with
// [ErrDied], at one that made Nix crash or hang.
func (o *Oracle) Ask(ctx context.Context, file string, from, n int) ([]string, error) {
	var in strings.Builder
	fmt.Fprintf(&in, "oracle-question = builtins.elemAt (import %s)\n", file)
	for i := from; i < n; i++ {
		fmt.Fprintf(&in, "%s%d\n", marker, i)
	}
	// The end of the last answer.
	fmt.Fprintf(&in, "%s%d\n", marker, n)
	return o.run(ctx, in.String(), from, n)
}

// AskFiles is Ask for texts that have a file each, dir/INDEX.nix.
func (o *Oracle) AskFiles(ctx context.Context, dir string, from, n int) ([]string, error) {
	var in strings.Builder
	fmt.Fprintf(&in, "oracle-question = oracle-number: import (%s/. + \"/${toString oracle-number}.nix\")\n", dir)
	for i := from; i <= n; i++ {
		fmt.Fprintf(&in, "%s%d\n", marker, i)
	}
	return o.run(ctx, in.String(), from, n)
}

// run gives the REPL its input, and cuts its output into answers.
func (o *Oracle) run(ctx context.Context, input string, from, n int) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", `ulimit -v 6000000; exec "$0" "$@"`, filepath.Join(o.Bin, "nix"),
		"--extra-experimental-features", "nix-command "+Features, "--option", "substituters", "", "--option", "show-trace", strconv.FormatBool(o.Exact), "repl")
	cmd.Dir = o.Dir()
	state := filepath.Join(o.Home, "state")
	cmd.Env = append(os.Environ(), "HOME="+o.Home, "NIX_PATH=", "NIX_CONFIG=", "NIX_USER_CONF_FILES=", "NIX_REMOTE="+cmp.Or(o.Store, "dummy://?read-only=false"),
		"NIX_CONF_DIR="+state, "NIX_STATE_DIR="+state, "XDG_CACHE_HOME="+state, "TERM=dumb",
		"_NIX_TEST_REPL_ECHO=1") // prompts and questions, which HEAD does not print by itself when it reads from a pipe
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && ctx.Err() == nil {
		return nil, fmt.Errorf("run nix repl: %w", err)
	}
	text := escapes.ReplaceAllString(string(out), "")
	var answers []string
	at := question.FindAllStringSubmatchIndex(text, -1)
	for i, m := range at {
		if id, _ := strconv.Atoi(text[m[2]:m[3]]); id != from+i {
			return answers, fmt.Errorf("read the answers of nix repl: got %d, want %d", id, from+i)
		}
		if i+1 < len(at) {
			answers = append(answers, strings.TrimSuffix(text[m[1]:at[i+1][0]], "\n"))
		}
	}
	if len(answers) < n-from {
		return answers, ErrDied
	}
	return answers, nil
}

// Features are the experimental features that are on.
const Features = "pipe-operators dynamic-derivations ca-derivations impure-derivations"
