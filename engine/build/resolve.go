package build

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
)

// This file finds out where outputs are whose paths do not follow from their
// derivations: a floating one where it was built to before, a deferred one where
// the derivation puts it that its own resolves to.

// An outputID is an output of a derivation.
type outputID struct {
	drvPath store.Path
	name    store.OutputName
}

// A known is where outputs are that were found or built. It is safe for
// concurrent use; the zero value is empty.
type known struct {
	mu    sync.Mutex // mu guards paths
	paths map[outputID]store.Path
}

func (k *known) get(id outputID) store.Path {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.paths[id]
}

func (k *known) set(id outputID, p store.Path) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.paths == nil {
		k.paths = make(map[outputID]store.Path)
	}
	k.paths[id] = p
}

// A resolver finds outputs. It belongs to one goroutine.
type resolver struct {
	st       Reader
	known    *known
	settings *settings.Settings
	// read returns the derivation at a path, or nil if it is not valid.
	read func(ctx context.Context, p store.Path) (*drv.Derivation, error)

	unknown map[outputID]bool // what was not found

	tracing bool                // ask the build trace also of what a resolved derivation says
	traced  []store.Realisation // what the build trace said
}

// newResolver returns a resolver that reads derivations from st.
func newResolver(st Reader, k *known, s *settings.Settings) *resolver {
	r := &resolver{st: st, known: k, settings: s, unknown: map[outputID]bool{}}
	r.read = func(ctx context.Context, p store.Path) (*drv.Derivation, error) {
		d, err := st.ReadDerivation(ctx, p)
		if errors.Is(err, store.ErrInvalidPath) {
			return nil, nil
		}
		return d, err
	}
	return r
}

// errUnknown reports an output that is not known before something is built.
var errUnknown = errors.New("it is not known before its derivation is built")

// output returns where an output is or will be, which need not be valid, or "" if
// that is not known.
//
// Behaviour: deepQueryPartialDerivationOutput in Nix's outputs-query.cc.
func (r *resolver) output(ctx context.Context, drvPath store.Path, name store.OutputName) (store.Path, error) {
	d, err := r.read(ctx, drvPath)
	if d == nil || err != nil {
		return "", err
	}
	if o, ok := d.Outputs[name]; !ok {
		return "", fmt.Errorf("derivation '%s' does not have an output named '%s'", drvPath, name)
	} else if o.Path != "" {
		return o.Path, nil
	}
	id := outputID{drvPath, name}
	if p := r.known.get(id); p != "" {
		return p, nil
	}
	if r.unknown[id] {
		return "", nil
	}
	p, err := r.find(ctx, id, d)
	if errors.Is(err, errUnknown) {
		r.unknown[id] = true
		return "", nil
	}
	if err == nil {
		r.known.set(id, p)
	}
	return p, err
}

// find finds an output of d that has no path of its own.
func (r *resolver) find(ctx context.Context, id outputID, d *drv.Derivation) (store.Path, error) {
	if kind, err := d.Kind(); err != nil || kind == drv.Impure || !r.settings.HasFeature(featureCA) {
		return "", errors.Join(err, errUnknown)
	}
	resolved, drvPath, err := r.resolve(ctx, id.drvPath, d)
	if err == nil {
		if p := resolved.OutputPath(id.name); p != "" && !r.tracing {
			return p, nil
		}
		var p store.Path
		if p, err = r.ask(ctx, outputID{drvPath, id.name}); err == nil || drvPath == id.drvPath {
			return p, err
		}
	}
	if !errors.Is(err, errUnknown) {
		return "", err
	}
	// Others may have said it of the derivation itself.
	return r.ask(ctx, id)
}

// ask returns what the build trace says that an output came to be.
func (r *resolver) ask(ctx context.Context, id outputID) (store.Path, error) {
	found, ok, err := r.st.Realisation(ctx, id.drvPath, id.name)
	if err == nil && !ok {
		err = errUnknown
	}
	if err != nil {
		return "", err
	}
	r.traced = append(r.traced, found)
	return found.OutPath, nil
}

// resolve returns the derivation that d at drvPath resolves to, d itself if there
// is nothing to resolve. If an input is not known, errors.Is(err, errUnknown).
func (r *resolver) resolve(ctx context.Context, drvPath store.Path, d *drv.Derivation) (*drv.Derivation, store.Path, error) {
	if !d.NeedsResolution(r.settings.HasFeature(featureCA)) {
		return d, drvPath, nil
	}
	resolved, err := d.Resolve(r.st.Dir(), func(in drv.Input) (store.Path, error) { return r.input(ctx, in) })
	if err != nil {
		return nil, "", fmt.Errorf("resolve %s: %w", drvPath, err)
	}
	p, err := resolved.Path(r.st.Dir())
	return resolved, p, err
}

