package engine

import (
	"context"
	"errors"
	"fmt"

	"nixbench/store"
	"nixbench/store/daemon"
)

// This file is the build trace of a store that a daemon serves.

// Realisation returns what an output of a derivation came to be, as far as the daemon knows:
// what its build trace says, with signatures, and otherwise where it says that the output is.
func (st *daemonStore) Realisation(ctx context.Context, drvPath store.Path, output store.OutputName) (store.Realisation, bool, error) {
	r, ok, err := st.askTrace(ctx, drvPath, output)
	if err != nil {
		return r, false, err
	}
	if ok {
		ok, err = st.IsValid(ctx, r.OutPath)
		return r, ok, err
	}
	outputs, err := st.DerivationOutputs(ctx, drvPath)
	if errors.Is(err, store.ErrInvalidPath) {
		err = nil
	}
	r.OutPath, ok = outputs[output]
	return r, ok, err
}

// askTrace asks the daemon's build trace. What it says is not looked at.
func (st *daemonStore) askTrace(ctx context.Context, drvPath store.Path, output store.OutputName) (store.Realisation, bool, error) {
	return st.Store.Realisation(ctx, drvPath, output, func() (string, error) { return st.oldDrvHash(ctx, drvPath) })
}

// oldDrvHash returns what Nix before 2.35 calls a derivation, "" if the store has it no more.
func (st *daemonStore) oldDrvHash(ctx context.Context, drvPath store.Path) (string, error) {
	d, err := st.ReadDerivation(ctx, drvPath)
	if err == nil {
		h, err := st.modulo.TraceHash(d)
		if err == nil {
			return h.Base16(), nil
		}
	}
	if errors.Is(err, store.ErrInvalidPath) {
		return "", nil // it is what another resolves to
	}
	return "", err
}

// FillOld fills in what Nix before 2.35 says of a realisation; see [local.Store.FillOld].
func (st *daemonStore) FillOld(ctx context.Context, r *store.Realisation) error {
	if r.DrvHash != "" {
		return nil // it was found by that
	}
	said, ok, err := st.askTrace(ctx, r.DrvPath, r.Output)
	if ok && said.OutPath == r.OutPath {
		r.OldSigs = said.OldSigs
	}
	if r.DrvHash = said.DrvHash; r.DrvHash == "" && err == nil {
		r.DrvHash, err = st.oldDrvHash(ctx, r.DrvPath)
	}
	return err
}

// registerRealisations notes what outputs came to be, until the daemon refuses one.
func (st *daemonStore) registerRealisations(ctx context.Context, rs []store.Realisation) error {
	for _, r := range rs {
		err := st.RegisterRealisation(ctx, r)
		var failure *daemon.Error
		if errors.As(err, &failure) {
			return failure // its words say which output
		} else if err != nil {
			return err
		}
	}
	return nil
}

// DeleteRealisations is what a daemon does not do.
func (st *daemonStore) DeleteRealisations(context.Context, []store.DrvOutput) error {
	return fmt.Errorf("operation 'deleteBuildTraces' is not supported by store '%s'", st.uri)
}
