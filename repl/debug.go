package repl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"nixbench/engine"
	"nixbench/engine/eval"
)

// This file is the debugger. An input whose evaluation stops has its evaluation
// wait in a goroutine of its own, and a Result that says so; the inputs that
// follow are carried out inside of the stopped evaluation, until one of them lets
// it go on and gets what comes of it.

// A run is an input that is being carried out while a debugger may stop it.
type run struct {
	ctx    context.Context
	cancel context.CancelFunc
	stops  chan *eval.Stop
	resume chan eval.Resume
	done   chan outcome
}

// An outcome is what came of an input.
type outcome struct {
	res *Result
	err error
}

// errNotStopped reports that there is nothing to go on with.
var errNotStopped = errors.New("no evaluation is stopped; start with --debugger to stop at errors and builtins.break")

// debugger is what evaluations of the session call where they stop.
func (s *sitting) debugger(ctx context.Context, stop *eval.Stop) eval.Resume {
	r := s.run
	if r == nil {
		return eval.ResumeContinue // the session looks at a value by itself
	}
	select {
	case r.stops <- stop:
	case <-ctx.Done():
		return eval.ResumeQuit
	}
	select {
	case how := <-r.resume:
		return how
	case <-ctx.Done():
		return eval.ResumeQuit
	}
}

// stopsAt returns the debugger of the session's evaluator; nil if there is none.
func (s *sitting) stopsAt() eval.Debugger {
	if !s.opts.Debugger {
		return nil
	}
	return s.debugger
}

// carryOutStopping is carryOut for an input whose evaluation may stop.
func (s *sitting) carryOutStopping(ctx context.Context, input string) (*Result, error) {
	r := &run{
		stops: make(chan *eval.Stop), resume: make(chan eval.Resume), done: make(chan outcome, 1),
	}
	r.ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.run = r
	go func() {
		res, err := s.carryOut(r.ctx, input)
		r.done <- outcome{res, err}
	}()
	return s.await(ctx)
}

// await returns what comes of the run: its end, or where it stopped.
func (s *sitting) await(ctx context.Context) (*Result, error) {
	r := s.run
	stop := context.AfterFunc(ctx, r.cancel)
	defer stop()
	select {
	case out := <-r.done:
		r.cancel()
		s.run = nil
		return out.res, out.err
	case at := <-r.stops:
		s.stopped = true
		s.setTrace(at.Error)
		s.selectStep(0)
		return stoppedResult(at), nil
	}
}

// stoppedResult says where an evaluation has stopped.
func stoppedResult(at *eval.Stop) *Result {
	res := &Result{Stopped: true}
	if at.Why == eval.StopError {
		res.Kind, res.Err = ResultError, describeEval(at.Error)
		if at.InTry {
			res.Lines = []string{"This exception occurred in a 'tryEval' call. Use --ignore-try to skip these."}
		}
		return res
	}
	res.Kind = ResultText
	steps := at.Error.Steps()
	lines := []string{at.Error.Msg}
	for i := range steps {
		if steps[i].Pos.Line > 0 {
			at := stepLines(i, &steps[i], "", true)
			if i == 0 {
				at = at[1:] // the message again
			}
			lines = append(lines, at...)
			break
		}
	}
	res.Lines = lines
	return res
}

// endRun ends a stopped evaluation, if there is one, and does not wait for it.
func (s *sitting) endRun() {
	select {
	case s.turn <- struct{}{}:
		if s.run != nil {
			s.run.cancel()
		}
		<-s.turn
	default: // it is running, and ends with its context
	}
}

// goOn lets the stopped evaluation go on.
func (s *sitting) goOn(ctx context.Context, how eval.Resume) (*Result, error) {
	s.stopped = false
	s.trail = trace{}
	s.run.resume <- how
	res, err := s.await(ctx)
	if errors.Is(err, eval.ErrQuit) {
		return textResult("the evaluation was ended"), nil
	}
	return res, err
}

// proceed is a command that lets the stopped evaluation go on.
func proceed(how eval.Resume) func(*sitting, context.Context, string) (*Result, error) {
	return func(s *sitting, ctx context.Context, _ string) (*Result, error) {
		switch {
		case s.attached:
			s.how = how
			return nil, errQuit
		case s.stopped:
			return s.goOn(ctx, how)
		case how == eval.ResumeContinue && s.trail.scope != nil:
			s.trail.scope = nil // back to the session
			return nil, nil
		}
		return nil, errNotStopped
	}
}

func (s *sitting) cmdQuit(ctx context.Context, _ string) (*Result, error) {
	if s.stopped {
		return s.goOn(ctx, eval.ResumeQuit)
	}
	s.how = eval.ResumeQuit
	return nil, errQuit
}

// A Debugger is a prompt over streams for evaluations that no session makes.
type Debugger struct {
	Engine   *engine.Engine
	Options  Options
	In       *bufio.Reader
	Out, Err io.Writer
	Prompt   string // written before each input

	greeted bool
}

// Stop lets the user look around where an evaluation of ev has stopped. It is to
// be called by the evaluation: it is an [eval.Debugger].
func (d *Debugger) Stop(ctx context.Context, ev *eval.Evaluator, stop *eval.Stop) eval.Resume {
	c := &common{eng: d.Engine, given: d.Engine.Settings(), opts: d.Options, history: newHistory(""), watch: newWatcher()}
	c.opts = c.opts.withDefaults()
	s := newSitting(c, memory{})
	s.depth = 1
	s.ev, s.scope, s.args, s.attached = ev, eval.NewScope(), eval.NoAttrs(), true
	s.how = eval.ResumeQuit // at the end of the input
	session := &Session{common: c}
	session.sitting.Store(s)
	defer session.Close()
	s.setTrace(stop.Error)
	s.selectStep(0)
	p := &Plain{Session: session, In: d.In, Out: d.Out, Err: d.Err, Prompt: d.Prompt}
	p.show(stoppedResult(stop))
	if !d.greeted {
		d.greeted = true
		fmt.Fprint(d.Err, "The evaluation is stopped. :bt :st :env look around, :c :s :q go on, :? lists all commands.\n")
	}
	if _, err := p.Run(ctx, nil); err != nil {
		return eval.ResumeQuit
	}
	return s.how
}
