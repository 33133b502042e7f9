package diff

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"nixbench/inspect/version"
	"nixbench/store"
	"nixbench/store/drv"
)

// Derivations says why one derivation is not the other: which of those that
// they are built of differ in themselves, and in what. Differences that only
// follow from those of inputs are not told, since the paths of inputs are taken
// for the same where their derivations are paired.
type Derivations struct {
	// Pairs are derivations that differ, the two that were asked for first and
	// each before those that it is built of. It is empty if there is no
	// difference that counts.
	Pairs []Pair
}

// Pair is a derivation of one side and what it has become on the other.
type Pair struct {
	Before, After store.Path
	// Fields are what differs in themselves, by name.
	Fields []Field
	// DrvsGone and DrvsNew are derivations that only one of the two is built of
	// and that have no counterpart, SrcsGone and SrcsNew such sources; sorted.
	DrvsGone, DrvsNew []store.Path
	SrcsGone, SrcsNew []store.Path
	// Inputs are the pairs that it is built of, as positions in Pairs, ascending.
	Inputs []int
	// Above is a pair that has this one as an input and is as near to the first
	// as any, or -1 for the first.
	Above int
}

// Field is a part of a derivation that differs: "system", "builder", "args",
// "outputs.out", "inputs.NAME" for which outputs are needed of one, "env.NAME"
// for a variable and "attrs.NAME" for a structured attribute.
type Field struct {
	Name string
	// Before and After are its values, with the paths of inputs as they are on
	// the other side. HasBefore and HasAfter say whether there is a value.
	Before, After       string
	HasBefore, HasAfter bool
}

// IsCause reports whether the two differ in themselves.
func (p *Pair) IsCause() bool {
	return len(p.Fields)+len(p.DrvsGone)+len(p.DrvsNew)+len(p.SrcsGone)+len(p.SrcsNew) > 0
}

// Causes returns the pairs that differ in themselves, as positions in Pairs:
// all the others differ only because of these.
func (d *Derivations) Causes() []int {
	var causes []int
	for i := range d.Pairs {
		if d.Pairs[i].IsCause() {
			causes = append(causes, i)
		}
	}
	return causes
}

// Chain returns a shortest way from the first pair to pair i, both included, as
// positions in Pairs.
func (d *Derivations) Chain(i int) []int {
	var chain []int
	for ; i >= 0; i = d.Pairs[i].Above {
		chain = append(chain, i)
	}
	slices.Reverse(chain)
	return chain
}

// A DerivationReader returns the store derivation at a path.
type DerivationReader func(ctx context.Context, p store.Path) (*drv.Derivation, error)

// CompareDerivations finds out what makes two derivations differ. Derivations
// with the same outputs count as the same however they differ, since then
// nothing that is built of them does: so it is with sources that are downloaded
// from elsewhere. Errors are those of read.
func CompareDerivations(ctx context.Context, read DerivationReader, before, after store.Path) (*Derivations, error) {
	c := &drvComparer{read: read, drvs: make(map[store.Path]*drv.Derivation), at: make(map[[2]store.Path]int)}
	if _, err := c.add(ctx, before, after, -1); err != nil {
		return nil, fmt.Errorf("compare derivations: %w", err)
	}
	for next := 0; next < len(c.pairs); next++ {
		if err := c.compare(ctx, next); err != nil {
			return nil, fmt.Errorf("compare derivations: %w", err)
		}
	}
	return &Derivations{Pairs: c.sorted()}, nil
}

type drvComparer struct {
	read  DerivationReader
	drvs  map[store.Path]*drv.Derivation
	at    map[[2]store.Path]int // position in pairs, -1 for the same
	pairs []Pair                // by how near to the first they are
}

func (c *drvComparer) load(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	if d := c.drvs[p]; d != nil {
		return d, nil
	}
	d, err := c.read(ctx, p)
	if err != nil {
		return nil, err
	}
	c.drvs[p] = d
	return d, nil
}

// add returns the position of a pair, which is to be compared if it is new; -1
// if the two come to the same.
func (c *drvComparer) add(ctx context.Context, before, after store.Path, above int) (int, error) {
	if before == after {
		return -1, nil
	}
	key := [2]store.Path{before, after}
	if i, known := c.at[key]; known {
		return i, nil
	}
	a, err := c.load(ctx, before)
	if err != nil {
		return 0, err
	}
	b, err := c.load(ctx, after)
	if err != nil {
		return 0, err
	}
	i := -1
	if !sameOutputs(a, b) {
		i = len(c.pairs)
		c.pairs = append(c.pairs, Pair{Before: before, After: after, Above: above})
	}
	c.at[key] = i
	return i, nil
}

// sameOutputs reports whether two derivations are known to make the same.
func sameOutputs(a, b *drv.Derivation) bool {
	if len(a.Outputs) != len(b.Outputs) {
		return false
	}
	for name, o := range a.Outputs {
		other, found := b.Outputs[name]
		if !found || o.Path == "" || o.Path != other.Path {
			return false
		}
	}
	return true
}

