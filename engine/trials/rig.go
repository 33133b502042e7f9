package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"nixbench/engine/peers"
)

// A rig is a store and what lies beside it, and the program that works there.
type rig struct {
	program  peers.Program
	dir      string // store/ and out/ are below it
	input    string
	settings string // lines of nix.conf
}

func (r *rig) store() string { return filepath.Join(r.dir, "store") }
func (r *rig) out() string   { return filepath.Join(r.dir, "out") }

// make makes an empty store and runs commands there, which have to succeed.
func (r *rig) make(ctx context.Context, commands [][]string) error {
	if err := os.MkdirAll(r.out(), 0o755); err != nil {
		return err
	}
	for _, c := range commands {
		if err := r.expect(ctx, 0, c); err != nil {
			return err
		}
	}
	return nil
}

// command returns a command of the program, at work on the store.
func (r *rig) command(ctx context.Context, c []string) *exec.Cmd {
	vars := strings.NewReplacer("$STORE", r.store(), "$INPUT", r.input, "$OUT", r.out())
	args := make([]string, 0, len(c)+8)
	name := c[0]
	if c[0] == "sh" {
		args = append(args, "-c", c[2]) // the shell replaces them
	} else {
		name = r.program.Tool(c[0])
		args = append(args, "--store", r.store())
		for _, a := range c[1:] {
			args = append(args, vars.Replace(a))
		}
	}
	cmd := exec.CommandContext(ctx, name, args...)
	conf := r.settings
	if r.program.IsReal() { // it has no shell of its own for its sandbox
		conf += "sandbox = true\nsandbox-paths = /bin /usr /lib /lib64\nbuild-users-group =\nsubstitute = false\n"
		if os.Getenv(insideVariable) != "" { // where groups cannot be set, unless a real root made it
			conf += "require-drop-supplementary-groups = false\n"
		}
	}
	cmd.Env = append(r.program.Env[:len(r.program.Env):len(r.program.Env)],
		"STORE="+r.store(), "INPUT="+r.input, "OUT="+r.out(), "BIN="+r.program.Bin, "NIX_CONFIG="+conf)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// An answer is what a command said.
type answer struct {
	status         int // -1: a signal ended it
	stdout, stderr string
	took           time.Duration
}

// tooLong is when a command counts as one that hangs.
const tooLong = 2 * time.Minute

// do runs a command to its end.
func (r *rig) do(ctx context.Context, c []string) (answer, error) {
	limited, cancel := context.WithTimeout(ctx, tooLong)
	defer cancel()
	cmd := r.command(limited, c)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begun := time.Now()
	err := cmd.Run()
	a := answer{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(begun)}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return a, ctx.Err()
	case limited.Err() != nil:
		return a, fmt.Errorf("%s: has not ended after %v", strings.Join(c, " "), tooLong)
	case err != nil && !errors.As(err, &exit):
		return a, fmt.Errorf("%s: %w", strings.Join(c, " "), err)
	}
	return a, nil
}

// expect runs a command that has to end with a status.
func (r *rig) expect(ctx context.Context, status int, c []string) error {
	a, err := r.do(ctx, c)
	if err == nil && a.status != status {
		err = fmt.Errorf("%s %s: ended with %d, not %d: %s", r.program.Name, strings.Join(c, " "), a.status, status, lastLines(a.stderr))
	}
	return err
}

// copyFrom makes the store and what lies beside it a copy of another's.
func (r *rig) copyFrom(ctx context.Context, other *rig) error {
	if err := removeTree(r.dir); err != nil {
		return err
	}
	return copyTree(ctx, other.dir, r.dir)
}

func copyTree(ctx context.Context, from, to string) error {
	if out, err := exec.CommandContext(ctx, "cp", "-a", "--reflink=auto", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy %s: %v: %s", from, err, out)
	}
	return nil
}

// removeTree removes a directory, read-only ones below it included.
func removeTree(dir string) error {
	_ = filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			_ = os.Chmod(name, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}

// lastLines returns what of a message is worth showing.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-4):], " | ")
}
