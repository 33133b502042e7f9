//go:build e2e || walk

package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// This file drives programs by keys in a real terminal, tmux.

// A desktop is a home of its own, with the tour's store in it.
type desktop struct {
	t     *testing.T
	home  string
	env   []string
	root  string // of the tour's store
	bench string // nixbench
	nix   string // directory of the real Nix's commands, "" for none

	opened int // terminals
}

// newDesktop makes one in a home. NIXBENCH is the program.
func newDesktop(t *testing.T, home string) *desktop {
	t.Helper()
	d := &desktop{t: t, home: home, bench: os.Getenv("NIXBENCH")}
	if _, err := os.Stat(d.bench); err != nil {
		t.Fatalf("NIXBENCH must be set, as make e2e and make walk do: %v", err)
	}
	d.root = filepath.Join(d.home, ".local/share/nixbench/tour")
	// What the machine's nix.conf says is not asked: the screens would warn of it.
	d.env = []string{"HOME=" + d.home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TZ=UTC", "NIX_CONF_DIR=" + d.home}
	t.Cleanup(func() {
		for range 100 { // what had it open may still be ending
			if _, err := os.Stat(d.root); err != nil { // not every test takes the tour
				return
			}
			remove := exec.Command(d.bench, "tour", "--remove")
			remove.Env, remove.Dir = d.env, d.home
			if remove.Run() != nil {
				time.Sleep(100 * time.Millisecond)
			}
		}
		t.Error("the tour's store cannot be removed")
	})
	return d
}

// run runs a command and returns its standard output.
func (d *desktop) run(name string, args ...string) string {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), 2*time.Minute)
	defer cancel()
	if d.t.Context().Err() != nil { // cleaning up
		ctx = context.Background()
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = d.env, d.home
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		d.t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// A terminal is the workbench in a tmux of its own.
type terminal struct {
	d      *desktop
	socket string
}

// open starts the workbench in a terminal of that size, as if for the first time.
func (d *desktop) open(w, h int, args ...string) *terminal {
	d.t.Helper()
	return d.start(w, h, append([]string{d.bench, "--fresh"}, args...)...)
}

// start starts a command in a terminal of that size.
func (d *desktop) start(w, h int, args ...string) *terminal {
	d.t.Helper()
	d.opened++
	term := &terminal{d: d, socket: fmt.Sprintf("nixbench-e2e-%d-%d", os.Getpid(), d.opened)}
	quoted := make([]string, 0, len(d.env)+len(args)+2)
	quoted = append(quoted, "env", "-i", "TERM=tmux-256color")
	for _, word := range slices.Concat(d.env, args) {
		quoted = append(quoted, "'"+strings.ReplaceAll(word, "'", `'\''`)+"'")
	}
	term.tmux("new-session", "-d", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h), strings.Join(quoted, " ")+"; echo exit status $?; sleep 600")
	d.t.Cleanup(func() { _ = exec.Command("tmux", "-L", term.socket, "kill-server").Run() })
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.d.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-L", term.socket}, args...)...).CombinedOutput()
	if err != nil {
		term.d.t.Fatalf("tmux %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

// keys presses keys, as tmux names them.
func (term *terminal) keys(keys ...string) {
	term.d.t.Helper()
	for _, key := range keys {
		term.tmux("send-keys", key)
		if key == "Escape" {
			// Else Escape and the next key are Alt and that key.
			term.drain()
			time.Sleep(150 * time.Millisecond)
		}
	}
}

// drain waits until the program has read what was typed, which may take a while where
// others are at work.
func (term *terminal) drain() {
	term.d.t.Helper()
	tty, err := os.OpenFile(strings.TrimSpace(term.tmux("display-message", "-p", "#{pane_tty}")), os.O_RDONLY|unix.O_NOCTTY, 0)
	if err != nil {
		return // the terminal is gone, as what is wanted next will tell
	}
	defer tty.Close()
	for range 1000 {
		if n, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCINQ); err != nil || n == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// text types text.
func (term *terminal) text(s string) {
	term.d.t.Helper()
	term.tmux("send-keys", "-l", s)
}

func (term *terminal) screen() string {
	term.d.t.Helper()
	return term.tmux("capture-pane", "-p")
}

// want waits until the screen has all of the patterns, and returns it.
func (term *terminal) want(patterns ...string) string {
	term.d.t.Helper()
	deadline, first := time.Now().Add(60*time.Second), ""
	for {
		screen := term.screen()
		if first == "" {
			first = screen
		}
		missing := ""
		for _, p := range patterns {
			if !regexp.MustCompile(p).MatchString(screen) {
				missing = p
			}
		}
		if missing == "" {
			return screen
		}
		if time.Now().After(deadline) {
			term.d.t.Fatalf("the screen never had %q; first\n%slast\n%s", missing, first, screen)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// leave quits with q and checks that the terminal is as it was.
func (term *terminal) leave() {
	term.d.t.Helper()
	term.keys("Escape")
	term.keys("M-3")
	time.Sleep(200 * time.Millisecond)
	term.keys("q")
	term.want(`exit status 0`)
}
