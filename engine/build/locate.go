package build

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"

	"nixbench/engine/event"
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
	if planned.node == nil || !planned.node.resolve {
		return planned, nil
	}
	d, _, err := planned.load(ctx, o.Store)
	if err != nil {
		return planned, err
	}
	d, drvPath, err := newResolver(o.Store, planned.known, o.Settings).resolve(ctx, planned.DrvPath, d)
	if err != nil {
		return planned, err
	}
	resolved := Planned(drvPath, d)
	resolved.refs, resolved.known = planned.refs, planned.known
	resolved.Mode, resolved.IsRebuild, resolved.damaged = planned.Mode, planned.IsRebuild, planned.damaged
	planned.resolved = resolved
	return resolved, nil
}

// resolved resolves a goal that is to be started, unless it needs no resolution,
// and reports whether there is nothing left to do: what is wanted of what it resolved to has
// been built, and need not be again.
func (r *request) resolved(g *goal) (outputs map[store.OutputName]store.Path, done bool) {
	planned, err := r.b.opts.resolve(r.ctx, g.planned)
	if err != nil || planned == g.planned {
		return nil, false // an error is told by who builds it
	}
	g.note(func(act *event.Activity) { act.Resolved = string(planned.DrvPath) })
	if planned.Mode == Check || planned.IsRebuild {
		return nil, false
	}
	outputs = make(map[store.OutputName]store.Path, len(planned.Outputs))
	for _, o := range planned.Outputs {
		if !slices.Contains(g.planned.node.wants, o.Name) {
			continue
		}
		p := o.Path
		if p == "" && planned.Kind != drv.Impure {
			found, ok, err := r.b.opts.Store.Realisation(r.ctx, planned.DrvPath, o.Name)
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
		outputs[o.Name] = p
	}
	for name, p := range outputs {
		if g.planned.pathOf(name) == "" {
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
	for _, o := range j.planned.Outputs {
		name, p := o.Name, o.Path
		isValid := false
		switch {
		case p != "":
			isValid, err = j.st.IsValid(ctx, p)
		case j.planned.Kind == drv.Impure:
			p, err = randomPath(j.st.Dir(), store.OutputPathName(drv.NameOf(j.planned.DrvPath), name))
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
	p, err := j.st.AddDerivation(ctx, j.drv)
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
	var rs []store.Realisation
	for i, drvPath := range drvPaths {
		for _, name := range slices.Sorted(maps.Keys(j.outputs)) {
			if asked.pathOf(name) == "" {
				j.planned.known.set(outputID{drvPath, name}, j.outputs[name])
			}
			rs = append(rs, store.Realisation{DrvPath: drvPath, Output: name, OutPath: j.outputs[name], Unresolved: i > 0})
		}
	}
	if status != Built || j.planned.Kind == drv.Impure || !j.settings.HasFeature(featureCA) {
		return nil
	}
	return j.st.RegisterRealisations(ctx, rs, j.opts.SignRealisation)
}
