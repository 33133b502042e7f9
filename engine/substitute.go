package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"nixbench/engine/build"
	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/cache"
	"nixbench/store/local"
	"nixbench/store/narinfo"
)

// This file copies from binary caches what would have to be built. Only those that are
// directories of this machine are asked.
//
// Behaviour: Nix, substitution-goal.cc and querySubstitutablePathInfos in store-api.cc.

// notify tells of something that was met while paths were copied.
func (e *Engine) notify(isError bool, text string) {
	e.hub.Say(0, isError, text)
}

// A substitution copies paths from substituters, each after those that it refers to.
type substitution struct {
	e     *Engine
	subs  []*substituter
	slots chan struct{} // one is put in for each path that is being copied
	paths map[store.Path]*substitutedPath
	// put adds an object from its archive. Nil adds what is not valid.
	put func(ctx context.Context, info *store.PathInfo, archive io.Reader) error
}

// mend puts what a substituter has in the place of a valid path that is damaged, and reports
// whether one has it.
func (e *Engine) mend(ctx context.Context, p store.Path) (mended bool, err error) {
	st, ok := e.store.(*local.Store)
	if !ok {
		return false, nil
	}
	s := &substitution{e: e, subs: e.substituters(), slots: make(chan struct{}, 1), put: st.RepairNAR}
	offers, err := s.ask(p)
	if err != nil {
		return false, err
	}
	failed, err := s.obtain(ctx, p, offers)
	return failed == 0, err
}

// mendPlanned puts what substituters have in the place of what a plan would build anew because
// it is damaged, and of paths that are to be repaired themselves, and returns the plan of what is
// left. Paths that nobody has are an [*UnknownError].
//
// Behaviour: DerivationGoal and PathSubstitutionGoal in Nix, which copy also what is intact.
func (e *Engine) mendPlanned(ctx context.Context, plan *Plan) (*Plan, error) {
	for _, t := range plan.Targets {
		if t.Outputs != nil || !slices.Contains(plan.Valid, t.Path) {
			continue
		}
		mended, err := e.mend(ctx, t.Path)
		if err == nil && !mended {
			err = &UnknownError{Path: t.Path}
		}
		if err != nil {
			return nil, err
		}
	}
	changed := false
	for _, p := range plan.Damaged() {
		mended, err := e.mend(ctx, p)
		if err != nil {
			return nil, err
		}
		if mended {
			changed, plan.opts.Intact[p] = true, true
		}
	}
	if !changed {
		return plan, nil
	}
	return e.planAgain(ctx, plan, plan.opts.Failed)
}

// A substitutedPath is one path of a substitution. What came of it is known once done is
// closed.
type substitutedPath struct {
	path   store.Path
	offers []offer
	done   chan struct{}
	failed build.Failed // 0: it is valid
}

// An offer is what a substituter says of a path that it has. It is asked once: what paths
// wait for does not change while they do.
type offer struct {
	from    *substituter
	info    *narinfo.Info
	err     error // why it cannot be read; then info is nil
	trusted bool
}

// ask asks all substituters about a path.
func (s *substitution) ask(p store.Path) (offers []offer, err error) {
	for _, sub := range s.subs {
		info, err := sub.info(p)
		if info == nil && err == nil {
			continue
		}
		o := offer{from: sub, info: info, err: err}
		if err == nil {
			if o.trusted, err = s.trusts(sub, info); err != nil {
				return nil, err
			}
		}
		offers = append(offers, o)
	}
	return offers, nil
}

