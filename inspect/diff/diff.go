// Package diff compares two closures by what a person calls things: packages
// and versions.
package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"nixbench/inspect/closure"
	"nixbench/inspect/version"
	"nixbench/store"
	"nixbench/store/drvname"
)

// Kind says what has become of a package.
type Kind uint8

// The kinds of changes.
const (
	Added      Kind = iota + 1
	Removed         // no version is left
	Upgraded        // versions are higher
	Downgraded      // versions are lower
	Changed         // versions differ, in both ways or in number
	Resized         // the same versions, larger or smaller by SizeShown or more
	Rebuilt         // the same versions and about the same size, other paths
)

// String returns the kind in a word: "added".
func (k Kind) String() string {
	switch k {
	case Added:
		return "added"
	case Removed:
		return "removed"
	case Upgraded:
		return "upgraded"
	case Downgraded:
		return "downgraded"
	case Changed:
		return "changed"
	case Resized:
		return "resized"
	case Rebuilt:
		return "rebuilt"
	}
	return ""
}

// SizeShown is the least difference in bytes that makes a package [Resized].
//
// Behaviour: Nix 2.34, diff-closures.cc.
const SizeShown = 8 << 10

// Change is what has become of a package.
type Change struct {
	Name string
	Kind Kind
	// Before and After are all versions, lowest first; "" is a version too.
	Before, After []string
	// Gone and New are the versions that only one closure has.
	Gone, New []string
	// Pairs says which of Gone have become which of New, as far as there are as
	// many: those that are most alike, by the versions before.
	Pairs []version.Pair
	// SizeBefore and SizeAfter add up the NAR sizes of all its paths, in bytes.
	SizeBefore, SizeAfter int64
	// PathsGone and PathsNew are what only one closure has, sorted.
	PathsGone, PathsNew []store.Path
	// Selected says that a root asks for the package itself: it refers to it,
	// or to an environment that does.
	Selected bool
}

// SizeDelta returns by how many bytes the package has grown.
func (c *Change) SizeDelta() int64 { return c.SizeAfter - c.SizeBefore }

// Diff is the difference between two closures.
type Diff struct {
	// Changes are by name. Packages with the same paths are left out.
	Changes               []Change
	SizeBefore, SizeAfter int64 // of the closures, in bytes
	PathsBefore           int   // how many paths the closures have
	PathsAfter            int
	PathsGone, PathsNew   int   // how many only one of them has
	PathsShared           int   // how many both have
	SizeShared            int64 // of these, in bytes
}

// SizeDelta returns by how many bytes the closure has grown.
func (d *Diff) SizeDelta() int64 { return d.SizeAfter - d.SizeBefore }

// Count returns how many packages have changed that way.
func (d *Diff) Count(k Kind) int {
	n := 0
	for i := range d.Changes {
		if d.Changes[i].Kind == k {
			n++
		}
	}
	return n
}

// Generations compares the closures of two paths of a store, such as two
// generations of a profile. A path that is "" has nothing in its closure. If a
// path is not valid, errors.Is(err, store.ErrInvalidPath).
func Generations(st *store.Graph, before, after store.Path) (*Diff, error) {
	load := func(p store.Path) (*closure.Graph, error) {
		if p == "" {
			return closure.New(st)
		}
		return closure.New(st, p)
	}
	a, err := load(before)
	if err != nil {
		return nil, fmt.Errorf("compare closures: %w", err)
	}
	b, err := load(after)
	if err != nil {
		return nil, fmt.Errorf("compare closures: %w", err)
	}
	return Closures(a, b), nil
}

