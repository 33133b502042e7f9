package engine

import (
	"bufio"
	"context"
	"io"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/daemon"
)

// Serve answers the requests of an ssh:// store; see [daemon.Serve].
func (e *Engine) Serve(ctx context.Context, in io.Reader, out io.Writer, writable bool) error {
	return daemon.Serve(ctx, in, out, served{e.store, e}, writable)
}

// served is the store that is served. What it does not say is the backend's.
type served struct {
	backend
	e *Engine
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

// Build builds. A client's limits are refused: those of the configuration hold for all
// builds of this process.
func (s served) Build(ctx context.Context, names []string, o daemon.ServeOptions) (status int, msg string) {
	if o.MaxSilent|o.Timeout|o.MaxLogSize != 0 {
		return 1, "limits of time and of logs are set by the configuration of the store's machine"
	}
	var targets []store.DerivedPath
	for _, name := range names {
		target, err := s.Dir().ParseDerivedPath(strings.Replace(name, "!", "^", 1))
		if err != nil {
			return 1, err.Error()
		}
		if target.Outputs == nil && target.Path.IsDerivation() {
			target.Outputs = []string{"*"} // as nix-build has it
		}
		targets = append(targets, target)
	}
	realise := s.e.Realise
	if o.KeepFailed {
		realise = s.e.RealiseKeeping
	}
	result, err := realise(ctx, targets)
	if err == nil {
		err = result.Err()
	}
	if err == nil {
		return 0, ""
	}
	if result != nil {
		return result.ExitStatus(), err.Error()
	}
	return 1, err.Error()
}
