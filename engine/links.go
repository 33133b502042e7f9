package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"nixbench/store"
	"nixbench/store/local"
)

// Settle makes what was added valid for others, and so that a crash of the machine undoes
// nothing of it: then it may be told of. Behind a daemon the latter is up to that.
func (e *Engine) Settle(ctx context.Context) error {
	if err := e.Flush(ctx); err != nil {
		return err
	}
	if e.evalsIn != nil {
		return e.evalsIn.Settle(ctx)
	}
	if st, ok := e.store.(*local.Store); ok && !st.ReadOnly() {
		return st.Sync(ctx)
	}
	return nil
}

// ResolveLink follows links from file until one leads into the store, and
// returns the store path there. Shown is the name that errors say.
func (e *Engine) ResolveLink(file, shown string) (store.Path, error) {
	dir := e.store.Dir()
	for range store.MaxLinks {
		if p, _, err := dir.PathOf(file); err == nil {
			return p, nil
		}
		if rest, ok := strings.CutPrefix(file, e.store.RealDir()+"/"); ok {
			p, _, err := dir.PathOf(string(dir) + "/" + rest)
			return p, err
		}
		target, err := os.Readlink(file)
		if err != nil {
			return "", fmt.Errorf("path '%s' is not in the store and leads to nothing in it", shown)
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(file), target)
		}
		file = target
	}
	return "", fmt.Errorf("path '%s': too many levels of symbolic links", shown)
}
