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
func (w *worker) resolve(ctx context.Context, planned *PlannedBuild) (*PlannedBuild, error) {
	if planned.resolved != nil {
		return planned.resolved, nil
	}
	if !planned.Derivation.NeedsResolution(w.opts.Settings.HasFeature(featureCA)) {
		return planned, nil
	}
	r := newResolver(w.opts.Store, planned.known, w.opts.Settings)
	d, drvPath, err := r.resolve(ctx, planned.DrvPath, planned.Derivation)
	if err != nil {
		return planned, err
	}
	resolved := &PlannedBuild{
		DrvPath: drvPath, Derivation: d, inputs: d.InputSrcs, refs: planned.refs, known: planned.known,
	}
	if resolved.Options, err = d.Options(); err != nil {
		return planned, &statusError{status: InputRejected, err: err}
	}
	planned.resolved = resolved
	return resolved, nil
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
	return j.st.RegisterRealisations(ctx, rs)
}
