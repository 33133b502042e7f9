package local

import (
	"context"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"

	"nixbench/store"
)

// AddSignatures adds signatures to a valid path, and returns how many it did not have.
func (st *Store) AddSignatures(ctx context.Context, p store.Path, sigs []string) (added int, err error) {
	err = st.Writable()
	if err == nil {
		err = st.Flush(ctx)
	}
	if err == nil {
		err = st.db.write(ctx, func(c *sqlite.Conn) error {
			added, err = st.addSignatures(c, p, sigs)
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("add signatures: %w", err)
	}
	return added, nil
}

func (st *Store) addSignatures(c *sqlite.Conn, p store.Path, sigs []string) (added int, err error) {
	info, err := st.queryInfo(c, p)
	if err != nil {
		return 0, err
	}
	if info == nil {
		return 0, fmt.Errorf("%s: %w", p, store.ErrInvalidPath)
	}
	added = info.AddSigs(sigs...)
	if err := checkWords(info); err != nil {
		return 0, err
	}
	now := time.Now().Unix()
	if _, err := putPath(c, info, now); err != nil {
		return 0, err
	}
	return added, st.journal.valid([]*store.PathInfo{info}, now)
}
