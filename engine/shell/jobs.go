package shell

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// A background job is a goroutine of the interpreter, not a process. So that
// scripts can send it signals, it has a number of its own, which $! gives:
//
//	cmd &
//	job new; { job_in=$job_next; ( cmd ); job done; } </dev/null & job started "$!"
//
// A signal goes to the programs that the job is running. Where there are none,
// or where it is the shell's turn, the job ends.

// firstJob is the number of the first job. It is beyond all process numbers.
const firstJob = 1 << 22

// Variables of the shell about jobs.
const (
	jobNext = prefix + "job_next" // number of the job about to be started
	jobLast = prefix + "job_last" // $!
	jobIn   = prefix + "job_in"   // number of the job that this shell is part of
)

// jobTable holds the jobs of a session. It is safe for concurrent use.
type jobTable struct {
	killed atomic.Int32 // how many were sent a signal that ends them

	mu sync.Mutex
	// mu guards the fields below.
	jobs []*job
}

// A job is guarded by its table's mutex.
type job struct {
	ref     string // the interpreter's name for it
	done    bool
	signal  syscall.Signal                  // that ended it, or 0
	cancels map[int]context.CancelCauseFunc // of the commands that run
	next    int
}

// A signalCause is why a command of a job was cancelled.
type signalCause syscall.Signal

func (c signalCause) Error() string { return syscall.Signal(c).String() }

// get returns the job of a number, or nil.
func (t *jobTable) get(number int) *job {
	if i := number - firstJob; i >= 0 && i < len(t.jobs) {
		return t.jobs[i]
	}
	return nil
}

// of returns the job that the shell with these variables is part of, or nil.
func (t *jobTable) of(env expand.Environ) *job {
	number, err := strconv.Atoi(env.Get(jobIn).String())
	if err != nil {
		return nil
	}
	return t.get(number)
}

// ended returns the exit status of a shell whose job was sent a signal, 0 if
// it was not.
func (t *jobTable) ended(env expand.Environ) int {
	if t.killed.Load() == 0 {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if j := t.of(env); j != nil && j.signal != 0 {
		return 128 + int(j.signal)
	}
	return 0
}

// running makes a command of a job one that signals to the job reach: its
// context ends. release says that the command is over.
func (t *jobTable) running(ctx context.Context, env expand.Environ) (_ context.Context, release func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	j := t.of(env)
	if j == nil {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	id := j.next
	j.next++
	j.cancels[id] = cancel
	return ctx, func() {
		cancel(nil)
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(j.cancels, id)
	}
}

// kill sends a signal to a job; ok is false if there is no such job any more.
func (t *jobTable) kill(number int, sig syscall.Signal) (ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	j := t.get(number)
	if j == nil || j.done {
		return false
	}
	switch sig {
	case syscall.SIGINT, syscall.SIGQUIT: // a job without job control ignores them
		return true
	case 0, syscall.SIGCHLD, syscall.SIGCONT, syscall.SIGWINCH, syscall.SIGURG:
		return true
	}
	if j.signal == 0 {
		j.signal = sig
		t.killed.Add(1)
	}
	for _, cancel := range j.cancels {
		cancel(signalCause(sig))
	}
	return true
}

// job is the command of ours that keeps the table.
func (in *internalCall) job(ctx context.Context) error {
	t := &in.session.jobs
	switch in.args[0] {
	case "new":
		t.mu.Lock()
		t.jobs = append(t.jobs, &job{cancels: make(map[int]context.CancelCauseFunc)})
		number := firstJob + len(t.jobs) - 1
		t.mu.Unlock()
		return in.assign(ctx, jobNext, strconv.Itoa(number))
	case "started":
		number := in.hc.Env.Get(jobNext).String()
		t.mu.Lock()
		if n, err := strconv.Atoi(number); err == nil && t.get(n) != nil {
			t.get(n).ref = in.args[1]
		}
		t.mu.Unlock()
		return in.assign(ctx, jobLast, number)
	}
	t.mu.Lock()
	if j := t.of(in.hc.Env); j != nil {
		j.done = true
	}
	t.mu.Unlock()
	return status(in.hc.LastExitStatus)
}

// waitArgs replaces the numbers of jobs by the interpreter's names for them.
func (t *jobTable) waitArgs(args []string) []string {
	out := []string{args[0]}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, arg := range args[1:] {
		number, err := strconv.Atoi(arg)
		j := t.get(number)
		switch {
		case len(arg) > 1 && arg[0] == 'g':
			out = append(out, arg)
		case err != nil || j == nil || j.ref == "":
			return fails(127, "wait: pid "+arg+" is not a child of this shell")
		default:
			out = append(out, j.ref)
		}
	}
	return out
}

// background gives a background job /dev/null to read, as there is no job
// control, and a number.
func (w *rewriter) background(st *syntax.Stmt) {
	w.changed = true
	inner := &syntax.Stmt{Cmd: st.Cmd, Redirs: st.Redirs, Negated: st.Negated, Position: st.Position}
	if _, ok := inner.Cmd.(*syntax.Subshell); !ok || len(inner.Redirs) > 0 || inner.Negated {
		inner = &syntax.Stmt{Cmd: &syntax.Subshell{Stmts: []*syntax.Stmt{inner}}}
	}
	set := &syntax.Stmt{Cmd: &syntax.CallExpr{Assigns: []*syntax.Assign{{
		Name: &syntax.Lit{Value: jobIn}, Value: parameter(jobNext),
	}}}}
	job := &syntax.Stmt{
		Cmd:        &syntax.Block{Stmts: []*syntax.Stmt{set, inner, simple(prefix+"job", "done")}},
		Background: true,
		Redirs:     []*syntax.Redirect{{Op: syntax.RdrIn, Word: literal("/dev/null")}},
	}
	started := simple(prefix+"job", "started")
	call := started.Cmd.(*syntax.CallExpr)
	call.Args = append(call.Args, parameter("!"))
	st.Cmd = &syntax.Block{Stmts: []*syntax.Stmt{simple(prefix+"job", "new"), job, started}}
	st.Redirs, st.Negated, st.Background = nil, false, false
}

// parameter makes the word $name.
func parameter(name string) *syntax.Word {
	return &syntax.Word{Parts: []syntax.WordPart{&syntax.ParamExp{Short: true, Param: &syntax.Lit{Value: name}}}}
}
