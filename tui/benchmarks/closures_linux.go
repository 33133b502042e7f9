package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/x/vt"
)

// The closures that are browsed.
const (
	closureSize = 100_000
	largeSize   = 150_000
)

func benchClosure(_ context.Context, b *bench, name string) error {
	if err := b.browse(fmt.Sprintf("%s %dk", name, closureSize/1000), closureSize, 1); err != nil {
		return err
	}
	return b.browse(fmt.Sprintf("%s %dk", name, largeSize/1000), largeSize, 0)
}

// browse opens the closure of n paths, which is to be complete within limit seconds and
// browsable in half of that; 0 for no limit.
func (b *bench) browse(name string, n int, limit float64) error {
	home, err := b.home(strings.ReplaceAll(name, " ", "-"))
	if err != nil {
		return err
	}
	if err := b.bigStore(home, n); err != nil {
		return err
	}
	t, err := b.ready(filepath.Base(home), prompt)
	if err != nil {
		return err
	}
	defer t.close()
	root := fmt.Sprintf("/nix/store/%032d-path0", 0)
	watch, err := t.startWatch()
	if err != nil {
		return err
	}
	if err := t.enter("\x1b3p"+root+"\r", "path1 "); err != nil {
		return err
	}
	if err := b.stop(watch, row{Case: name, What: "until it can be browsed", Limit: limit * 0.5}); err != nil {
		return err
	}
	// The closure size of the root's first reference comes with all the others.
	_, err = t.until("all closure sizes", patience, func(em *vt.Emulator) bool { return !strings.Contains(em.String(), " .. ") })
	if err != nil {
		return err
	}
	if err := b.stop(watch, row{Case: name, What: "until it is complete", Limit: limit}); err != nil {
		return err
	}
	if err := b.frames(name, t, upAndDown...); err != nil {
		return err
	}
	return b.memory(name, t, 0)
}

// bigStore makes a database of n paths, without files, unless it has been made before.
func (b *bench) bigStore(home string, n int) error {
	made := filepath.Join(home, "made")
	if _, err := os.Stat(made); err == nil {
		return nil
	}
	graph := exec.Command("go", "run", "./engine/benchmarks", "graph", fmt.Sprint(n), fmt.Sprint(n-n/100))
	load := exec.Command(b.nixbench, "nix-store", "--store", filepath.Join(home, "store"), "--load-db")
	load.Env = b.env(home)
	graph.Stderr, load.Stderr = os.Stderr, os.Stderr
	pipe, err := graph.StdoutPipe()
	if err != nil {
		return err
	}
	load.Stdin = pipe
	if err := graph.Start(); err != nil {
		return err
	}
	if err := errors.Join(load.Run(), graph.Wait()); err != nil {
		return err
	}
	return os.WriteFile(made, nil, 0o644)
}

// attributes is the size of the set that is unfolded.
const attributes = 100_000
