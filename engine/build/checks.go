package build

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/drv"
)

// checkOutputs holds outputs against what the derivation allows of them.
//
// Behaviour: Nix, derivation-check.cc.
func (j *job) checkOutputs(ctx context.Context, outputs []*output) error {
	c := &checker{st: j.st, planned: j.planned, infos: map[store.Path]*store.PathInfo{}, outputs: maps.Clone(j.outputs)}
	for _, o := range outputs {
		c.infos[o.info.Path] = o.info
		c.outputs[o.name] = o.info.Path
	}
	for _, o := range outputs {
		if err := c.check(ctx, o, j.options.ChecksFor(o.name)); err != nil {
			return err
		}
	}
	return nil
}

// A checker knows the store as it would be with the outputs in it.
type checker struct {
	st      Store
	planned *PlannedBuild
	infos   map[store.Path]*store.PathInfo  // of the outputs
	outputs map[store.OutputName]store.Path // where they go, or are already
}

// names returns the names of the outputs of the derivation.
func (c *checker) names() []store.OutputName {
	names := make([]store.OutputName, len(c.planned.Outputs))
	for i, o := range c.planned.Outputs {
		names[i] = o.Name
	}
	return names
}

func (c *checker) info(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	if info := c.infos[p]; info != nil {
		return info, nil
	}
	return c.st.PathInfo(ctx, p)
}

// closure returns the closure of p, sorted, and its size in bytes of NAR.
func (c *checker) closure(ctx context.Context, p store.Path) (paths []store.Path, size int64, err error) {
	paths, err = store.Requisites(ctx, func(ctx context.Context, p store.Path) ([]store.Path, error) {
		info, err := c.info(ctx, p)
		if err != nil {
			return nil, err
		}
		size += info.NarSize
		return info.References, nil
	}, p)
	return paths, size, err
}

func (c *checker) check(ctx context.Context, o *output, checks drv.OutputChecks) error {
	if checks.MaxSize != nil && o.info.NarSize > *checks.MaxSize {
		return rejectf("path '%s' is too large at %d bytes; limit is %d bytes", o.info.Path, o.info.NarSize, *checks.MaxSize)
	}
	var requisites []store.Path
	if checks.MaxClosureSize != nil || checks.AllowedRequisites != nil || len(checks.DisallowedRequisites) > 0 {
		paths, size, err := c.closure(ctx, o.info.Path)
		if err != nil {
			return err
		}
		if checks.MaxClosureSize != nil && size > *checks.MaxClosureSize {
			return rejectf("closure of path '%s' is too large at %d bytes; limit is %d bytes", o.info.Path, size, *checks.MaxClosureSize)
		}
		requisites = paths
		if checks.IgnoreSelfRefs {
			requisites = slices.DeleteFunc(slices.Clone(paths), func(p store.Path) bool { return p == o.info.Path })
		}
	}
	for _, rule := range []struct {
		list    []string
		used    []store.Path
		isAllow bool
	}{
		{checks.AllowedReferences, o.info.References, true},
		{checks.AllowedRequisites, requisites, true},
		{checks.DisallowedReferences, o.info.References, false},
		{checks.DisallowedRequisites, requisites, false},
	} {
		if rule.list == nil {
			continue // which is not the same as to allow none
		}
		if err := c.checkRule(o, rule.list, rule.used, rule.isAllow); err != nil {
			return err
		}
	}
	return nil
}

// checkRule refuses paths in used that list does not allow, or forbids.
func (c *checker) checkRule(o *output, list []string, used []store.Path, isAllow bool) error {
	named := make(map[store.Path]bool)
	for _, word := range list {
		p, ok := c.parse(word)
		if !ok {
			return rejectf("derivation '%s' output check for '%s' contains output name '%s', but this is not a valid output of this derivation. (Valid outputs are [%s].)",
				c.planned.DrvPath, o.name, word, strings.Join(c.names(), ", "))
		}
		named[p] = true
	}
	var bad strings.Builder
	for _, p := range used {
		if named[p] != isAllow {
			fmt.Fprintf(&bad, "\n  %s", p)
		}
	}
	if bad.Len() > 0 {
		return rejectf("output '%s' is not allowed to refer to the following paths:%s", o.info.Path, bad.String())
	}
	return nil
}

// parse returns the path that a word of a rule means.
func (c *checker) parse(word string) (p store.Path, ok bool) {
	if p, _, err := c.st.Dir().PathOf(word); err == nil {
		return p, true
	}
	p, ok = c.outputs[word]
	return p, ok
}
