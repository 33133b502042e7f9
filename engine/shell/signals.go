package shell

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"nixbench/engine/shell/applet"
)

// signalTraps are the actions that scripts set for signals. A signal is noted
// when it comes and acted on before the next command, as shells do.
// It is safe for concurrent use.
type signalTraps struct {
	pending atomic.Int32 // how many signals wait

	mu sync.Mutex
	// mu guards the fields below.
	actions map[syscall.Signal]string
	ignored []syscall.Signal // which were not before: another shell may run us
	waiting []syscall.Signal
	onExit  string // for printing
	onErr   string
	notify  chan os.Signal
	done    chan struct{}
}

// listen makes sure that signals are noted. mu is held.
func (t *signalTraps) listen(sig syscall.Signal) {
	if t.notify == nil {
		t.notify = make(chan os.Signal, 16)
		t.done = make(chan struct{})
		go t.collect(t.notify, t.done)
	}
	signal.Notify(t.notify, sig)
}

// collect notes signals until done is closed.
func (t *signalTraps) collect(notify <-chan os.Signal, done <-chan struct{}) {
	for {
		select {
		case sig := <-notify:
			t.mu.Lock()
			t.waiting = append(t.waiting, sig.(syscall.Signal))
			t.mu.Unlock()
			t.pending.Add(1)
		case <-done:
			return
		}
	}
}

// raise notes a signal that the shell sends itself, before the next command, which it
// could be later than if the kernel brought it. It reports whether there is a trap for it.
func (t *signalTraps) raise(sig syscall.Signal) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, trapped := t.actions[sig]
	if !trapped && (t.onExit == "" || !slices.Contains(fatalSignals(), sig)) {
		return false
	}
	t.waiting = append(t.waiting, sig)
	t.pending.Add(1)
	return true
}

func (t *signalTraps) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.notify != nil {
		signal.Stop(t.notify)
		close(t.done)
		t.notify = nil
	}
	for _, sig := range t.ignored {
		heed(sig)
	}
}

// take returns the code to run for the oldest signal that waits, "" if it has
// none.
func (t *signalTraps) take() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		return ""
	}
	sig := t.waiting[0]
	t.waiting = t.waiting[1:]
	t.pending.Add(-1)
	if action := t.actions[sig]; action != "" {
		return action
	}
	return "exit " + strconv.Itoa(128+int(sig))
}

// set records the action for a signal; "-" is the default and "" to ignore it.
func (t *signalTraps) set(sig syscall.Signal, action string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.actions == nil {
		t.actions = make(map[syscall.Signal]string)
	}
	delete(t.actions, sig)
	switch action {
	case "-":
		if t.onExit != "" && slices.Contains(fatalSignals(), sig) {
			t.listen(sig)
			return
		}
		heed(sig)
	case "":
		if !signal.Ignored(sig) {
			t.ignored = append(t.ignored, sig)
		}
		signal.Ignore(sig)
	default:
		t.actions[sig] = action
		t.listen(sig)
	}
}

// heed gives a signal its default effect. Resetting alone leaves it known as ignored.
func heed(sig syscall.Signal) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, sig)
	signal.Reset(sig)
}

// fatalSignals are those on which a shell with a trap on exit runs it.
func fatalSignals() []syscall.Signal {
	return []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM}
}

// setExit records that a trap on exit is set, which signals run too.
func (t *signalTraps) setExit(action string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.onExit = action
	if action == "" {
		return
	}
	for _, sig := range fatalSignals() {
		if _, set := t.actions[sig]; !set {
			t.listen(sig)
		}
	}
}

