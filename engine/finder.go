package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"nixbench/engine/build"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/local"
	"nixbench/store/narinfo"
)

// This file is what plans ask about what need not be built, and does what they say of it.
//
// Behaviour: Nix, queryMissing in store-api.cc and drv-output-substitution-goal.cc.

// elsewhere returns what plans ask about what need not be built, nil if that is nobody.
func (e *Engine) elsewhere(ctx context.Context) *finder {
	if !e.substitutes() || !slices.ContainsFunc(e.Settings().Substituters, IsCache) {
		return nil
	}
	f := &finder{e: e, found: make(map[store.Path]*build.Substitute), said: make(map[store.DrvOutput][]traced)}
	f.modulo = &drv.Modulo{Dir: e.store.Dir(), Load: func(p store.Path) (*drv.Derivation, error) { return e.planReader().ReadDerivation(ctx, p) }}
	return f
}

// A finder asks substituters, about each path and output once.
type finder struct {
	e      *Engine
	found  map[store.Path]*build.Substitute
	said   map[store.DrvOutput][]traced // by each that says something, in their order
	modulo *drv.Modulo
}

// A traced is what a substituter says that an output came to be; from is nil for what the
// store itself says of a path that is no longer valid.
type traced struct {
	from *substituter
	store.Realisation
}

// Find returns what the first one that has p says of it. One that cannot be read is told of,
// and an error if there is no other.
func (f *finder) Find(_ context.Context, p store.Path) (*build.Substitute, error) {
	if s, ok := f.found[p]; ok {
		return s, nil
	}
	var failed error
	f.found[p] = nil
	for _, sub := range f.e.substituters() {
		if failed != nil {
			f.e.notify(true, "error: "+failed.Error())
		}
		var info *narinfo.Info
		if info, failed = sub.info(p); info != nil {
			f.found[p] = &build.Substitute{References: info.OtherReferences(), DownloadSize: info.FileSize, NarSize: info.NarSize}
			break
		}
	}
	if failed != nil && f.e.Settings().Fallback {
		f.e.notify(true, "error: "+failed.Error())
		failed = nil
	}
	return f.found[p], failed
}

// Realisation returns what the first one that knows says that an output came to be. That it
// may be believed is found out by settle.
func (f *finder) Realisation(ctx context.Context, drvPath store.Path, d *drv.Derivation, output store.OutputName) (r store.Realisation, ok bool, err error) {
	id := store.DrvOutput{DrvPath: drvPath, Output: output}
	said, asked := f.said[id]
	if !asked {
		if said, err = f.ask(ctx, id, d); err != nil {
			return r, false, err
		}
		f.said[id] = said
	}
	if len(said) == 0 {
		return r, false, nil
	}
	return said[0].Realisation, true, nil
}

// ask asks everybody what an output of d came to be, or nobody if the store once knew.
func (f *finder) ask(ctx context.Context, id store.DrvOutput, d *drv.Derivation) (said []traced, err error) {
	if st, ok := f.e.store.(*local.Store); ok {
		if r, ok, err := st.RealisationOnce(ctx, id.DrvPath, id.Output); err != nil || ok {
			return []traced{{nil, r}}, err
		}
	}
	for _, sub := range f.e.substituters() {
		r, ok, err := sub.Realisation(ctx, id.DrvPath, id.Output, func() (string, error) {
			h, err := f.modulo.TraceHash(d)
			return h.Base16(), err
		})
		if err != nil {
			return nil, err
		}
		if ok && r.DrvHash != "" && sub.HasBuildTrace() { // what is there for older Nix need not be signed
			ok, err = f.trusts(traced{sub, r})
		}
		if err != nil {
			return nil, err
		}
		if ok {
			said = append(said, traced{sub, r})
		}
	}
	return said, nil
}