// Closures compares two closures, which may be of different stores.
func Closures(before, after *closure.Graph) *Diff {
	d := &Diff{
		SizeBefore: before.Total(), SizeAfter: after.Total(),
		PathsBefore: before.Len(), PathsAfter: after.Len(),
	}
	for n := range closure.Node(before.Len()) {
		if _, both := after.Node(before.Path(n)); both {
			d.PathsShared++
			d.SizeShared += before.OwnSize(n)
		}
	}
	a, b := group(before), group(after)
	names := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		c := compare(name, a[name], b[name])
		d.PathsGone += len(c.PathsGone)
		d.PathsNew += len(c.PathsNew)
		if c.Kind != 0 {
			d.Changes = append(d.Changes, c)
		}
	}
	return d
}

// pkg is what one closure has of a package.
type pkg struct {
	versions []string // each once
	paths    []store.Path
	size     int64
	selected bool
}

func group(g *closure.Graph) map[string]*pkg {
	pkgs := make(map[string]*pkg)
	selected := selection(g)
	for n := range closure.Node(g.Len()) {
		path := g.Path(n)
		name, ver, _ := version.Split(path.Name())
		p := pkgs[name]
		if p == nil {
			p = &pkg{}
			pkgs[name] = p
		}
		if !slices.Contains(p.versions, ver) {
			p.versions = append(p.versions, ver)
		}
		p.paths = append(p.paths, path)
		p.size += g.OwnSize(n)
		p.selected = p.selected || selected[n]
	}
	return pkgs
}

// selection returns the paths that a root refers to, and those that an
// environment among these refers to.
func selection(g *closure.Graph) map[closure.Node]bool {
	selected := make(map[closure.Node]bool)
	for _, root := range g.Roots() {
		for _, n := range g.References(root) {
			selected[n] = true
			switch g.Path(n).Name() {
			case "system-path", "home-manager-path", "user-environment":
				for _, m := range g.References(n) {
					selected[m] = true
				}
			}
		}
	}
	return selected
}

// compare returns the change of a package; either side may be nil. The Kind is
// 0 if nothing changed.
func compare(name string, a, b *pkg) Change {
	if a == nil {
		a = new(pkg)
	}
	if b == nil {
		b = new(pkg)
	}
	slices.Sort(a.paths)
	slices.Sort(b.paths)
	c := Change{
		Name:       name,
		Before:     sortedVersions(a.versions, nil),
		After:      sortedVersions(b.versions, nil),
		Gone:       sortedVersions(a.versions, b.versions),
		New:        sortedVersions(b.versions, a.versions),
		SizeBefore: a.size,
		SizeAfter:  b.size,
		Selected:   a.selected || b.selected,
	}
	c.PathsGone, c.PathsNew = apart(a.paths, b.paths)
	c.Pairs = version.Match(c.Gone, c.New)
	c.Kind = c.kind()
	return c
}

func (c *Change) kind() Kind {
	delta := c.SizeDelta()
	switch {
	case len(c.Before) == 0:
		return Added
	case len(c.After) == 0:
		return Removed
	case len(c.Gone) > 0 && len(c.New) > 0:
		low := drvname.CompareVersions(c.Gone[0], c.New[0])
		high := drvname.CompareVersions(c.Gone[len(c.Gone)-1], c.New[len(c.New)-1])
		switch {
		case low <= 0 && high <= 0 && low+high < 0:
			return Upgraded
		case low >= 0 && high >= 0 && low+high > 0:
			return Downgraded
		}
		return Changed
	case len(c.Gone)+len(c.New) > 0:
		return Changed
	case len(c.PathsGone)+len(c.PathsNew) == 0:
		return 0
	case delta >= SizeShown || delta <= -SizeShown:
		return Resized
	}
	return Rebuilt
}

// sortedVersions returns the versions of one list that the other has not, lowest
// first.
func sortedVersions(has, not []string) []string {
	var versions []string
	for _, v := range has {
		if !slices.Contains(not, v) {
			versions = append(versions, v)
		}
	}
	slices.SortFunc(versions, func(a, b string) int { return cmp.Or(drvname.CompareVersions(a, b), cmp.Compare(a, b)) })
	return versions
}
