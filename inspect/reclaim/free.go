package reclaim

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"nixbench/store/gc"
)

// FreeOptions say which roots may go to free space. The zero value takes all
// that a user may remove, but for links in the gcroots directory itself: those
// were put there on purpose, as that of the system that was booted.
type FreeOptions struct {
	// Spare says of a root that it is to stay; nil for none.
	Spare func(root gc.Root) bool
	// Loss says how much the loss of a root would hurt: more than 0. The default
	// is [Loss] at the time of the newest root.
	Loss func(root gc.Root) float64
}

// Loss is how much the loss of a root hurts that was made at some time: 1 for
// one that is old, ten times as much for one of 30 days, and a hundred times
// for one of today, or of unknown age. So a few old roots go before a new one.
func Loss(root gc.Root, now time.Time) float64 {
	const scale = 30 * 24 * time.Hour
	if root.Since.IsZero() || root.Since.After(now) {
		return 100
	}
	age := float64(now.Sub(root.Since)) / float64(scale)
	return 1 + 99/(1+10*age)
}

// Free is a set of roots whose loss frees what was asked for.
type Free struct {
	Roots []int // in order; empty if what is dead already is enough
	// Enough says that what is dead and what these roots keep come to the size
	// that was asked for. If not, Roots are all that keep anything.
	Enough bool
	// Dead is what a collection frees without them, Effect what they add.
	DeadSize int64
	Effect   *Effect
	Loss     float64
	// Exact says that no other set loses less. Otherwise the set is a good one
	// in which no root is superfluous.
	Exact bool
}

// exactRoots is the number of roots up to which all sets are tried.
const exactRoots = 18

// Free returns the roots whose loss frees size bytes, with what is dead already,
// at the least loss. With up to 18 roots to choose from no set is better; of
// more, a set is found step by step and then improved. It takes some 100 ms for
// 100,000 paths.
func (r *Reclaim) Free(size int64, opts FreeOptions) *Free {
	f := &Free{DeadSize: r.deadSize()}
	c := r.newChoice(opts)
	switch wanted := size - f.DeadSize; {
	case wanted <= 0:
		f.Exact, f.Enough = true, true
	case c.freed(c.everything()) < wanted:
		f.Roots, f.Exact = c.useful(), true
	default:
		f.Enough = true
		chosen := c.greedy(wanted)
		f.Exact = len(c.roots) <= exactRoots
		chosen = c.improve(chosen, wanted)
		for i, in := range chosen {
			if in {
				f.Roots = append(f.Roots, c.roots[i]...)
				f.Loss += c.loss[i]
			}
		}
		slices.Sort(f.Roots)
	}
	f.Effect = r.Effect(f.Roots)
	return f
}

// deadSize is what a collection frees that ignores no root.
func (r *Reclaim) deadSize() (size int64) {
	for v, live := range r.live {
		if !live {
			size += r.g.NarSize[v]
		}
	}
	return size
}

// A choice is among targets: paths that only roots keep which may go. Roots of
// the same path go together, since one alone frees nothing.
type choice struct {
	roots  [][]int   // by target
	loss   []float64 // by target
	shares []share   // what certain targets keep together, largest first
}

// A share is freed once all of its targets go.
type share struct {
	targets []int32 // ascending
	size    int64
}

func (r *Reclaim) newChoice(opts FreeOptions) *choice {
	if opts.Loss == nil {
		now := time.Time{}
		for _, root := range r.plan.Roots {
			if root.Since.After(now) {
				now = root.Since
			}
		}
		opts.Loss = func(root gc.Root) float64 { return Loss(root, now) }
	}
	targets, byTarget := r.targets()
	position := make([]int32, len(targets)) // among those that may go, -1 for others
	c := &choice{}
	for t, p := range targets {
		position[t] = -1
		loss, mayGo := 0.0, true
		for _, i := range byTarget[p] {
			root := r.plan.Roots[i]
			mayGo = mayGo && root.Removable() && root.Kind != gc.KindOther && (opts.Spare == nil || !opts.Spare(root))
			loss += opts.Loss(root)
		}
		if mayGo {
			position[t] = int32(len(c.roots))
			c.roots, c.loss = append(c.roots, byTarget[p]), append(c.loss, loss)
		}
	}
	sets := r.keeperSets(targets)
	sizes := make(map[int32]int64) // by set
	for v, id := range sets.of[:r.g.Len()] {
		if id >= 0 {
			sizes[id] += r.g.NarSize[v]
		}
	}
	for id, size := range sizes {
		s := share{size: size}
		for _, t := range sets.members[id] {
			s.targets = append(s.targets, position[t])
		}
		if slices.Sort(s.targets); s.targets[0] >= 0 && size > 0 {
			c.shares = append(c.shares, s)
		}
	}
	slices.SortFunc(c.shares, func(a, b share) int {
		return cmp.Or(cmp.Compare(b.size, a.size), slices.Compare(a.targets, b.targets))
	})
	return c
}

