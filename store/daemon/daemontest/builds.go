package daemontest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// This file makes up builds.

// queryMissing finds the derivations that have to be built.
func (c *conn) queryMissing(ctx context.Context) error {
	missing, err := c.missing(ctx, c.words())
	if err != nil {
		return err
	}
	return c.done(slices.Sorted(maps.Keys(missing)), []store.Path{}, []store.Path{}, 0, 0)
}

// missing returns the derivations of targets whose outputs are not valid, and
// those that they need.
func (c *conn) missing(ctx context.Context, targets []string) (map[store.Path]*drv.Derivation, error) {
	found := make(map[store.Path]*drv.Derivation)
	var visit func(p store.Path) error
	visit = func(p store.Path) error {
		d, err := c.s.st.ReadDerivation(ctx, p)
		if err != nil || found[p] != nil {
			return err
		}
		if valid, err := c.s.st.IsValid(ctx, d.OutputPath("out")); err != nil || valid {
			return err
		}
		found[p] = d
		for input := range d.InputDrvs {
			if err := visit(input); err != nil {
				return err
			}
		}
		return nil
	}
	for _, text := range targets {
		t, err := c.dir.ParseDerivedPath(text)
		if err == nil && t.Outputs != nil {
			err = visit(t.Path)
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// build makes up the outputs of targets.
func (c *conn) build(ctx context.Context) error {
	targets := c.words()
	c.number()
	missing, err := c.missing(ctx, targets)
	if err != nil {
		return err
	}
	order, err := store.TopoSort(ctx, slices.Sorted(maps.Keys(missing)), func(_ context.Context, p store.Path) ([]store.Path, error) {
		return slices.Collect(maps.Keys(missing[p].InputDrvs)), nil
	})
	if err != nil {
		return err
	}
	failed := make(map[store.Path]string)
	for id, p := range order {
		if err := c.buildOne(ctx, id+1, p, missing[p], failed); err != nil {
			return err
		}
	}
	c.put(tagLast, len(targets))
	for _, text := range targets {
		t, _ := c.dir.ParseDerivedPath(text)
		status, message := 0, failed[t.Path]
		switch {
		case message != "" && missing[t.Path].Env["fails"] == "":
			status = 10 // a dependency failed
		case message != "":
			status = 3
		}
		c.put(text, status, message, 1, 0, 0, 0, 0, 0, 0)
	}
	return nil
}

// buildOne builds, or notes why not in failed.
func (c *conn) buildOne(ctx context.Context, id int, p store.Path, d *drv.Derivation, failed map[store.Path]string) error {
	without := 0
	for input := range d.InputDrvs {
		if failed[input] != "" {
			without++
		}
	}
	if without > 0 {
		failed[p] = fmt.Sprintf("Cannot build '%s'.\nReason: %d dependencies failed.", p, without)
		return nil
	}
	c.put(tagStart, id, 3, 105, "building '"+string(p)+"'", 4, 1, p, 1, "", 0, 1, 0, 1, 0)
	c.put(tagResult, id, 104, 1, 1, "buildPhase")
	if d.Env["stopped"] != "" {
		failed[p] = "it was stopped"
		c.put(tagStop, id)
		return nil
	}
	says := d.Env["fails"]
	if says == "" {
		says = "making " + d.Name
	}
	c.put(tagResult, id, 101, 1, 1, says)
	if told := d.Env["tells"]; told != "" { // as with "@nix {"action":"msg"}"
		c.put(tagNext, told+"\n")
	}
	if d.Env["fails"] != "" {
		c.put(tagNext, "note: keeping build directory \"/builds/"+d.Name+"\"\n")
		failed[p] = fmt.Sprintf("builder for '%s' failed with exit code 1", p)
		c.put(tagNext, "error: "+failed[p]+"\n", tagStop, id)
		return nil
	}
	var archive bytes.Buffer
	if err := nar.DumpContents(&archive, []byte(d.Env["contents"])); err != nil {
		return err
	}
	var refs []store.Path
	for input := range d.InputDrvs {
		if in, err := c.s.st.ReadDerivation(ctx, input); err == nil {
			refs = append(refs, in.OutputPath("out"))
		}
	}
	slices.Sort(refs)
	info := &store.PathInfo{
		Path: d.OutputPath("out"), Deriver: p, NarHash: nixhash.Sum(nixhash.SHA256, archive.Bytes()), NarSize: int64(archive.Len()),
		References: refs, Ultimate: true,
	}
	if err := c.s.st.AddNAR(ctx, info, &archive); err != nil {
		return err
	}
	c.put(tagStop, id)
	return nil
}
