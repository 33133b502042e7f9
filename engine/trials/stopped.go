package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"nixbench/engine/peers"
)

// A standstill is one kind of stopped or missing process or place.
type standstill struct {
	name string
	// try does it, and returns what went wrong.
	try func(ctx context.Context, conf *config, r *rig) (wrong []string, err error)
}

const stillFor = 5 * time.Second

var standstills = []standstill{
	{"builder's lock held", func(ctx context.Context, conf *config, r *rig) ([]string, error) {
		slow := []string{"nix-build", "--no-out-link", "-E", slowBuild}
		return r.whileStopped(ctx, conf, slow, slow, true)
	}},
	{"collection stopped", func(ctx context.Context, conf *config, r *rig) ([]string, error) {
		if err := r.expect(ctx, 0, []string{"nix-instantiate", "$INPUT/many.nix"}); err != nil {
			return nil, err
		}
		return r.whileStopped(ctx, conf, []string{"nix-store", "--gc"}, []string{"nix-build", "--no-out-link", "$INPUT/chain.nix"}, false)
	}},
	{"process number reused", func(ctx context.Context, conf *config, r *rig) ([]string, error) {
		// A file of temporary roots that no process holds any more, named after one
		// that is alive.
		if err := r.expect(ctx, 0, []string{"nix-store", "--add", "$INPUT/file"}); err != nil {
			return nil, err
		}
		dead, err := filepath.Glob(filepath.Join(r.store(), "nix/store/*-file"))
		if err != nil || len(dead) != 1 {
			return nil, fmt.Errorf("find what was added: %v, %v", dead, err)
		}
		name := filepath.Join(r.store(), "nix/var/nix/temproots", strconv.Itoa(os.Getpid()))
		if err := writeFile(name, "/nix/store/"+filepath.Base(dead[0])+"\x00"); err != nil {
			return nil, err
		}
		if err := r.expect(ctx, 0, []string{"nix-store", "--gc"}); err != nil {
			return nil, err
		}
		if exists(dead[0]) {
			return []string{"what nobody uses is kept"}, nil
		}
		return nil, nil
	}},
	{"store moved", func(ctx context.Context, conf *config, r *rig) ([]string, error) {
		if err := os.Rename(r.store(), r.store()+"-moved"); err != nil {
			return nil, err
		}
		if err := os.Rename(r.store()+"-moved", r.store()+"2"); err != nil {
			return nil, err
		}
		moved := &rig{program: r.program, dir: r.dir + "-elsewhere", input: r.input}
		if err := os.MkdirAll(moved.out(), 0o755); err != nil {
			return nil, err
		}
		defer removeTree(moved.dir)
		if err := os.Rename(r.store()+"2", moved.store()); err != nil {
			return nil, err
		}
		if err := moved.expect(ctx, 0, []string{"nix-build", "--no-out-link", "$INPUT/chain.nix"}); err != nil {
			return []string{err.Error()}, nil
		}
		return nil, os.Rename(moved.store(), r.store())
	}},
	{"read-only file system", func(ctx context.Context, conf *config, r *rig) (wrong []string, err error) {
		if err := remountReadOnly(r.store()); err != nil {
			return nil, err
		}
		defer endReadOnly(r.store())
		// By Nix's names it is refused, as Nix does.
		a, err := r.do(ctx, []string{"sh", "-c", `exec "$BIN/nixbench" path-info --store "$STORE" -r "$OUT/result"`})
		if err != nil {
			return nil, err
		}
		if wrong = complaints(a); a.status != 0 {
			wrong = append(wrong, "cannot be read: "+lastLines(a.stderr))
		}
		a, err = r.do(ctx, []string{"nix-store", "--add", "$INPUT/tree2"})
		if err != nil {
			return nil, err
		}
		if wrong = append(wrong, complaints(a)...); a.status == 0 {
			wrong = append(wrong, "something was added to it")
		}
		return wrong, nil
	}},
	{"generations of tomorrow", func(ctx context.Context, conf *config, r *rig) ([]string, error) {
		for _, p := range []string{"first", "second"} {
			if err := r.expect(ctx, 0, []string{"nix-env", "-p", "$OUT/profile", "-f", "$INPUT/packages.nix", "-i", p}); err != nil {
				return nil, err
			}
		}
		tomorrow := time.Now().Add(24 * time.Hour)
		if err := exec.CommandContext(ctx, "touch", "-h", "-d", tomorrow.Format(time.RFC3339), filepath.Join(r.out(), "profile-1-link")).Run(); err != nil {
			return nil, err
		}
		if err := r.expect(ctx, 0, []string{"nix-env", "-p", "$OUT/profile", "--delete-generations", "1d"}); err != nil {
			return nil, err
		}
		for _, name := range []string{"profile-1-link", "profile-2-link", "profile"} {
			if _, err := os.Readlink(filepath.Join(r.out(), name)); err != nil {
				return []string{name + " is gone"}, nil
			}
		}
		return nil, nil
	}},
}

const slowBuild = `derivation {
  name = "slow"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/bin:/usr/bin";
  args = [ "-c" "sleep 2; echo slow >$out" ];
}`

// whileStopped stops a command while it is at work, gives another to each of the
// programs, and lets the first go on. If wait is set, the others have to wait for
// it; else they may.
func (r *rig) whileStopped(ctx context.Context, conf *config, first, second []string, wait bool) (wrong []string, err error) {
	held := r.command(ctx, first)
	var said bytes.Buffer
	held.Stderr = &said
	if err := held.Start(); err != nil {
		return nil, err
	}
	time.Sleep(700 * time.Millisecond)
	if err := syscall.Kill(-held.Process.Pid, syscall.SIGSTOP); err != nil {
		return nil, err
	}
	ended := make(chan string, 8)
	programs := append([]peers.Program{conf.ours}, conf.real...)
	begun := time.Now()
	for _, p := range programs {
		other := *r
		other.program = p
		go func() {
			a, err := other.do(ctx, second)
			switch {
			case err != nil:
				ended <- p.Name + ": " + err.Error()
			case a.status != 0:
				ended <- p.Name + ": " + lastLines(a.stderr)
			case wait && time.Since(begun) < stillFor-time.Second && strings.Contains(a.stderr, "building"):
				ended <- p.Name + ": did not wait"
			default:
				ended <- ""
			}
		}()
	}
	time.Sleep(stillFor)
	if err := syscall.Kill(-held.Process.Pid, syscall.SIGCONT); err != nil {
		return nil, err
	}
	if err := held.Wait(); err != nil {
		wrong = append(wrong, fmt.Sprintf("stopped and continued, it ends with %v: %s", err, lastLines(said.String())))
	}
	for range programs {
		if text := <-ended; text != "" {
			wrong = append(wrong, text)
		}
	}
	return wrong, nil
}