// run copies paths. What could not be copied is said in them; the error is that of ctx, or of
// the store.
func (s *substitution) run(ctx context.Context, paths []store.Path) error {
	s.slots = make(chan struct{}, max(1, s.e.Settings().MaxSubstJobs))
	for _, p := range paths {
		offers, err := s.ask(p)
		if err != nil {
			return err
		}
		s.paths[p] = &substitutedPath{path: p, offers: offers, done: make(chan struct{})}
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	for _, p := range s.order(paths) {
		all.Go(func() {
			sp := s.paths[p]
			failed, err := s.obtain(ctx, p, sp.offers)
			sp.failed = failed
			close(sp.done)
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
		})
	}
	all.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(errs...)
}

// order returns the paths that can be waited for: those that refer to each other, as caches
// say that are trusted, are never had.
func (s *substitution) order(paths []store.Path) []store.Path {
	refs := make(map[store.Path][]store.Path, len(paths))
	waits := make(map[store.Path]int, len(paths)) // for how many others
	users := make(map[store.Path][]store.Path)
	for _, p := range paths {
		for _, o := range s.paths[p].offers {
			if o.trusted {
				refs[p] = append(refs[p], o.info.OtherReferences()...)
			}
		}
		for _, ref := range store.SortUnique(refs[p]) {
			if s.paths[ref] != nil {
				waits[p]++
				users[ref] = append(users[ref], p)
			}
		}
	}
	var order []store.Path
	for _, p := range paths {
		if waits[p] == 0 {
			order = append(order, p)
		}
	}
	for i := 0; i < len(order); i++ {
		for _, user := range users[order[i]] {
			if waits[user]--; waits[user] == 0 {
				order = append(order, user)
			}
		}
	}
	inOrder := make(map[store.Path]bool, len(order))
	for _, p := range order {
		inOrder[p] = true
	}
	for _, p := range paths {
		if !inOrder[p] {
			s.paths[p].failed = build.NotHad
			close(s.paths[p].done)
		}
	}
	return order
}

// obtain makes a path valid from the first offer that it can be had from.
func (s *substitution) obtain(ctx context.Context, p store.Path, offers []offer) (build.Failed, error) {
	if err := s.e.store.AddTempRoot(ctx, p); err != nil {
		return build.NotHad, err
	}
	if s.put == nil {
		if valid, err := (bothStores{s.e}).IsValid(ctx, p); err != nil || valid {
			return 0, err
		}
	}
	failed := build.NotHad
	for _, o := range offers {
		if o.err != nil {
			s.e.notify(true, "error: "+o.err.Error())
			continue
		}
		if !o.trusted {
			s.e.notify(false, fmt.Sprintf("warning: ignoring substitute for '%s' from '%s', "+
				"as it's not signed by any of the keys in 'trusted-public-keys'", p, o.from.URL()))
			continue
		}
		ofRefs, err := s.await(ctx, o.info.OtherReferences())
		if err != nil {
			return failed, err
		}
		if ofRefs != 0 {
			failed = max(failed, ofRefs)
			continue
		}
		switch err := s.copy(ctx, o.from, o.info); {
		case err == nil:
			return 0, nil
		case ctx.Err() != nil:
			return failed, ctx.Err()
		case errors.As(err, new(*cache.GoneError)):
			s.e.notify(false, "warning: "+importWords(err))
		default:
			s.e.notify(true, "error: "+importWords(err))
			failed = build.Broken
		}
	}
	return failed, nil
}

// trusts reports whether what a cache says of a path may be believed.
func (s *substitution) trusts(sub *substituter, info *narinfo.Info) (bool, error) {
	if sub.trusted || !s.e.Settings().RequireSigs {
		return true, nil
	}
	return s.e.trusts(&info.PathInfo)
}

// await waits for paths that another one refers to, and says whether one of them failed.
func (s *substitution) await(ctx context.Context, refs []store.Path) (build.Failed, error) {
	var failed build.Failed
	for _, ref := range refs {
		if other := s.paths[ref]; other != nil {
			select {
			case <-other.done:
			case <-ctx.Done():
				return 0, ctx.Err()
			}
			failed = max(failed, other.failed)
			continue
		}
		valid, err := bothStores{s.e}.IsValid(ctx, ref)
		if err != nil {
			return 0, err
		}
		if !valid {
			failed = max(failed, build.NotHad)
		}
	}
	return failed, nil
}

// copy copies a path whose references are valid.
func (s *substitution) copy(ctx context.Context, sub *substituter, info *narinfo.Info) error {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	act := event.Activity{
		ID: s.e.hub.NewID(), Kind: event.Substitute, Name: info.Path.Name(), Subject: string(info.Path), Text: sub.URL(),
		State: event.Running, Started: time.Now(), Total: info.NarSize,
	}
	s.e.hub.Post(act)
	from := said{sub.Cache, info, func(n int64) { // bytes that have come
		now := act
		now.Done = n
		s.e.hub.Post(now)
	}}
	var err error
	if s.put == nil {
		err = s.e.takePath(ctx, from, info.Path, CopyOptions{Unsigned: true}) // it was looked at
	} else {
		err = piped(ctx, from, info.Path, func(archive io.Reader) error { return s.put(ctx, &info.PathInfo, archive) })
	}
	if err == nil {
		act.Outputs, act.Done = []string{string(info.Path)}, info.NarSize
	}
	s.e.finish(ctx, &act, err)
	return err
}

// said is a cache of which it was looked at what it says of a path: that does not change
// any more.
type said struct {
	*cache.Cache
	info *narinfo.Info
	came func(n int64) // is told now and then how many bytes of the archive have come
}

// Dump writes the archive of a path.
func (s said) Dump(ctx context.Context, w io.Writer, p store.Path) error {
	return s.Cache.Dump(ctx, &counter{w: w, told: time.Now(), tell: s.came}, p)
}

// tellEvery is how often it is told how far a path has come.
const tellEvery = 100 * time.Millisecond

// A counter is a writer that tells how much was written.
type counter struct {
	w    io.Writer
	n    int64
	told time.Time
	tell func(n int64)
}

// Write writes to what is below.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	if now := time.Now(); now.Sub(c.told) >= tellEvery {
		c.told = now
		c.tell(c.n)
	}
	return n, err
}

func (s said) PathInfo(context.Context, store.Path) (*store.PathInfo, error) {
	return &s.info.PathInfo, nil
}

// importWords says in Nix's words why a path was not copied.
func importWords(err error) string {
	var mismatch *store.HashMismatch
	var gone *cache.GoneError
	switch {
	case errors.As(err, &gone):
		return gone.Error()
	case errors.As(err, &mismatch):
		return mismatch.Message()
	}
	return strings.TrimSpace(err.Error())
}
