package cache

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"nixbench/store"
)

// This file is what a cache says outputs came to be, where Nix has it from 2.35 on, and
// where older ones have it.
//
// Format: binary-cache-store.cc of Nix 2.36, and of 2.34.

const (
	traces    = "build-trace-v2"
	oldTraces = "realisations"
	traceEnd  = ".doi"
)

// traceFile returns the file of what an output came to be.
func traceFile(drvPath store.Path, output store.OutputName) string {
	return filepath.Join(traces, drvPath.Base(), output+traceEnd)
}

// oldTraceFile returns the file that older Nix has of it, by DrvHash.
func oldTraceFile(r store.Realisation) string {
	return filepath.Join(oldTraces, r.OldID()+traceEnd)
}

// Realisation returns what an output came to be, or ok false if the cache does not know.
// Hash returns what older Nix calls the derivation, "" if that is not known; nil asks only
// where newer ones have it.
func (c *Cache) Realisation(_ context.Context, drvPath store.Path, output store.OutputName, hash func() (string, error)) (r store.Realisation, ok bool, err error) {
	r = store.Realisation{DrvPath: drvPath, Output: output}
	v, ok, err := c.readTrace(traceFile(drvPath, output), "build trace value", r.String())
	r.OutPath, r.Sigs = v.path, v.sigs
	if ok || err != nil || hash == nil || !c.has(oldTraces) {
		return r, ok, err
	}
	if r.DrvHash, err = hash(); err != nil || r.DrvHash == "" {
		return r, false, err
	}
	v, ok, err = c.readTrace(oldTraceFile(r), "realisation", r.OldID())
	r.OutPath, r.OldSigs = v.path, v.sigs
	return r, ok, err
}

// HasBuildTrace reports whether Nix from 2.35 on has said of any outputs what they came to be.
func (c *Cache) HasBuildTrace() bool { return c.has(traces) }

func (c *Cache) has(name string) bool {
	_, err := os.Lstat(filepath.Join(c.dir, name))
	return err == nil
}

// AddRealisation notes what an output came to be, in place of what was noted: for older Nix,
// too, if DrvHash says what that calls the derivation.
func (c *Cache) AddRealisation(_ context.Context, r store.Realisation) error {
	if !r.Unresolved {
		text, err := json.Marshal(r.Value())
		if err == nil {
			err = c.write(traceFile(r.DrvPath, r.Output), text)
		}
		if err != nil {
			return err
		}
	}
	if r.DrvHash == "" {
		return nil
	}
	text, err := r.MarshalOld()
	if err != nil {
		return err
	}
	return c.write(oldTraceFile(r), text)
}
