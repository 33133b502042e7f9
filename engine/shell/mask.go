package shell

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"mvdan.cc/sh/v3/expand"

	"nixbench/engine/shell/applet"
)

// A maskState keeps the file mode creation mask, which belongs to the process,
// to what the running subshell has set. A variable of the shell holds it; each
// command makes the process follow.
// It is safe for concurrent use, but subshells with different masks at the
// same time may take each other's.
type maskState struct {
	used atomic.Bool

	mu sync.Mutex
	// mu guards the fields below.
	initial, current int
}

const maskVar = prefix + "umask"

// sync sets the process's mask to that of the shell with these variables.
func (m *maskState) sync(env expand.Environ) {
	if !m.used.Load() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	want := m.initial
	if v, err := strconv.ParseInt(env.Get(maskVar).String(), 8, 32); err == nil {
		want = int(v)
	}
	if want != m.current {
		syscall.Umask(want)
		m.current = want
	}
}

// close gives the process back the mask that it began with.
func (m *maskState) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used.Load() && m.current != m.initial {
		syscall.Umask(m.initial)
	}
}

// get returns the mask of the shell with these variables.
func (m *maskState) get(env expand.Environ) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.used.Load() {
		m.initial = applet.Umask()
		m.current = m.initial
		m.used.Store(true)
	}
	if v, err := strconv.ParseInt(env.Get(maskVar).String(), 8, 32); err == nil {
		return int(v)
	}
	return m.initial
}

// umask is the umask builtin.
func (in *internalCall) umask(ctx context.Context) error {
	symbolic, reusable := false, ""
	args := in.args
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		if strings.Trim(args[0][1:], "Sp") != "" {
			return in.usage("%s: invalid option", args[0])
		}
		symbolic = symbolic || strings.Contains(args[0], "S")
		if strings.Contains(args[0], "p") {
			reusable = "umask "
		}
		args = args[1:]
	}
	mask := in.session.mask.get(in.hc.Env)
	if len(args) == 0 {
		if symbolic {
			fmt.Fprintf(in.hc.Stdout, "%s%s\n", reusable, applet.SymbolicMask(mask))
		} else {
			fmt.Fprintf(in.hc.Stdout, "%s%04o\n", reusable, mask)
		}
		return nil
	}
	mask, ok := applet.ParseMask(args[0], mask)
	if !ok {
		in.errorf("umask: %s: invalid mode", args[0])
		return status(1)
	}
	if err := in.assign(ctx, maskVar, fmt.Sprintf("%o", mask)); err != nil {
		return err
	}
	in.session.mask.sync(in.hc.Env)
	return nil
}
