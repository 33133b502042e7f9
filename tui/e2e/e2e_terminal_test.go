//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The terminal: it is the user's again after ^Z, and comes back; after a signal it is as
// it was, and the exit status is that of an error, as Nix's is.
func e2eTerminal(d *desktop) {
	term := d.start(80, 24, "bash", "--norc", "-i")
	term.text("PS1='prompt> '")
	term.keys("Enter")
	term.want(`(?m)^prompt> *$`)
	term.text(fmt.Sprintf("stty -g > ~/before; %s --fresh --store %s", d.bench, d.root))
	term.keys("Enter")
	term.want(`1 Repl`, `nix>`)

	term.keys("C-z")
	term.want(`Stopped`, `(?m)^prompt> *$`)
	term.text("stty -g > ~/stopped; fg")
	term.keys("Enter")
	term.want(`1 Repl`, `nix>`)
	term.text("1 + 41")
	term.keys("Enter")
	term.want(`out 1 +42`)

	// A signal to stop, as from another terminal, is as ^Z.
	for range 2 {
		d.signal("-TSTP")
		term.want(`Stopped`, `(?m)^prompt> *$`)
		term.text("stty -g > ~/stopped; clear; fg")
		term.keys("Enter")
		term.want(`1 Repl`, `nix>`)
	}

	// One that no program can catch leaves it as it is; the screens take it again.
	d.signal("-STOP")
	term.want(`Stopped`)
	term.text("fg")
	term.keys("Enter")
	term.want(`nix> *║`)
	term.text("2 + 51")
	term.keys("Enter")
	term.want(`out 2 +53`)

	term.text("half an input")
	term.keys("C-c") // clears it
	term.want(`(?m)nix> *║`)
	d.signal("-TERM")
	term.want(`(?m)^prompt> *$`)
	term.text("echo status $?; stty -g > ~/after")
	term.keys("Enter")
	term.want(`status 1`)

	// So it is when the program is killed, or crashes, of which the trace is kept.
	// Killed, the shell may be first to know; so its words are looked for in a file.
	for _, end := range []struct{ signal, want, status string }{
		{"-KILL", ``, "137\n"},
		{"-QUIT", `nixbench ended: SIGQUIT: quit`, "2\n"},
	} {
		term.text(fmt.Sprintf("clear; rm ~/after; %s --fresh --store %s; echo $? > ~/status; stty -g > ~/after", d.bench, d.root))
		term.keys("Enter")
		term.want(`1 Repl`, `nix>`)
		d.signal(end.signal)
		if d.file("after"); d.file("status") != end.status {
			d.t.Errorf("%s: got status %q, want %q", end.signal, d.file("status"), end.status)
		}
		term.wantModes("0 0 1")
		term.keys("Enter")
		term.want(end.want, `(?m)^prompt> *$`)
	}
	if traces, err := filepath.Glob(filepath.Join(d.home, ".local", "state", "nixbench", "crash-*.txt")); err != nil || len(traces) != 1 {
		d.t.Errorf("got traces %q, %v, want one", traces, err)
	}
	for _, name := range []string{"stopped", "after"} {
		if got, want := d.file(name), d.file("before"); got != want {
			d.t.Errorf("settings of the terminal, %s: got %s, want %s", name, got, want)
		}
	}
}

// wantModes waits until the terminal is on its alternate screen, has the mouse and shows the
// cursor as it is to, in ones and zeros.
func (term *terminal) wantModes(want string) {
	term.d.t.Helper()
	got := ""
	for range 200 {
		got = strings.TrimSpace(term.tmux("display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag}"))
		if got == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	term.d.t.Errorf("alternate screen, mouse and cursor: got %s, want %s", got, want)
}

// signal sends a signal to the workbench.
func (d *desktop) signal(name string) {
	d.t.Helper()
	out, err := exec.Command("pkill", name, "-f", "^"+d.bench+" --fresh --store "+d.root).CombinedOutput()
	if err != nil {
		d.t.Fatalf("send %s: %v %s", name, err, out)
	}
}

// file waits for a file of the home that a shell writes, and returns it.
func (d *desktop) file(name string) string {
	d.t.Helper()
	for range 100 {
		if data, err := os.ReadFile(filepath.Join(d.home, name)); err == nil && strings.HasSuffix(string(data), "\n") {
			return string(data)
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.t.Fatalf("%s is not written", name)
	return ""
}

// The session: the workbench opens as it was left, until --fresh.
func e2eSession(d *desktop) {
	term := d.open(120, 30, "--store", d.root)
	term.want(`nix>`)
	term.text("a draft")
	term.keys("M-t")
	term.want(`high-contrast`)
	term.text("gruvbox-light")
	term.keys("Enter", "M-4")
	term.want(`generations`)
	term.keys("j", "q")
	term.want(`exit status 0`)

	term = d.start(120, 30, d.bench, "--store", d.root)
	term.want(`\[4 Profiles\]`)
	term.keys("M-1")
	term.want(`nix> a draft`)
	term.keys("M-t")
	term.want(`› gruvbox-light`)
	term.keys("Escape", "M-4", "q")
	term.want(`exit status 0`)

	term = d.open(120, 30, "--store", d.root)
	term.want(`\[1 Repl\]`, `nix> an expression`)
	term.keys("M-5", "q")
	term.want(`exit status 0`)
}