// settle forgets what is said of outputs, as far as nobody says it who may be believed, and
// reports whether that changes anything.
func (f *finder) settle(planned []store.Realisation) (changed bool, err error) {
	for _, r := range planned {
		id := store.DrvOutput{DrvPath: r.DrvPath, Output: r.Output}
		for len(f.said[id]) > 0 {
			first := f.said[id][0]
			ok, err := f.trusts(first)
			if err != nil {
				return false, err
			}
			if ok {
				break
			}
			f.e.notify(false, fmt.Sprintf("warning: ignoring substitute for build trace '%s^%s' -> '%s' from '%s', "+
				"as it's not signed by any of the keys in 'trusted-public-keys'", r.DrvPath, r.Output, first.OutPath, first.from.URL()))
			f.said[id], changed = f.said[id][1:], true
		}
	}
	return changed, nil
}

// trusts reports whether it may be believed what a substituter says of an output.
func (f *finder) trusts(said traced) (bool, error) {
	if said.from == nil || said.from.trusted || !f.e.Settings().RequireSigs {
		return true, nil
	}
	keys, err := f.e.trustedKeys()
	return err == nil && isSigned(keys, said.Realisation), err
}

// isSigned reports whether one of keys has signed what an output came to be.
func isSigned(keys narinfo.PublicKeys, r store.Realisation) bool {
	return len(keys.VerifyText(r.Fingerprint(), r.Sigs)) > 0 ||
		r.DrvHash != "" && len(keys.VerifyText(r.OldFingerprint(), r.OldSigs)) > 0
}

// substitute copies what a plan has from elsewhere, and returns the plan of what is left to
// be done: what could not be copied is built, or refused.
func (e *Engine) substitute(ctx context.Context, plan *Plan) (*Plan, error) {
	f, _ := plan.opts.Elsewhere.(*finder)
	failed := maps.Clone(plan.opts.Failed)
	if failed == nil {
		failed = make(map[store.Path]build.Failed)
	}
	if f != nil {
		var err error
		if plan, err = e.fetchDerivations(ctx, f, plan, failed); err != nil {
			return nil, err
		}
	}
	for f != nil && len(plan.Substitute)+len(plan.Traced) > 0 {
		changed, err := f.settle(plan.Traced)
		if err == nil && !changed {
			err = e.obtainAll(ctx, plan, failed)
		}
		if err != nil {
			return nil, err
		}
		if plan, err = e.planAgain(ctx, plan, failed); err != nil {
			return nil, err
		}
	}
	return plan, nil
}

// planAgain returns what is left to be done of a plan, now that the store has more of it.
// Failed is what could not be copied.
func (e *Engine) planAgain(ctx context.Context, plan *Plan, failed map[store.Path]build.Failed) (*Plan, error) {
	opts := plan.opts
	opts.Failed = failed
	next, err := e.plan(ctx, plan.Targets, opts)
	if err != nil {
		return nil, err
	}
	next.Shell = plan.Shell
	return next, nil
}

// fetchDerivations copies the derivations that a plan lacks from elsewhere, with all that they
// refer to, and returns the plan with those that could be had.
//
// Behaviour: DerivationTrampolineGoal in Nix, which tells of them before that as of what
// nobody knows how to build.
func (e *Engine) fetchDerivations(ctx context.Context, f *finder, plan *Plan, failed map[store.Path]build.Failed) (*Plan, error) {
	var lacking []store.DerivedPath
	for _, m := range plan.Missing {
		if m.Path.IsDerivation() && failed[m.Path] == 0 {
			lacking = append(lacking, store.DerivedPath{Path: m.Path})
		}
	}
	if len(lacking) == 0 {
		return plan, nil
	}
	fetched, err := e.plan(ctx, lacking, build.PlanOptions{Elsewhere: f})
	if err != nil || len(fetched.Substitute) == 0 {
		return plan, err
	}
	if err := e.Writable(); err != nil {
		return nil, fmt.Errorf("build: %w", err)
	}
	if err := e.obtainAll(ctx, fetched, failed); err != nil {
		return nil, err
	}
	return e.planAgain(ctx, plan, failed)
}

