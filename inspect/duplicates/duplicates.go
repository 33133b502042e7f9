// Package duplicates finds packages that a closure has more than once, and what
// each copy costs.
package duplicates

import (
	"cmp"
	"slices"

	"nixbench/inspect/closure"
	"nixbench/inspect/version"
	"nixbench/store"
	"nixbench/store/drvname"
)

// Package is one of which a closure has several versions, or one version built
// several times.
type Package struct {
	Name string
	// Copies are at least two: highest version first, then by what they cost.
	Copies []Copy
	// Size adds up the copies' own sizes, in bytes.
	Size int64
	// Spare is what would leave the closure if only the largest of the copies
	// were left, counted by their own sizes: a lower bound of what having one
	// copy would save, and what packages are sorted by.
	Spare int64
}

// Copy is one version of a package, as it was built once: its outputs.
type Copy struct {
	Version string
	Nodes   []closure.Node // no two of the same output; sorted by path
	Own     int64          // bytes of these
	// Cost is by how many bytes the closure would shrink without the copy: its
	// own size and that of all that only it leads to.
	Cost int64
}

// Find returns the packages of which a closure has more than one copy, those
// first that spare most. A copy is what one derivation made of a version, with
// outputs of others that it has not got: two copies of a version have an output
// in common. What has no version in its name is its own package, by its whole
// name. Derivations are left out. It takes some 100 ms for 100,000 paths.
func Find(g *closure.Graph) []Package {
	var packages []Package
	for name, builds := range buildsByName(g) {
		if p := join(g, name, builds); len(p.Copies) > 1 {
			weigh(g, &p)
			packages = append(packages, p)
		}
	}
	slices.SortFunc(packages, func(a, b Package) int {
		return cmp.Or(cmp.Compare(b.Spare, a.Spare), cmp.Compare(a.Name, b.Name))
	})
	return packages
}

// A build is what a closure has of what one derivation made.
type build struct {
	version string
	nodes   []closure.Node // by path
	outputs []string       // of each
}

// buildsByName returns the builds of each package, by their first paths.
func buildsByName(g *closure.Graph) map[string][]*build {
	type made struct {
		name, version string
		by            store.Path
	}
	nodes := make([]closure.Node, g.Len())
	for i := range nodes {
		nodes[i] = closure.Node(i)
	}
	slices.SortFunc(nodes, func(a, b closure.Node) int { return cmp.Compare(g.Index(a), g.Index(b)) })
	byName, known := make(map[string][]*build), make(map[made]*build)
	for _, n := range nodes {
		p := g.Path(n)
		if p.IsDerivation() {
			continue
		}
		name, ver, output := version.Split(p.Name())
		if ver == "" {
			name, output = p.Name(), ""
		}
		m := made{name, ver, g.Store().DeriverPath(g.Index(n))}
		b := known[m]
		if b == nil || m.by == "" || slices.Contains(b.outputs, output) {
			b = &build{version: ver}
			known[m] = b
			byName[name] = append(byName[name], b)
		}
		b.nodes, b.outputs = append(b.nodes, n), append(b.outputs, output)
	}
	return byName
}

// join makes copies of builds: one that has none of the outputs of a copy of its
// version belongs to it.
func join(g *closure.Graph, name string, builds []*build) Package {
	var copies []*build
	for _, b := range builds {
		i := slices.IndexFunc(copies, func(c *build) bool {
			return c.version == b.version && !slices.ContainsFunc(b.outputs, func(o string) bool { return slices.Contains(c.outputs, o) })
		})
		if i < 0 {
			copies = append(copies, b)
			continue
		}
		copies[i].nodes, copies[i].outputs = append(copies[i].nodes, b.nodes...), append(copies[i].outputs, b.outputs...)
	}
	p := Package{Name: name}
	for _, c := range copies {
		slices.SortFunc(c.nodes, func(a, b closure.Node) int { return cmp.Compare(g.Index(a), g.Index(b)) })
		p.Copies = append(p.Copies, Copy{Version: c.version, Nodes: c.nodes})
	}
	return p
}

// weigh says what the copies of a package take and cost, and sorts them.
func weigh(g *closure.Graph, p *Package) {
	largest := int64(0)
	for i := range p.Copies {
		c := &p.Copies[i]
		for _, n := range c.Nodes {
			c.Own += g.OwnSize(n)
		}
		_, c.Cost = g.Without(c.Nodes...)
		p.Size += c.Own
		largest = max(largest, c.Own)
	}
	p.Spare = p.Size - largest
	slices.SortFunc(p.Copies, func(a, b Copy) int {
		return cmp.Or(drvname.CompareVersions(b.Version, a.Version), cmp.Compare(b.Version, a.Version),
			cmp.Compare(b.Cost, a.Cost), cmp.Compare(g.Index(a.Nodes[0]), g.Index(b.Nodes[0])))
	})
}
