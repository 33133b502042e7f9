package engine

import (
	"context"
	"errors"

	"nixbench/store"
	"nixbench/store/local"
)

// A Rebuild is a plan to make the database of a store anew.
type Rebuild = local.Rebuild

// PlanRebuild plans to make the database of the store that is built into anew, from its
// journal and its files, which it hashes. No engine may have the store open. Progress,
// which may be nil, is called before each path is checked. The caller closes the plan.
func PlanRebuild(ctx context.Context, opts Options, progress func(p store.Path, done, total int)) (*Rebuild, error) {
	e := &Engine{}
	if err := e.configure(opts); err != nil {
		return nil, err
	}
	loc, err := e.locate(opts)
	if err != nil {
		return nil, err
	}
	if loc.Daemon != nil || loc.Dummy {
		return nil, errors.New("rebuild the database: that is for who may write the store itself: --store local")
	}
	return local.PlanRebuild(ctx, loc.Build, progress)
}
