package gc

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"slices"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/reclaim"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/tui"
)

// data is what a reading of the store gives. It does not change.
type data struct {
	plan                *gc.Plan
	rc                  *reclaim.Reclaim
	groups              []reclaim.Group
	settingsPaths       int // live only because of keep-outputs and keep-derivations
	settingsSize        int64
	pinned              map[string]bool // links of generations
	pinsErr             error           // why pins are not known
	namesakes           map[string]int  // how many generations have a short name
	diskUsed, diskTotal int64           // 0: not known
}

// groupsShown is how many groups of roots are offered.
const groupsShown = 20

// groupsOfLinks are the first groups without temporary roots, which nobody can mark, and
// of which the workbench has one for each path that it has evaluated or built.
func groupsOfLinks(plan *gc.Plan, groups []reclaim.Group) []reclaim.Group {
	var out []reclaim.Group
	for _, g := range groups {
		if len(out) == groupsShown {
			break
		}
		if !slices.ContainsFunc(g.Roots, func(i int) bool { return plan.Roots[i].Kind == gc.KindTemp }) {
			out = append(out, g)
		}
	}
	return out
}

func (s *Screen) reload() tea.Cmd {
	b := s.env.Backend
	return tui.Ask(s.env, &s.load, func(ctx context.Context) (*data, error) {
		plan, err := b.GCPlan(ctx)
		if err != nil {
			return nil, err
		}
		d := &data{plan: plan, rc: reclaim.New(plan), namesakes: countNames(plan.Roots)}
		d.groups = groupsOfLinks(plan, d.rc.Groups(math.MaxInt))
		d.settingsPaths, d.settingsSize = d.rc.BySettings()
		d.pinned, d.pinsErr = pins(ctx, b)
		// A disk that tells nothing is only not shown.
		d.diskUsed, d.diskTotal, _ = b.Disk(ctx)
		return d, nil
	})
}

// pins finds the generations that a user has pinned, which rules leave alone.
func pins(ctx context.Context, b tui.Profiles) (map[string]bool, error) {
	profiles, err := b.ProfileList(ctx)
	if err != nil {
		return nil, err
	}
	pinned := map[string]bool{}
	var errs []error
	for _, p := range profiles {
		gens, err := b.Generations(ctx, p.Link)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, g := range gens {
			if g.Pinned {
				pinned[g.Link] = true
			}
		}
	}
	return pinned, errors.Join(errs...)
}

// loaded takes a reading: marks stay on the roots that are still there.
func (s *Screen) loaded(msg tui.Answer[*data]) tea.Cmd {
	if !msg.For(&s.load) {
		return nil
	}
	s.err = msg.Err
	if s.err != nil {
		s.roots.Empty = "the roots could not be read; f5 tries again"
		s.roots.Changed()
		return s.env.Fail(msg.Err)
	}
	s.data, s.sizes, s.exact, s.proposal = msg.Value, nil, -1, nil
	s.freeing.Cancel()
	there := map[string]bool{}
	for _, r := range s.data.plan.Roots {
		if canMark(r) {
			there[r.Link] = true
		}
	}
	maps.DeleteFunc(s.marks, func(link string, _ bool) bool { return !there[link] })
	s.roots.Empty = "no roots of this kind (f: other kinds)"
	if len(s.data.plan.Roots) == 0 {
		s.roots.Empty = "there are no roots: a collection would delete everything"
	}
	s.setGroups()
	s.arrange()
	rc, n := s.data.rc, len(s.data.plan.Roots)
	sizing := tui.Ask(s.env, &s.sizing, func(ctx context.Context) ([]int64, error) {
		sizes := make([]int64, n)
		for i := range sizes {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			sizes[i] = rc.ClosureSize(i)
		}
		return sizes, nil
	})
	return tea.Batch(sizing, s.markWanted(), s.remark())
}

// remark finds out what the marks come to.
func (s *Screen) remark() tea.Cmd {
	s.exact = -1
	s.exacting.Cancel()
	if s.data == nil {
		return nil
	}
	rc, marked := s.data.rc, s.marked()
	return tui.Ask(s.env, &s.effecting, func(ctx context.Context) (*effect, error) {
		e := &effect{Effect: *rc.Effect(marked)}
		e.biggest = biggest(rc.Plan(), e.Freed)
		return e, ctx.Err()
	})
}

// An effect is what the marks come to.
type effect struct {
	reclaim.Effect
	biggest []gc.Item // of all that would go, dead already or not
}

// biggestShown is how many of the biggest paths are known.
const biggestShown = 12

// biggest are the biggest of what is dead and of freed, which is sorted.
func biggest(plan *gc.Plan, freed []store.Path) []gc.Item {
	all := make([]gc.Item, 0, biggestShown+1)
	add := func(it gc.Item) {
		i, _ := slices.BinarySearchFunc(all, it, func(a, b gc.Item) int {
			return cmp.Or(cmp.Compare(b.NarSize, a.NarSize), cmp.Compare(a.Path, b.Path))
		})
		if i < biggestShown {
			all = slices.Insert(all, i, it)
			all = all[:min(len(all), biggestShown)]
		}
	}
	for _, p := range freed[:min(len(freed), biggestShown)] {
		if i, ok := plan.Graph.Index(p); ok {
			add(gc.Item{Path: p, NarSize: plan.Graph.NarSize[i]})
		}
	}
	for _, it := range plan.Dead {
		add(it)
	}
	return all
}

// marked are the marked roots, as positions in the plan.
func (s *Screen) marked() []int {
	var out []int
	for i, r := range s.data.plan.Roots {
		if s.marks[r.Link] {
			out = append(out, i)
		}
	}
	return out
}

// markedLinks are the links of the marked roots, sorted.
func (s *Screen) markedLinks() []string { return slices.Sorted(maps.Keys(s.marks)) }

// totals are what a collection with the marks would delete.
func (s *Screen) totals() (paths int, size int64) {
	return len(s.data.plan.Dead) + len(s.effect.Freed), s.data.plan.FreedSize + s.effect.FreedSize
}
