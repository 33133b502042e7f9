package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"nixbench/store"
)

// This file asks and tells a daemon what outputs came to be. Daemons from Nix 2.35 on know a
// derivation by its path, older ones by a hash (DrvHash), and write JSON.

// Realisation returns what the build trace of the daemon says that an output came to be, or ok
// false if it says nothing. Neither the derivation nor the path need be valid. Older daemons
// are asked for what hash returns, as [store.Realisation] has it; "" asks nothing.
func (st *Store) Realisation(ctx context.Context, drvPath store.Path, output store.OutputName, hash func() (string, error)) (r store.Realisation, ok bool, err error) {
	r = store.Realisation{DrvPath: drvPath, Output: output}
	err = st.with(ctx, func(c *conn) error {
		if c.features[featureRealisation] {
			ok, err = st.queryTrace(c, &r)
			return err
		}
		if r.DrvHash, err = hash(); err != nil || r.DrvHash == "" {
			return err
		}
		ok, err = st.queryOldTrace(c, &r)
		return err
	})
	if err != nil {
		return r, false, fmt.Errorf("query realisation of %s: %w", r, err)
	}
	return r, ok, nil
}

// queryTrace fills in the path and the signatures of r.
func (st *Store) queryTrace(c *conn, r *store.Realisation) (ok bool, err error) {
	if err := c.request(op(opQueryRealisation).path(r.DrvPath).text(r.Output), st.opts.Report, st.quick()); err != nil {
		return false, err
	}
	d := &c.dec
	if d.size("the number of realisations", 1) == 1 {
		r.OutPath, r.Sigs, ok = d.path(), d.words("a signature"), true
	}
	return ok, d.err
}

// queryOldTrace fills in the path and the old signatures of r.
func (st *Store) queryOldTrace(c *conn, r *store.Realisation) (ok bool, err error) {
	if err := c.request(op(opQueryRealisation).text(r.OldID()), st.opts.Report, st.quick()); err != nil {
		return false, err
	}
	d := &c.dec
	d.list("realisations", 1, func() {
		r.OutPath, r.OldSigs = d.realisationText()
		ok = true
	})
	return ok, d.err
}

// RegisterRealisation notes what an output came to be. The daemon refuses what contradicts
// what it knows; from 2.35 on also what no key that it trusts has signed, and it is not told
// what is Unresolved. Older daemons are not told what has no DrvHash.
func (st *Store) RegisterRealisation(ctx context.Context, r store.Realisation) error {
	err := st.with(ctx, func(c *conn) error {
		e := op(opRegisterDrvOutput)
		switch {
		case !c.features[featureRealisation]:
			text, err := r.MarshalOld()
			if err != nil || r.DrvHash == "" {
				return err
			}
			e.text(string(text))
		case r.Unresolved:
			return nil
		default:
			e.path(r.DrvPath).text(r.Output).path(r.OutPath).words(r.Sigs)
		}
		return c.request(e, st.opts.Report, st.quick())
	})
	if err != nil {
		return fmt.Errorf("register realisation of %s: %w", r, err)
	}
	return nil
}

// realisation reads "sha256:…!out" and what that came to be.
func (d *decoder) realisation(outputs map[store.OutputName]store.Path) {
	id := d.text("a realisation's name", maxWord)
	p, _ := d.realisationText()
	if d.err != nil {
		return
	}
	_, name, found := strings.Cut(id, "!")
	if err := store.CheckName(name); !found || err != nil {
		d.bad("got %q, want the name of a realisation", id)
		return
	}
	outputs[name] = p
}

// realisationText reads what an output came to be as a JSON object of Nix before 2.35.
func (d *decoder) realisationText() (p store.Path, sigs []string) {
	text := d.text("a realisation", maxText)
	if d.err != nil {
		return "", nil
	}
	var r struct {
		OutPath    string
		Signatures []string
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		d.bad("got a realisation that is no JSON: %v", err)
		return "", nil
	}
	p, err := d.dir.Join(r.OutPath)
	if err != nil {
		d.bad("got %q, want the base name of a store path: %v", r.OutPath, err)
	}
	return p, r.Signatures
}