func (c *choice) everything() []bool {
	all := make([]bool, len(c.roots))
	for i := range all {
		all[i] = true
	}
	return all
}

// useful returns the roots that keep anything that the others of the choice
// and nothing else keeps.
func (c *choice) useful() (roots []int) {
	in := make([]bool, len(c.roots))
	for _, s := range c.shares {
		for _, t := range s.targets {
			in[t] = true
		}
	}
	for t, useful := range in {
		if useful {
			roots = append(roots, c.roots[t]...)
		}
	}
	slices.Sort(roots)
	return roots
}

// freed returns what goes with the chosen targets, in bytes.
func (c *choice) freed(chosen []bool) (size int64) {
	for _, s := range c.shares {
		if all(s.targets, chosen) {
			size += s.size
		}
	}
	return size
}

func all(targets []int32, chosen []bool) bool {
	for _, t := range targets {
		if !chosen[t] {
			return false
		}
	}
	return true
}

// greedyShares is how many shares are looked at in each step.
const greedyShares = 200

// greedy chooses step by step: what is missing of the share that brings most
// for its loss. There is a set that frees as much as is wanted.
func (c *choice) greedy(wanted int64) []bool {
	chosen := make([]bool, len(c.roots))
	for freed := c.freed(chosen); freed < wanted; freed = c.freed(chosen) {
		best, bestRate := -1, 0.0
		looked := 0
		for i, s := range c.shares {
			if all(s.targets, chosen) {
				continue
			}
			if looked++; looked > greedyShares {
				break
			}
			loss := 0.0
			with := slices.Clone(chosen)
			for _, t := range s.targets {
				if !chosen[t] {
					with[t] = true
					loss += c.loss[t]
				}
			}
			gain := min(c.freed(with), wanted) - freed
			if rate := float64(gain) / loss; best < 0 || rate > bestRate {
				best, bestRate = i, rate
			}
		}
		for _, t := range c.shares[best].targets {
			chosen[t] = true
		}
	}
	return chosen
}

// improve drops what is superfluous, and then takes the best set among the
// chosen targets and the most promising others, as many as can all be tried.
func (c *choice) improve(chosen []bool, wanted int64) []bool {
	c.prune(chosen, wanted)
	var open []int32
	for t, in := range chosen {
		if in {
			open = append(open, int32(t))
		}
	}
	if len(open) > exactRoots {
		return chosen
	}
	for _, t := range c.promising() {
		if len(open) == exactRoots {
			break
		}
		if !chosen[t] {
			open = append(open, t)
		}
	}
	best := c.best(open, wanted)
	c.prune(best, wanted)
	return best
}

// promising returns the targets by how much they alone free for their loss, then
// by what else they have a share in.
func (c *choice) promising() []int32 {
	alone, shared := make([]float64, len(c.roots)), make([]float64, len(c.roots))
	order := make([]int32, len(c.roots))
	for t := range order {
		order[t] = int32(t)
	}
	for _, s := range c.shares {
		for _, t := range s.targets {
			gain := float64(s.size) / float64(len(s.targets)) / c.loss[t]
			if shared[t] += gain; len(s.targets) == 1 {
				alone[t] += gain
			}
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(alone[b], alone[a]), cmp.Compare(shared[b], shared[a]), cmp.Compare(a, b))
	})
	return order
}

// best tries all sets of the open targets, and returns one of least loss that
// frees as much as is wanted; one of them does.
func (c *choice) best(open []int32, wanted int64) []bool {
	bit := make(map[int32]int, len(open))
	for i, t := range open {
		bit[t] = i
	}
	freed := make([]int64, 1<<len(open)) // by set: first what needs just that set
	for _, s := range c.shares {
		set, inside := 0, true
		for _, t := range s.targets {
			i, found := bit[t]
			inside = inside && found
			set |= 1 << i
		}
		if inside {
			freed[set] += s.size
		}
	}
	for i := range open { // then what needs a part of it
		for set := range freed {
			if set&(1<<i) != 0 {
				freed[set] += freed[set&^(1<<i)]
			}
		}
	}
	loss := make([]float64, len(freed))
	best := -1
	for set := range freed {
		if set > 0 {
			i := bits.TrailingZeros(uint(set))
			loss[set] = loss[set&(set-1)] + c.loss[open[i]]
		}
		if freed[set] >= wanted && (best < 0 || loss[set] < loss[best] || loss[set] == loss[best] && freed[set] > freed[best]) {
			best = set
		}
	}
	chosen := make([]bool, len(c.roots))
	for i, t := range open {
		chosen[t] = best&(1<<i) != 0
	}
	return chosen
}

// prune lets go of what is not needed, the dearest first.
func (c *choice) prune(chosen []bool, wanted int64) {
	var order []int
	for t, in := range chosen {
		if in {
			order = append(order, t)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.loss[b], c.loss[a]) })
	for _, t := range order {
		chosen[t] = false
		chosen[t] = c.freed(chosen) < wanted
	}
}
