package build

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixbase32"
)

// This file says where a job's outputs are before, while and after they are made.

// resolve returns what is built for planned: itself, or what it resolves to.
func (o *Options) resolve(ctx context.Context, planned *PlannedBuild) (*PlannedBuild, error) {
	if planned.resolved != nil {
		return planned.resolved, nil
	}
	if !planned.Derivation.NeedsResolution(o.Settings.HasFeature(featureCA)) {
		return planned, nil
	}
	r := newResolver(o.Store, planned.known, o.Settings)
	d, drvPath, err := r.resolve(ctx, planned.DrvPath, planned.Derivation)
	if err != nil {
		return planned, err
	}
	resolved := &PlannedBuild{
		DrvPath: drvPath, Derivation: d, inputs: d.InputSrcs, refs: planned.refs, known: planned.known,
		Mode: planned.Mode, IsRebuild: planned.IsRebuild, damaged: planned.damaged,
	}
	if resolved.Options, err = d.Options(); err != nil {
		return planned, &statusError{status: InputRejected, err: err}
	}
	planned.resolved = resolved
	return resolved, nil
}

// resolved resolves a goal that is to be started, unless it needs no resolution,
// and reports whether there is nothing left to do: what it resolved to has been
// built, and need not be again.
func (r *request) resolved(g *goal) (outputs map[store.OutputName]store.Path, done bool) {
	planned, err := r.b.opts.resolve(r.ctx, g.planned)
	if err != nil || planned == g.planned {
		return nil, false // an error is told by who builds it
	}
	g.act.Resolved = string(planned.DrvPath)
	if planned.Mode == Check || planned.IsRebuild {
		return nil, false
	}
	d := planned.Derivation
	outputs = make(map[store.OutputName]store.Path, len(d.Outputs))
	for name, o := range d.Outputs {
		p := o.Path
		if p == "" && !o.Impure {
			found, ok, err := r.b.opts.Store.Realisation(r.ctx, planned.DrvPath, name)
			if err != nil || !ok {
				return nil, false
			}
			p = found.OutPath
		}
		if p == "" || r.b.opts.Store.AddTempRoot(r.ctx, p) != nil {
			return nil, false
		}
		if valid, err := r.b.opts.Store.IsValid(r.ctx, p); err != nil || !valid {
			return nil, false
		}
		outputs[name] = p
	}
	for name, p := range outputs {
		if g.planned.Derivation.Outputs[name].Path == "" {
			g.planned.known.set(outputID{g.planned.DrvPath, name}, p)
		}
	}
	return outputs, true
}

// find finds out which outputs are valid, and decides where the builder makes
// each.
func (j *job) find(ctx context.Context) (valid []store.Path, err error) {
	j.outputs = make(map[store.OutputName]store.Path)
	j.scratch = make(map[store.OutputName]store.Path)
	for name, o := range j.planned.Derivation.Outputs {
		p := o.Path
		isValid := false
		switch {
		case p != "":
			isValid, err = j.st.IsValid(ctx, p)
		case o.Impure:
			p, err = randomPath(j.st.Dir(), store.OutputPathName(j.planned.Derivation.Name, name))
		default:
			var r store.Realisation
			if r, isValid, err = j.st.Realisation(ctx, j.planned.DrvPath, name); err == nil && isValid {
				p = r.OutPath
			} else if err == nil {
				p, err = drv.ScratchPath(j.st.Dir(), j.planned.DrvPath, name)
			}
		}
		if err != nil {
			return nil, err
		}
		j.scratch[name] = p
		if isValid {
			j.outputs[name] = p
			valid = append(valid, p)
		}
	}
	return valid, nil
}

// randomPath returns a path that nothing else has.
func randomPath(dir store.Dir, name string) (store.Path, error) {
	digest := make([]byte, 20)
	if _, err := rand.Read(digest); err != nil {
		return "", err
	}
	return dir.ParsePath(string(dir) + "/" + nixbase32.EncodeToString(digest) + "-" + name)
}

// store adds the derivation if it is one that another was resolved to: it is part
// of what is known of its outputs.
func (j *job) store(ctx context.Context) error {
	if j.planned.known == nil || !j.isResolved {
		return nil
	}
	p, err := j.st.AddDerivation(ctx, j.planned.Derivation)
	if err == nil && p != j.planned.DrvPath {
		err = fmt.Errorf("add derivation %s: the store made it %s", j.planned.DrvPath, p)
	}
	return err
}

// note remembers where the outputs are, for what needs them: those of what was
// asked for, and of what it resolved to. If they were built now, the store
// remembers it too.
func (j *job) note(ctx context.Context, asked *PlannedBuild, status Status) error {
	drvPaths := []store.Path{j.planned.DrvPath}
	if j.isResolved {
		drvPaths = append(drvPaths, asked.DrvPath)
	}
	kind, err := j.planned.Derivation.Kind()
	if err != nil {
		return err
	}
	var rs []store.Realisation
	for _, drvPath := range drvPaths {
		for _, name := range slices.Sorted(maps.Keys(j.outputs)) {
			if asked.Derivation.Outputs[name].Path == "" {
				j.planned.known.set(outputID{drvPath, name}, j.outputs[name])
			}
			rs = append(rs, store.Realisation{DrvPath: drvPath, Output: name, OutPath: j.outputs[name]})
		}
	}
	if status != Built || kind == drv.Impure || !j.settings.HasFeature(featureCA) {
		return nil
	}
	return j.st.RegisterRealisations(ctx, rs, j.opts.SignRealisation)
}
