//go:build linux && (amd64 || arm64)

package sandbox

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

// An order is what a child is to be.
type order struct {
	Spec  Spec
	Trial bool // make the sandbox and execute nothing
	// CgroupDir is the builder's control group, or "".
	CgroupDir string
	// NoScopes is for tests: do as on a kernel whose Landlock has none.
	NoScopes bool
	// KeepPrivileges is for tests: give up nothing.
	KeepPrivileges bool
}

// run is [Run] on Linux.
func run(ctx context.Context, spec *Spec, log io.Writer) (*Result, error) {
	return runOrder(ctx, &order{Spec: *spec}, log)
}

func runOrder(ctx context.Context, o *order, log io.Writer) (*Result, error) {
	spec := &o.Spec
	if ctx.Err() != nil {
		return &Result{End: Cancelled}, nil
	}
	start := time.Now()
	term, err := openTerminal(spec.owner())
	if err != nil {
		return nil, setupError("open pseudo-terminal", err)
	}
	defer term.Close()

	// The kernel kills the child when the thread that started it ends, so this
	// goroutine keeps its thread until the child is gone.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	group, groupErr := newCgroup(spec)
	if group != nil {
		defer group.remove()
		o.CgroupDir = group.dir
	} else if spec.isRoot() || spec.Limits != (Limits{}) {
		return nil, setupError("make control group", groupErr)
	}
	child, err := startChild(o, term.slave)
	if err != nil {
		return nil, err
	}
	term.closeSlave()
	m := &meter{pid: child.pid(), group: group, over: make(chan struct{})}
	go m.follow()
	if spec.Started != nil {
		spec.Started(m.read)
	}
	w := watch(ctx, spec, child.kill, term.master, log)
	end, err := child.wait(spec)
	m.stop()
	w.stop()
	switch {
	case w.logErr != nil:
		return nil, fmt.Errorf("write log: %w", w.logErr)
	case err != nil && (end == nil || w.end == Exited):
		return nil, err
	}
	res := &Result{
		End: w.end, ExitStatus: end.ExitStatus, Signal: end.Signal,
		LogSize: w.size, Wall: time.Since(start), User: end.User, System: end.System, Memory: m.largest(end.Memory),
	}
	res.measure(spec, group, groupErr)
	return res, nil
}

// measure takes what a builder has used from its control group, if it has one.
func (res *Result) measure(spec *Spec, group *cgroup, groupErr error) {
	if group != nil {
		used, err := group.usage()
		if groupErr = err; err == nil {
			res.InCgroup, res.IsOutOfMemory = true, group.isOutOfMemory()
			res.User, res.System, res.Memory = used.user, used.system, cmp.Or(used.memory, res.Memory)
		}
	}
	if spec.Cgroup {
		res.CgroupErr = groupErr
	}
}

// owner returns who the builder is outside.
func (spec *Spec) owner() (uid, gid int) {
	if os.Geteuid() != 0 {
		return os.Geteuid(), os.Getegid()
	}
	return spec.HostUID, spec.HostGID
}