// trap is the trap builtin. Those on EXIT and ERR are the interpreter's.
func (s *session) trap(args []string) []string {
	rest := args[1:]
	if len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	switch {
	case len(rest) == 0 || rest[0] == "-p":
		return s.signals.print()
	case rest[0] == "-l":
		return append([]string{prefix + "kill"}, "-l")
	case len(rest) > 1 && rest[0] != "-" && len(rest[0]) > 1 && rest[0][0] == '-':
		return fails(2, "trap: "+rest[0]+": invalid option")
	}
	action, names := rest[0], rest[1:]
	if len(names) == 0 || isNumber(action) {
		action, names = "-", rest
	}
	if text, ok := s.rewritten([]byte(action), ""); ok {
		action = text
	}
	var own []string
	for _, name := range names {
		switch upper := strings.TrimPrefix(strings.ToUpper(name), "SIG"); upper {
		case "0", "EXIT":
			own = append(own, "EXIT")
			s.signals.setExit(strings.TrimPrefix(action, "-"))
		case "ERR":
			own = append(own, "ERR")
			s.signals.mu.Lock()
			s.signals.onErr = strings.TrimPrefix(action, "-")
			s.signals.mu.Unlock()
		case "DEBUG", "RETURN":
			return fails(1, "trap: "+name+": not supported by this shell")
		default:
			sig, ok := signalNumber(name)
			if !ok {
				return fails(1, "trap: "+name+": invalid signal specification")
			}
			if sig != syscall.SIGKILL && sig != syscall.SIGSTOP {
				s.signals.set(sig, action)
			}
		}
	}
	if len(own) == 0 {
		return []string{"true"}
	}
	return append([]string{"trap", "--", action}, own...)
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// print returns the command that lists the traps.
func (t *signalTraps) print() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := ""
	if t.onExit != "" {
		text += "trap -- " + join([]string{t.onExit}) + " EXIT\n"
	}
	var sigs []syscall.Signal
	for sig := range t.actions {
		sigs = append(sigs, sig)
	}
	slices.Sort(sigs)
	for _, sig := range sigs {
		text += "trap -- " + join([]string{t.actions[sig]}) + " SIG" + applet.SignalName(sig) + "\n"
	}
	if t.onErr != "" {
		text += "trap -- " + join([]string{t.onErr}) + " ERR\n"
	}
	return []string{prefix + "printf", "%s", text}
}

// signalNumber reads the name or number of a signal.
func signalNumber(name string) (syscall.Signal, bool) { return applet.ParseSignal(name) }

// isFatal reports whether a signal ends a process that has not set a trap for it.
func isFatal(sig syscall.Signal) bool {
	switch sig {
	case 0, syscall.SIGCHLD, syscall.SIGCONT, syscall.SIGURG, syscall.SIGWINCH,
		syscall.SIGSTOP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU:
		return false
	}
	return true
}

// die awaits the end by a signal that the shell has sent itself. Go ignores some that end
// other processes: then the shell exits as if by it.
func (in *internalCall) die(ctx context.Context, sig syscall.Signal) error {
	const soon = 100 * time.Millisecond
	time.Sleep(soon)
	return in.exit(ctx, 128+int(sig))
}

// exit ends the shell.
func (in *internalCall) exit(ctx context.Context, code int) error {
	return in.hc.Builtin(ctx, []string{"exit", strconv.Itoa(code)})
}

// kill is the kill builtin.
func (in *internalCall) kill(ctx context.Context) error {
	sig := syscall.SIGTERM
	args := in.args
	if len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && args[0] != "--" {
		name := args[0][1:]
		args = args[1:]
		switch {
		case name == "l":
			return status(in.listSignals(args))
		case (name == "s" || name == "n") && len(args) > 0:
			name, args = args[0], args[1:]
		}
		var ok bool
		if sig, ok = signalNumber(name); !ok {
			in.errorf("kill: %s: invalid signal specification", name)
			return status(1)
		}
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		in.errorf("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]")
		return status(2)
	}
	code := 0
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		switch {
		case strings.HasPrefix(arg, "%"):
			in.errorf("kill: %s: no job control", arg)
			code = 1
		case err != nil:
			in.errorf("kill: %s: arguments must be process or job IDs", arg)
			code = 1
		default:
			if pid >= firstJob && in.session.jobs.kill(pid, sig) {
				continue
			}
			if pid == os.Getpid() && in.session.signals.raise(sig) {
				continue
			}
			if pid == os.Getpid() && in.session.nested && isFatal(sig) && !signal.Ignored(sig) {
				return in.exit(ctx, 128+int(sig))
			}
			if err := syscall.Kill(pid, sig); err != nil {
				in.errorf("kill: (%d) - %s", pid, errnoText(err))
				code = 1
			} else if pid == os.Getpid() && isFatal(sig) && !signal.Ignored(sig) {
				return in.die(ctx, sig)
			}
		}
	}
	return status(code)
}

func (in *internalCall) listSignals(args []string) int {
	if len(args) == 0 {
		for sig := syscall.Signal(1); sig < 32; sig++ {
			fmt.Fprintf(in.hc.Stdout, "%2d) SIG%s\n", sig, applet.SignalName(sig))
		}
		return 0
	}
	for _, arg := range args {
		if n, err := strconv.Atoi(arg); err == nil {
			fmt.Fprintln(in.hc.Stdout, applet.SignalName(syscall.Signal(n&127)))
			continue
		}
		sig, ok := signalNumber(arg)
		if !ok {
			in.errorf("kill: %s: invalid signal specification", arg)
			return 1
		}
		fmt.Fprintln(in.hc.Stdout, int(sig))
	}
	return 0
}

func errnoText(err error) string { return applet.Errno(err) }
