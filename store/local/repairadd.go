package local

import (
	"context"
	"errors"
	"io/fs"

	"nixbench/store"
)

// This file puts right what is added and is valid, but has lost its files: after the
// loss of power, say, where a store is not made durable.

// has reports whether a path need not be added: it is valid and, where what is added is
// repaired, its files are those that it was registered with.
func (st *Store) has(ctx context.Context, p store.Path) (bool, error) {
	valid, err := st.isValid(ctx, p)
	if err != nil || !valid || !st.repair {
		return valid, err
	}
	info, err := st.pathInfo(ctx, p)
	if err != nil {
		return false, err
	}
	return st.isIntact(ctx, info)
}

// isIntact reports whether a valid path has the contents that it was registered with.
func (st *Store) isIntact(ctx context.Context, info *store.PathInfo) (bool, error) {
	err := st.checkContents(ctx, info)
	if ctx.Err() != nil || errors.Is(err, fs.ErrPermission) {
		return false, err
	}
	return err == nil, nil
}

// mend puts an object in the place of a valid path's files if those are damaged, where
// what is added is repaired. What is known of the path stays known.
func (st *Store) mend(ctx context.Context, obj object) error {
	if !st.repair {
		return nil
	}
	info, err := st.pathInfo(ctx, obj.info.Path)
	if err != nil {
		return err
	}
	if intact, err := st.isIntact(ctx, info); err != nil || intact {
		return err
	}
	return st.replace(ctx, info, obj.file)
}
