package gc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"nixbench/store"
)

// ErrStale reports that a root that a plan is to remove has changed since the
// plan was made.
var ErrStale = errors.New("roots changed since the plan was made")

// Options say what a plan is to keep. The zero value keeps only what roots
// lead to by references.
type Options struct {
	KeepOutputs     bool // live derivations keep their outputs
	KeepDerivations bool // live outputs keep their derivers
	// MaxFreed is the number of bytes after which Execute stops; 0 means none.
	MaxFreed int64
	// Ignore lists links of roots that are treated as removed, and that Execute
	// removes first.
	Ignore []string
	// Only, if not nil, restricts the plan to these paths. Those that a live
	// path outside leads to stay; KeepOutputs and KeepDerivations do not matter.
	Only []store.Path
	// IgnoreLiveness treats all roots but temporary ones as if there were none.
	IgnoreLiveness bool
	// KeepSince keeps what was registered then or later; the zero value keeps
	// nothing for that reason.
	KeepSince time.Time
}

// An Item is something in the store directory.
type Item struct {
	// Path is a store path or, if not Valid, may be any other name in the
	// store directory.
	Path       store.Path
	NarSize    int64        // bytes; 0 if not Valid
	References []store.Path // sorted, without Path itself; the caller must not modify it
	Valid      bool
}

// A Plan lists what a collection would delete. It is made by [NewPlan] and can
// be executed once. Its fields are not to be modified.
type Plan struct {
	Options Options
	Roots   []Root // all that were found, also those that Options ignore
	Unread  []string
	Live    []Item       // sorted by path
	Dead    []Item       // referrers before the paths they refer to
	Graph   *store.Graph // of the valid paths

	LiveSize  int64 // sum of NarSize over Live, in bytes
	FreedSize int64 // sum of NarSize over Dead, in bytes

	st     Store
	strays []string // entries that are not valid paths, sorted
	done   bool
}

// NewPlan finds what no root leads to. It changes nothing.
func NewPlan(ctx context.Context, st Store, opts Options) (*Plan, error) {
	plan := &Plan{Options: opts, st: st}
	if err := plan.read(ctx); err != nil {
		return nil, fmt.Errorf("plan gc: %w", err)
	}
	plan.decide()
	return plan, nil
}

// Ignoring returns the plan for the same state of the store with other roots
// treated as removed. It reads nothing, so it is quick.
func (plan *Plan) Ignoring(links []string) *Plan {
	other := &Plan{
		Options: plan.Options, Roots: plan.Roots, Unread: plan.Unread,
		Graph: plan.Graph, st: plan.st, strays: plan.strays,
	}
	other.Options.Ignore = slices.Clone(links)
	other.decide()
	return other
}

// read takes stock of the store: entries first, so that what is registered
// meanwhile is not taken for a stray; roots last, so that what they lead to is
// in the graph or not yet listed.
func (plan *Plan) read(ctx context.Context) error {
	entries, err := plan.st.Entries(ctx)
	if err != nil {
		return err
	}
	if plan.Graph, err = plan.st.Graph(ctx); err != nil {
		return err
	}
	if plan.Roots, plan.Unread, err = plan.st.Roots(ctx); err != nil {
		return err
	}
	plan.strays = findStrays(plan.st, plan.Graph, entries)
	return nil
}

// findStrays returns the entries that are not valid paths and that no process
// uses, sorted.
func findStrays(st Store, graph *store.Graph, entries []string) []string {
	var strays []string
	for _, base := range entries {
		if _, valid := graph.Index(entryPath(st.Dir(), base)); valid || st.InUse(base) {
			continue
		}
		strays = append(strays, base)
	}
	slices.Sort(strays)
	return strays
}

// entryPath returns the path of an entry, which need not be a store path.
func entryPath(d store.Dir, base string) store.Path {
	return store.Path(string(d) + "/" + base)
}

// decide fills in Live, Dead and the sizes from what was read.
func (plan *Plan) decide() {
	m := newMarks(plan.Graph, plan.Options)
	m.markRoots(plan.Roots)
	g := plan.Graph
	refs := itemReferences(g)
	for i := range int32(g.Len()) {
		if m.live[i] {
			plan.Live = append(plan.Live, plan.item(i, refs))
			plan.LiveSize += g.NarSize[i]
		}
	}
	dir := plan.st.Dir()
	for _, base := range plan.strays {
		p := entryPath(dir, base)
		if !m.keepsStray(p) {
			plan.Dead = append(plan.Dead, Item{Path: p})
		}
	}
	for _, i := range m.dead() {
		plan.Dead = append(plan.Dead, plan.item(i, refs))
		plan.FreedSize += g.NarSize[i]
	}
}

func (plan *Plan) item(i int32, refs [][]store.Path) Item {
	g := plan.Graph
	return Item{Path: g.Paths[i], NarSize: g.NarSize[i], References: refs[i], Valid: true}
}

// itemReferences returns the references of all paths as paths.
func itemReferences(g *store.Graph) [][]store.Path {
	total := 0
	for i := range int32(g.Len()) {
		total += len(g.References(i))
	}
	all := make([]store.Path, 0, total)
	out := make([][]store.Path, g.Len())
	for i := range int32(g.Len()) {
		start := len(all)
		for _, r := range g.References(i) {
			all = append(all, g.Paths[r])
		}
		out[i] = all[start:len(all):len(all)]
	}
	return out
}