// compare fills in a pair, and adds those of its inputs.
func (c *drvComparer) compare(ctx context.Context, at int) error {
	pair := c.pairs[at]
	a, b := c.drvs[pair.Before], c.drvs[pair.After]
	rename := &renaming{}
	rename.outputs(pair.Before, pair.After, a, b)
	inputs, gone, added, err := c.matchInputs(ctx, a, b)
	if err != nil {
		return err
	}
	for _, in := range inputs {
		i, err := c.add(ctx, in[0], in[1], at)
		if err != nil {
			return err
		}
		if i >= 0 {
			pair.Inputs = append(pair.Inputs, i)
		}
		if in[0] != in[1] {
			rename.outputs(in[0], in[1], c.drvs[in[0]], c.drvs[in[1]])
		}
		if f, differs := wanted(in, a, b); differs {
			pair.Fields = append(pair.Fields, f)
		}
	}
	pair.DrvsGone, pair.DrvsNew = gone, added
	pair.SrcsGone, pair.SrcsNew = apart(a.InputSrcs, b.InputSrcs)
	rename.sources(pair.SrcsGone, pair.SrcsNew)
	pair.Fields = append(pair.Fields, compareFields(a, b, rename)...)
	slices.SortFunc(pair.Fields, func(x, y Field) int { return cmp.Compare(x.Name, y.Name) })
	slices.Sort(pair.Inputs)
	pair.Inputs = slices.Compact(pair.Inputs)
	c.pairs[at] = pair
	return nil
}

// wanted returns the difference in which outputs are needed of an input.
func wanted(in [2]store.Path, a, b *drv.Derivation) (Field, bool) {
	before, after := a.InputDrvs[in[0]], b.InputDrvs[in[1]]
	f := Field{Name: "inputs." + drv.NameOf(in[1]), Before: words(before), After: words(after), HasBefore: true, HasAfter: true}
	return f, !slices.Equal(before, after)
}

// matchInputs pairs the derivations that two are built of, those that both have
// included: by name, and those that are left by the name of the package.
func (c *drvComparer) matchInputs(ctx context.Context, a, b *drv.Derivation) (pairs [][2]store.Path, gone, added []store.Path, err error) {
	for p := range a.InputDrvs {
		if _, both := b.InputDrvs[p]; both {
			pairs = append(pairs, [2]store.Path{p, p})
		} else {
			gone = append(gone, p)
		}
	}
	for p := range b.InputDrvs {
		if _, both := a.InputDrvs[p]; !both {
			added = append(added, p)
		}
	}
	slices.Sort(gone)
	slices.Sort(added)
	for _, nameOf := range []func(store.Path) string{drv.NameOf, version.PackageOf} {
		var found [][2]store.Path
		if found, gone, added, err = c.matchNames(ctx, nameOf, gone, added); err != nil {
			return nil, nil, nil, err
		}
		pairs = append(pairs, found...)
	}
	slices.SortFunc(pairs, func(x, y [2]store.Path) int {
		return cmp.Or(cmp.Compare(x[1].Name(), y[1].Name()), cmp.Compare(x[1], y[1]))
	})
	return pairs, gone, added, nil
}

// matchNames pairs derivations whose names are the same: where there are
// several, with the one whose fields differ least.
func (c *drvComparer) matchNames(ctx context.Context, nameOf func(store.Path) string, gone, added []store.Path) (pairs [][2]store.Path, rest, restAdded []store.Path, err error) {
	byName := make(map[string][]store.Path)
	for _, p := range added {
		byName[nameOf(p)] = append(byName[nameOf(p)], p)
	}
	taken := make(map[store.Path]bool)
	for _, p := range gone {
		candidates := slices.DeleteFunc(slices.Clone(byName[nameOf(p)]), func(q store.Path) bool { return taken[q] })
		if len(candidates) == 0 {
			rest = append(rest, p)
			continue
		}
		best, least := candidates[0], -1
		for _, q := range candidates {
			d, err := c.unlike(ctx, p, q)
			if err != nil {
				return nil, nil, nil, err
			}
			if least < 0 || d < least {
				best, least = q, d
			}
		}
		taken[best] = true
		pairs = append(pairs, [2]store.Path{p, best})
	}
	for _, p := range added {
		if !taken[p] {
			restAdded = append(restAdded, p)
		}
	}
	return pairs, rest, restAdded, nil
}

// unlike counts in how many variables two derivations differ.
func (c *drvComparer) unlike(ctx context.Context, p, q store.Path) (int, error) {
	a, err := c.load(ctx, p)
	if err != nil {
		return 0, err
	}
	b, err := c.load(ctx, q)
	if err != nil {
		return 0, err
	}
	n := 0
	for name, value := range a.Env {
		if other, both := b.Env[name]; !both || other != value {
			n++
		}
	}
	for name := range b.Env {
		if _, both := a.Env[name]; !both {
			n++
		}
	}
	return n, nil
}

// sorted returns the pairs so that each comes before its inputs.
func (c *drvComparer) sorted() []Pair {
	waiting := make([]int, len(c.pairs)) // for how many pairs that have it as an input
	for i := range c.pairs {
		for _, in := range c.pairs[i].Inputs {
			waiting[in]++
		}
	}
	var order []int
	for i, n := range waiting {
		if n == 0 {
			order = append(order, i)
		}
	}
	for next := 0; next < len(order); next++ {
		for _, in := range c.pairs[order[next]].Inputs {
			if waiting[in]--; waiting[in] == 0 {
				order = append(order, in)
			}
		}
	}
	place := make([]int, len(order))
	for to, from := range order {
		place[from] = to
	}
	pairs := make([]Pair, len(order))
	for to, from := range order {
		p := c.pairs[from]
		for k, in := range p.Inputs {
			p.Inputs[k] = place[in]
		}
		slices.Sort(p.Inputs)
		if p.Above >= 0 {
			p.Above = place[p.Above]
		}
		pairs[to] = p
	}
	return pairs
}
