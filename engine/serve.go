package engine

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"nixbench/engine/build"
	"nixbench/store"
	"nixbench/store/daemon"
	"nixbench/store/drv"
)

// Serve answers the requests of an ssh:// store; see [daemon.Serve]. It calls told
// before it says what came of a build: a client that knows that ends this process, and
// what is not told by then never is.
func (e *Engine) Serve(ctx context.Context, in io.Reader, out io.Writer, writable bool, told func()) error {
	return daemon.Serve(ctx, in, out, served{e.store, e, told}, writable)
}

// served is the store that is served. What it does not say is the backend's.
type served struct {
	backend
	e    *Engine
	told func()
}

func (s served) DumpPath(ctx context.Context, w io.Writer, p store.Path) error {
	if _, err := s.PathInfo(ctx, p); err != nil {
		return err
	}
	return s.e.DumpPath(ctx, w, p)
}

// Closure returns the closure of paths, and if so the closure of the valid outputs of
// the derivations in it; sorted.
func (s served) Closure(ctx context.Context, paths []store.Path, includeOutputs bool) ([]store.Path, error) {
	look := store.NewLookup(s.backend)
	closure, err := look.Requisites(ctx, paths...)
	if err != nil || !includeOutputs {
		return closure, err
	}
	var outputs []store.Path
	for _, p := range closure {
		if !p.IsDerivation() {
			continue
		}
		named, err := s.DerivationOutputs(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, out := range named {
			outputs = append(outputs, out)
		}
	}
	valid, err := s.QueryValid(ctx, outputs)
	if err != nil {
		return nil, err
	}
	return look.Requisites(ctx, slices.Concat(closure, valid)...)
}

func (s served) Import(ctx context.Context, r *bufio.Reader) error {
	return s.e.Import(ctx, r, func(store.Path) error { return nil })
}

// Build builds. What a client asks of builds holds for those that begin from then on.
func (s served) Build(ctx context.Context, names []string, o daemon.ServeOptions) (status int, msg string) {
	var targets []store.DerivedPath
	for _, name := range names {
		target, err := s.Dir().ParseDerivedPath(strings.Replace(name, "!", "^", 1))
		if err != nil {
			return 1, err.Error()
		}
		if target.Outputs == nil && target.Path.IsDerivation() {
			target.Outputs = []store.OutputName{store.AllOutputs} // as nix-build has it
		}
		targets = append(targets, target)
	}
	plan, err := s.e.PlanRealise(ctx, targets)
	if err != nil {
		return 1, err.Error()
	}
	result, err := s.realise(ctx, plan, o)
	if err == nil {
		err = result.Err()
	}
	if err == nil {
		return 0, ""
	}
	if result != nil {
		return result.ExitStatus(), inWords(err)
	}
	return 1, inWords(err)
}

// inWords says why a build failed in Nix's words.
func inWords(err error) string {
	var failure *Failure
	var dependency *DependencyError
	switch {
	case errors.As(err, &failure):
		return failure.Message()
	case errors.As(err, &dependency):
		return dependency.Message()
	}
	return err.Error()
}

// realise does what plan says with the limits that a client sets. The client has the
// logs, so they are not kept here.
func (s served) realise(ctx context.Context, plan *Plan, o daemon.ServeOptions) (*Result, error) {
	for name, value := range map[string]string{
		"max-silent-time":    strconv.FormatUint(o.MaxSilent, 10),
		"timeout":            strconv.FormatUint(o.Timeout, 10),
		"max-build-log-size": strconv.FormatUint(o.MaxLogSize, 10),
		"keep-build-log":     "false",
	} {
		if is, _ := s.e.Settings().Get(name); is == value {
			continue
		}
		if err := s.e.ChangeSetting(name, value); err != nil {
			return nil, err
		}
	}
	defer s.told()
	return s.e.execute(ctx, plan, o.KeepFailed)
}

// BuildDerivation builds a derivation that need not be in the store, as remote builders
// are asked to. Whoever may ask may also add any path: where its outputs go is not
// checked.
func (s served) BuildDerivation(ctx context.Context, drvPath store.Path, d *drv.Derivation, o daemon.ServeOptions) daemon.BuildResult {
	var outcome Outcome
	began := time.Now()
	plan, err := s.e.planGiven(ctx, drvPath, d)
	if err == nil {
		var result *Result
		if result, err = s.realise(ctx, plan, o); err == nil {
			outcome, err = result.Outcomes[0], result.Err()
		}
	}
	answer := daemon.BuildResult{Status: theirStatus(outcome.Status), Outputs: outcome.Outputs, Started: began, Ended: time.Now()}
	if err == nil {
		return answer
	}
	answer.Status, answer.Message, answer.Outputs = daemon.MiscFailure, inWords(err), nil
	var failure *Failure
	if errors.As(err, &failure) {
		answer.Status = theirStatus(failure.Status)
	}
	return answer
}

// theirStatus returns a daemon's status for one of ours.
func theirStatus(s build.Status) daemon.Status {
	for theirs := range daemon.NoSubstituters {
		if ours, known := statuses[theirs]; known && ours == s {
			return theirs
		}
	}
	return daemon.MiscFailure
}
