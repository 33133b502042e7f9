package engine

import (
	"context"
	"errors"
	"slices"

	"nixbench/store"
)

// Reader returns all stores as one, for questions about paths: each path is
// that of the store that has it, Store before Machine.
func (e *Engine) Reader() store.Reader {
	if e.machine == nil {
		return e.store
	}
	return reader{e}
}

// reader asks for each path the store that has it. It is safe for concurrent use.
type reader struct{ e *Engine }

func (r reader) Dir() store.Dir { return r.e.store.Dir() }

func (r reader) IsValid(ctx context.Context, p store.Path) (bool, error) {
	_, err := r.e.StoreOf(ctx, p)
	if errors.Is(err, store.ErrInvalidPath) {
		return false, nil
	}
	return err == nil, err
}

func (r reader) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	st, err := r.e.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	return st.PathInfo(ctx, p)
}

// Referrers returns those of all stores: one may refer to what the other has.
func (r reader) Referrers(ctx context.Context, p store.Path) ([]store.Path, error) {
	own, err := r.e.store.Referrers(ctx, p)
	if err != nil {
		return nil, err
	}
	others, err := r.e.machine.Referrers(ctx, p)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(own, others)
	slices.Sort(all)
	return slices.Compact(all), nil
}

// RealPath returns where the files of p are.
func (r reader) RealPath(p store.Path) string { return r.e.realPath(string(p)) }