// ObtainDerivation returns the derivation at p, which is copied from elsewhere if the stores do
// not have it. If nobody has it, errors.Is(err, store.ErrInvalidPath).
//
// Behaviour: Store::derivationFromPath in Nix.
func (e *Engine) ObtainDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	d, err := e.ReadDerivation(ctx, p)
	if !errors.Is(err, store.ErrInvalidPath) || !p.IsDerivation() {
		return d, err
	}
	plan, planErr := e.PlanRealise(ctx, []store.DerivedPath{{Path: p}})
	if planErr != nil || len(plan.Missing) > 0 {
		return nil, err
	}
	result, err := e.ExecuteRealise(ctx, plan)
	if err == nil {
		err = result.Err()
	}
	if err != nil {
		return nil, err
	}
	return e.ReadDerivation(ctx, p)
}

// obtainAll copies what a plan has from elsewhere, adds to failed what could not be copied,
// and notes what outputs came to be that are valid now.
func (e *Engine) obtainAll(ctx context.Context, plan *Plan, failed map[store.Path]build.Failed) error {
	s := &substitution{e: e, subs: e.substituters(), paths: make(map[store.Path]*substitutedPath)}
	if err := s.run(ctx, plan.Substitute); err != nil {
		return err
	}
	for p, sp := range s.paths {
		if sp.failed != 0 {
			failed[p] = sp.failed
		}
	}
	return e.noteTraced(ctx, plan.Traced)
}

// noteTraced notes what outputs came to be, of those that are valid.
func (e *Engine) noteTraced(ctx context.Context, rs []store.Realisation) error {
	st, ok := e.store.(*local.Store)
	if !ok || len(rs) == 0 {
		return nil
	}
	paths := make([]store.Path, len(rs))
	for i, r := range rs {
		paths[i] = r.OutPath
	}
	if err := e.adopt(ctx, paths...); err != nil {
		return err
	}
	valid, err := e.store.QueryValid(ctx, paths)
	if err != nil {
		return err
	}
	rs = slices.DeleteFunc(slices.Clone(rs), func(r store.Realisation) bool {
		_, isValid := slices.BinarySearch(valid, r.OutPath)
		return !isValid
	})
	return st.RegisterRealisations(ctx, rs, nil)
}

// seek makes outputs of what a derivation was resolved to valid, if others have them. What
// is wrong with that is told.
func (e *Engine) seek(ctx context.Context, drvPath store.Path, d *drv.Derivation, outputs []store.OutputName) (failed build.Failed, err error) {
	f := e.elsewhere(ctx)
	if f == nil {
		return build.NotHad, nil
	}
	var targets []store.DerivedPath
	var rs []store.Realisation
	for changed := true; changed; {
		targets, rs = nil, nil
		for _, name := range outputs {
			p := d.OutputPath(name)
			if p == "" {
				r, ok, err := f.Realisation(ctx, drvPath, d, name)
				if err != nil && ctx.Err() == nil {
					e.notify(true, "error: "+err.Error())
					return build.Broken, nil
				}
				if err != nil || !ok {
					return build.NotHad, err
				}
				p, rs = r.OutPath, append(rs, r)
			} else {
				rs = append(rs, store.Realisation{DrvPath: drvPath, Output: name, OutPath: p})
			}
			targets = append(targets, store.DerivedPath{Path: p})
		}
		if changed, err = f.settle(rs); err != nil {
			return build.NotHad, err
		}
	}
	plan, err := e.plan(ctx, targets, build.PlanOptions{Elsewhere: f})
	if err != nil || len(plan.Missing) > 0 {
		return build.NotHad, err
	}
	plan.Traced = rs
	missed := make(map[store.Path]build.Failed)
	if err := e.obtainAll(ctx, plan, missed); err != nil {
		return build.NotHad, err
	}
	for _, t := range targets {
		failed = max(failed, missed[t.Path])
	}
	return failed, nil
}
