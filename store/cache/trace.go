package cache

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"nixbench/store"
)

// traceFile returns the file of what an output came to be.
func traceFile(drvPath store.Path, output store.OutputName) string {
	return filepath.Join(traces, drvPath.Base(), output+".doi")
}

// Realisation returns what an output came to be, or ok false if the cache does not know.
func (c *Cache) Realisation(_ context.Context, drvPath store.Path, output store.OutputName) (r store.Realisation, ok bool, err error) {
	r = store.Realisation{DrvPath: drvPath, Output: output}
	text, err := c.read(traceFile(drvPath, output))
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	} else if err != nil {
		return r, false, err
	}
	if err := r.UnmarshalValue(c.store, text); err != nil {
		return r, false, fmt.Errorf("while parsing '%s' as a realisation: %w", traceFile(drvPath, output), err)
	}
	return r, true, nil
}

// AddRealisation notes what an output came to be, in place of what was noted.
func (c *Cache) AddRealisation(_ context.Context, r store.Realisation) error {
	text, err := json.Marshal(r.Value())
	if err != nil {
		return err
	}
	return c.write(traceFile(r.DrvPath, r.Output), text)
}
