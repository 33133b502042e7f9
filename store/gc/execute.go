package gc

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nixbench/store"
)

// A Result says what a collection did.
type Result struct {
	Deleted      []store.Path // in the order of deletion
	Freed        int64        // bytes on disk
	Spared       []Spared     // planned, but not deleted
	RootsRemoved []string     // links
	LimitReached bool         // stopped because of Options.MaxFreed
	// LinksSave is how many bytes the hard links of an optimised store save, less
	// what the directory of them takes.
	LinksSave int64
}

// Spared is a path that was dead in the plan and was not deleted.
type Spared struct {
	Path   store.Path
	Reason string // for people, such as "kept by /home/me/result"
}

// Progress says how far a collection is.
type Progress struct {
	Path        store.Path // deleted last
	Done, Total int        // paths
	Freed       int64      // bytes on disk
	Size, Sizes int64      // NarSize of the paths done and of all, in bytes
}

const (
	batchPaths = 500       // paths made invalid in one step
	batchBytes = 256 << 20 // and the sum of their NarSize
	atOnce     = 8         // paths whose files are deleted at a time
)

// Execute removes the roots that the options ignore and deletes what is in
// plan.Dead and still dead. What has come alive since, or was not in the plan,
// stays. If a root to be removed leads elsewhere than when the plan was made,
// it changes nothing and returns an error for which errors.Is(err, ErrStale).
//
// Progress, which may be nil, is called from the same goroutine after each path.
// If ctx is cancelled, what was deleted stays deleted and the store is valid.
// The Result is never nil; with an error it says what was done before.
// Execute panics if called twice.
func (plan *Plan) Execute(ctx context.Context, progress func(Progress)) (*Result, error) {
	if plan.done {
		panic("gc: plan executed twice")
	}
	plan.done = true
	if progress == nil {
		progress = func(Progress) {}
	}
	run := &execution{plan: plan, res: &Result{}, report: progress}
	if err := run.do(ctx); err != nil {
		return run.res, fmt.Errorf("collect garbage: %w", err)
	}
	return run.res, nil
}

// An execution is one call of Execute.
type execution struct {
	plan   *Plan
	res    *Result
	report func(Progress)

	coll   Collection
	fresh  *Plan
	whole  bool   // coll is a WholeCollection
	marks  *marks // what is live now; grows when processes ask for paths
	status Progress
	told   map[store.Path]bool // what of the present step progress has been told of
	failed error               // the first path that could not be deleted
}

func (run *execution) do(ctx context.Context) (err error) {
	coll, err := run.plan.st.LockGC(ctx)
	if err != nil {
		return err
	}
	run.coll = coll
	defer func() {
		if closeErr := coll.Close(); err == nil {
			err = closeErr
		}
	}()
	if err := run.refresh(ctx); err != nil {
		return err
	}
	if err := run.removeRoots(ctx); err != nil {
		return err
	}
	todo := run.stillDead()
	run.status.Total = len(todo)
	for _, item := range todo {
		run.status.Sizes += item.NarSize
	}
	run.watch(coll, todo)
	for len(todo) > 0 && !run.res.LimitReached {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := run.batchLen(todo)
		if err := run.deleteBatch(ctx, todo[:n]); err != nil {
			return err
		}
		todo = todo[n:]
	}
	if run.res.LinksSave, err = coll.Finish(ctx); err != nil {
		return err
	}
	return run.failed
}

// watch tells of progress while a step of a WholeCollection is under way.
func (run *execution) watch(coll Collection, todo []Item) {
	whole, ok := coll.(WholeCollection)
	if !ok {
		return
	}
	run.whole, run.told = true, make(map[store.Path]bool)
	sizes := make(map[store.Path]int64, len(todo))
	for _, item := range todo {
		sizes[item.Path] = item.NarSize
	}
	whole.OnDelete(func(p store.Path) {
		if size, planned := sizes[p]; planned && !run.told[p] {
			run.told[p] = true
			run.advance(p, size)
		}
	})
}

// advance tells of progress by one path.
func (run *execution) advance(p store.Path, narSize int64) {
	run.status.Path = p
	run.status.Done++
	run.status.Size += narSize
	run.status.Freed = run.res.Freed
	run.report(run.status)
}

// refresh takes stock of the store again, now that no root can be added
// without the collection knowing.
func (run *execution) refresh(ctx context.Context) error {
	run.fresh = &Plan{Options: run.plan.Options, st: run.plan.st}
	if err := run.fresh.read(ctx); err != nil {
		return err
	}
	run.marks = newMarks(run.fresh.Graph, run.fresh.Options)
	run.marks.markRoots(run.fresh.Roots)
	return nil
}

// removeRoots removes the ignored roots, after a look at whether all of them
// still lead where the plan says.
func (run *execution) removeRoots(ctx context.Context) error {
	now := make(map[string]Root)
	for _, r := range run.fresh.Roots {
		now[r.Link] = r
	}
	var links []Root
	for _, r := range run.plan.Roots {
		if !slices.Contains(run.plan.Options.Ignore, r.Link) {
			continue
		}
		if !r.Removable() {
			return fmt.Errorf("remove root %s: %s roots cannot be removed", r.Link, strings.TrimSpace(r.Note+" "+r.Kind.String()))
		}
		if current, found := now[r.Link]; found && current.Path != r.Path {
			return fmt.Errorf("remove root %s: %w", r.Link, ErrStale)
		} else if found {
			links = append(links, r)
		}
	}
	for _, r := range links {
		if err := run.coll.RemoveRoot(ctx, r); err != nil {
			return err
		}
		run.res.RootsRemoved = append(run.res.RootsRemoved, r.Link)
	}
	return nil
}