// input returns where an input is. If that is not known, errors.Is(err,
// errUnknown).
func (r *resolver) input(ctx context.Context, in drv.Input) (store.Path, error) {
	p := in.DrvPath
	for _, name := range append(in.Through[:len(in.Through):len(in.Through)], in.Output) {
		var err error
		if p, err = r.output(ctx, p, name); err != nil {
			return "", err
		}
		if p == "" {
			return "", fmt.Errorf("output '%s' of %s: %w", name, in.DrvPath, errUnknown)
		}
	}
	return p, nil
}

// follow goes from derivation to derivation that a target leads through, as far as
// they are known, and returns what is left: the target, if ends, or the next
// derivation.
func (r *resolver) follow(ctx context.Context, t Target) (rest Target, ends bool, err error) {
	p := t.Path
	for _, name := range t.Through {
		next, err := r.output(ctx, p, name)
		if err != nil {
			return t, false, err
		}
		if next == "" {
			return Target{Path: p, Outputs: []store.OutputName{name}}, false, nil
		}
		p = next
	}
	if len(t.Through) > 0 && !p.IsDerivation() {
		return t, false, fmt.Errorf("store path '%s' is not a valid derivation path", p.Base())
	}
	return Target{Path: p, Outputs: t.Outputs}, true, nil
}

// FindOutputs returns where the outputs of a target are or will be. They need not
// be valid. Those of which that is not known before something is built are "", and
// there is none if that is so of the derivation.
func FindOutputs(ctx context.Context, st Reader, s *settings.Settings, t Target) (map[store.OutputName]store.Path, error) {
	r := newResolver(st, new(known), s)
	t, ends, err := r.follow(ctx, t)
	if err != nil || !ends {
		return nil, err
	}
	return r.outputs(ctx, t)
}

// Trace returns what the build trace says of the outputs of a target and of what
// their derivation needs, in no order, and where the outputs are, as [FindOutputs]
// does: only what has been built is known.
//
// Behaviour: BuiltPath::toRealisedPaths in Nix's built-path.cc.
func Trace(ctx context.Context, st Reader, s *settings.Settings, t Target) ([]store.Realisation, map[store.OutputName]store.Path, error) {
	t, ends, err := newResolver(st, new(known), s).follow(ctx, t)
	if err != nil || !ends {
		return nil, nil, err
	}
	r := newResolver(st, new(known), s)
	r.tracing = true
	outputs, err := r.outputs(ctx, t)
	return r.traced, outputs, err
}

// Resolve reads a derivation and returns what it resolves to, itself if there is nothing
// to resolve. Where its inputs are has to be known.
func Resolve(ctx context.Context, st Reader, s *settings.Settings, drvPath store.Path) (*drv.Derivation, error) {
	d, err := st.ReadDerivation(ctx, drvPath)
	if err != nil {
		return nil, err
	}
	resolved, _, err := newResolver(st, new(known), s).resolve(ctx, drvPath, d)
	if errors.Is(err, errUnknown) {
		return nil, fmt.Errorf("failed to resolve derivation '%s'", drvPath)
	}
	return resolved, err
}

// ResolvedPath returns the derivation that one resolves to, whose log is that of its build:
// itself if there is nothing to resolve, or it is not known yet where its inputs are.
func ResolvedPath(ctx context.Context, st Reader, s *settings.Settings, drvPath store.Path) (store.Path, error) {
	d, err := st.ReadDerivation(ctx, drvPath)
	if err != nil {
		return "", err
	}
	_, resolved, err := newResolver(st, new(known), s).resolve(ctx, drvPath, d)
	if errors.Is(err, errUnknown) {
		return drvPath, nil
	}
	return resolved, err
}

// outputs returns where the outputs of a target that leads through no others are.
func (r *resolver) outputs(ctx context.Context, t Target) (map[store.OutputName]store.Path, error) {
	d, err := r.st.ReadDerivation(ctx, t.Path)
	if err != nil {
		return nil, err
	}
	outputs := make(map[store.OutputName]store.Path)
	names := t.Outputs
	if slices.Contains(names, store.AllOutputs) {
		names = d.OutputNames()
	}
	for _, name := range names {
		if _, ok := d.Outputs[name]; !ok {
			return nil, &NoOutputError{t.Path, name}
		}
		if outputs[name], err = r.output(ctx, t.Path, name); err != nil {
			return nil, err
		}
	}
	return outputs, nil
}