// stillDead returns what is dead now and was planned, referrers first.
func (run *execution) stillDead() []Item {
	planned := make(map[store.Path]bool, len(run.plan.Dead))
	for _, item := range run.plan.Dead {
		planned[item.Path] = true
	}
	run.fresh.decide()
	dead := make(map[store.Path]bool, len(run.fresh.Dead))
	var todo []Item
	for _, item := range run.fresh.Dead {
		dead[item.Path] = true
		if planned[item.Path] {
			todo = append(todo, item)
		}
	}
	for _, item := range run.plan.Dead {
		if !dead[item.Path] {
			run.spareLive(item.Path)
		}
	}
	return todo
}

// spareLive notes why a planned path is not dead any more, unless it is gone.
func (run *execution) spareLive(p store.Path) {
	if roots := run.fresh.KeptBy(p); len(roots) > 0 {
		run.spare(p, "kept by "+roots[0].Link)
	} else if i, found := run.fresh.Graph.Index(p); found && run.marks.live[i] {
		run.spare(p, "registered again since the plan was made")
	} else if run.marks.keepsStray(p) {
		run.spare(p, "a process asked to keep it")
	}
}

func (run *execution) spare(p store.Path, reason string) {
	run.res.Spared = append(run.res.Spared, Spared{p, reason})
}

// batchLen returns how many of the items to delete in one step, at least 1.
func (run *execution) batchLen(items []Item) int {
	limit := int64(batchBytes)
	switch most := run.plan.Options.MaxFreed; {
	case most > 0:
		limit = min(limit, most-run.res.Freed)
	case run.whole:
		return len(items)
	}
	var size int64
	for n, item := range items {
		if n == batchPaths || (n > 0 && size+item.NarSize > limit) {
			return n
		}
		size += item.NarSize
	}
	return len(items)
}

// deleteBatch makes items invalid, then deletes their files.
func (run *execution) deleteBatch(ctx context.Context, items []Item) error {
	paths := make([]store.Path, len(items))
	for i, item := range items {
		paths[i] = item.Path
	}
	for _, p := range run.coll.Claim(paths) {
		run.marks.keep(p)
	}
	defer run.coll.Release(paths)
	var valid []store.Path
	items = slices.DeleteFunc(slices.Clone(items), func(item Item) bool {
		kept := run.keptNow(item)
		if kept {
			run.coll.Release([]store.Path{item.Path})
		} else if item.Valid {
			valid = append(valid, item.Path)
		}
		return kept
	})
	inUse, err := run.coll.Invalidate(ctx, valid)
	if err != nil {
		return err
	}
	for _, p := range inUse {
		run.spare(p, "referred to by a path that is kept")
	}
	spared := make(map[store.Path]bool, len(inUse))
	for _, p := range inUse {
		spared[p] = true
	}
	items = slices.DeleteFunc(items, func(item Item) bool { return spared[item.Path] })
	return run.remove(ctx, items)
}

// keptNow reports whether an item has come alive since the collection began,
// and if so notes why.
func (run *execution) keptNow(item Item) bool {
	if run.coll.Kept(item.Path) {
		run.spare(item.Path, "a process asked to keep it")
		return true
	}
	if i, found := run.marks.graph.Index(item.Path); found && run.marks.live[i] {
		run.spare(item.Path, "needed by a path that a process asked to keep")
		return true
	}
	return false
}

// A removal is what came of deleting the files of one path.
type removal struct {
	freed int64
	err   error
}

// remove deletes the files of items, several at a time: a file system may take long over
// each, and does not keep others waiting meanwhile. Once ctx is done it begins no more.
func (run *execution) remove(ctx context.Context, items []Item) error {
	window := atOnce
	if run.whole {
		window = 1
	}
	removals := make([]chan removal, len(items))
	begun := 0
	for i, item := range items {
		for ; begun < min(i+window, len(items)); begun++ {
			done := make(chan removal, 1)
			removals[begun] = done
			go func(p store.Path) { done <- run.removeOne(ctx, p) }(items[begun].Path)
		}
		run.note(ctx, item, <-removals[i])
	}
	return ctx.Err()
}

func (run *execution) removeOne(ctx context.Context, p store.Path) removal {
	if err := ctx.Err(); err != nil {
		return removal{err: err}
	}
	freed, err := run.coll.Remove(ctx, p)
	return removal{freed, err}
}

// note takes stock of one path whose files were to be deleted. An error does not end
// the collection, unless ctx is done.
func (run *execution) note(ctx context.Context, item Item, r removal) {
	run.res.Freed += r.freed
	switch {
	case r.err != nil && ctx.Err() != nil:
		return
	case r.err != nil:
		run.spare(item.Path, r.err.Error())
		if run.failed == nil {
			run.failed = r.err
		}
	default:
		run.res.Deleted = append(run.res.Deleted, item.Path)
	}
	run.coll.Release([]store.Path{item.Path})
	if !run.told[item.Path] {
		run.advance(item.Path, item.NarSize)
	}
	if most := run.plan.Options.MaxFreed; most > 0 && run.res.Freed > most {
		run.res.LimitReached = true
	}
}
