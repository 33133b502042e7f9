package build

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/drv"
)

// This file is about what a plan keeps of derivations: little, as a plan may be of a
// hundred thousand. What else there is to know of one is read again when it is built.

// An Output is an output of a derivation that is planned.
type Output struct {
	Name store.OutputName
	Path store.Path // "" if it is not known before it is built
}

// A node is a derivation of a plan. Until it is read, only path is set.
type node struct {
	path    store.Path
	isRead  bool
	isThere bool           // it is valid
	isAsked bool           // whether all of outputs are valid is known
	resolve bool           // it is to be resolved before it is built
	kind    drv.OutputKind // 0: of outputs of several kinds, or none
	order   int32          // its position in what is sorted; see planner.order
	outputs []Output       // by name
	needs   *needs
	refused error              // why it cannot be built here, or nil
	wants   []store.OutputName // which outputs are wanted, if resolve
	build   *PlannedBuild      // nil: it need not be built
}

// needs are what a derivation needs. Many need nothing, and share that.
type needs struct {
	inputs []edge       // by path, those through outputs after others of the same path
	srcs   []store.Path // sorted
}

var noNeeds needs

// isAgain reports whether the ith input is of the derivation that the one before is of.
func (n *needs) isAgain(i int) bool { return i > 0 && n.inputs[i].to == n.inputs[i-1].to }

// appendNeeds appends the order of what is built before a derivation.
func (n *node) appendNeeds(to []int32) []int32 {
	for i, e := range n.needs.inputs {
		if e.to.build != nil && e.to != n && !n.needs.isAgain(i) {
			to = append(to, e.to.order)
		}
	}
	return to
}

// A pool gives out values that live as long as each other, a portion of them allocated
// at a time.
type pool[T any] []T

func (p *pool[T]) add() *T {
	if len(*p) == 0 {
		*p = make([]T, 16)
	}
	v := &(*p)[0]
	*p = (*p)[1:]
	return v
}

// An arena copies strings that live as long as each other, into a portion of memory
// at a time.
type arena struct{ b *strings.Builder }

func (a *arena) copy(s string) string {
	const portion = 4096
	if len(s) > portion/4 {
		return strings.Clone(s)
	}
	if a.b == nil || a.b.Cap()-a.b.Len() < len(s) {
		a.b = new(strings.Builder)
		a.b.Grow(portion)
	}
	begin := a.b.Len()
	a.b.WriteString(s)
	return a.b.String()[begin:]
}

// An edge is what a derivation needs of another.
type edge struct {
	to        *node
	outputs   []store.OutputName // sorted
	isDynamic bool               // what is needed is of derivations that these are
}

// pathIn returns where one of outputs is to be, or "".
func pathIn(outputs []Output, name store.OutputName) store.Path {
	for i := range outputs {
		if outputs[i].Name == name {
			return outputs[i].Path
		}
	}
	return ""
}

// wanted returns the outputs of the names, or all of them; missing is the first name that
// there is no output of, or "".
func (n *node) wanted(names []store.OutputName) (outputs []Output, missing store.OutputName) {
	if slices.Contains(names, store.AllOutputs) ||
		slices.EqualFunc(names, n.outputs, func(name store.OutputName, o Output) bool { return name == o.Name }) {
		return n.outputs, ""
	}
	for _, name := range names {
		i := slices.IndexFunc(n.outputs, func(o Output) bool { return o.Name == name })
		if i >= 0 {
			outputs = append(outputs, n.outputs[i])
		} else if missing == "" {
			missing = name
		}
	}
	return outputs, missing
}

// inputPaths returns the sources and outputs that a derivation needs, as far as they are
// known; sorted.
func (n *node) inputPaths() []store.Path {
	paths := append(make([]store.Path, 0, len(n.needs.srcs)+len(n.needs.inputs)), n.needs.srcs...)
	for _, e := range n.needs.inputs {
		if e.isDynamic {
			continue
		}
		for _, name := range e.outputs {
			if p := pathIn(e.to.outputs, name); p != "" {
				paths = append(paths, p)
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// outputsOf returns the outputs of a derivation, by name. They share memory with it.
func outputsOf(d *drv.Derivation) []Output {
	outputs := make([]Output, 0, len(d.Outputs))
	for name, o := range d.Outputs {
		outputs = append(outputs, Output{name, o.Path})
	}
	slices.SortFunc(outputs, func(a, b Output) int { return strings.Compare(a.Name, b.Name) })
	return outputs
}

// Planned returns a build of a derivation that is known by other means than a plan.
func Planned(drvPath store.Path, d *drv.Derivation) *PlannedBuild {
	kind, _ := d.Kind() // 0 if there is none
	return &PlannedBuild{DrvPath: drvPath, Kind: kind, Outputs: outputsOf(d), derivation: d}
}

// OutputPaths returns where the outputs of a build go, as far as that is known; sorted.
func (b *PlannedBuild) OutputPaths() []store.Path {
	var paths []store.Path
	for _, o := range b.Outputs {
		if o.Path != "" {
			paths = append(paths, o.Path)
		}
	}
	slices.Sort(paths)
	return paths
}

// pathOf returns where an output goes, or "" if that is not known.
func (b *PlannedBuild) pathOf(name store.OutputName) store.Path { return pathIn(b.Outputs, name) }

// isRefusedAtOnce reports whether a build is refused before what it needs is looked at.
func (b *PlannedBuild) isRefusedAtOnce() bool {
	return b.Refused != nil && !errors.As(b.Refused, new(*RefusedError))
}

// asksNeeds reports whether a plan has what a build needs. Of what cannot be checked that is
// only told, as Nix does.
func (b *PlannedBuild) asksNeeds() bool { return b.unchecked || !b.isRefusedAtOnce() }

// isDynamic reports whether a build needs outputs of derivations that are outputs.
func (b *PlannedBuild) isDynamic() bool {
	return b.node != nil && slices.ContainsFunc(b.node.needs.inputs, func(e edge) bool { return e.isDynamic })
}

// isBuilt reports whether a derivation is to be built.
func (p *Plan) isBuilt(drvPath store.Path) bool {
	n := p.nodes[drvPath]
	return n != nil && n.build != nil
}

// inputPaths returns the sources and outputs that a build needs, as far as they are
// known; sorted.
func (b *PlannedBuild) inputPaths() []store.Path {
	if b.node != nil {
		return b.node.inputPaths()
	}
	return b.derivation.InputSrcs
}

// load returns the derivation that is built, which must not be modified, and its options.
func (b *PlannedBuild) load(ctx context.Context, st Reader) (*drv.Derivation, *drv.Options, error) {
	d := b.derivation
	if d == nil {
		var err error
		if d, err = st.ReadDerivation(ctx, b.DrvPath); err != nil {
			return nil, nil, err
		}
	}
	options, err := d.Options()
	if err != nil {
		return nil, nil, &statusError{status: InputRejected, err: err}
	}
	return d, options, nil
}

// at returns the node of a derivation, which may be new. The caller holds p.mu, or is
// alone. Path is copied.
func (p *planner) at(path store.Path) *node {
	n := p.plan.nodes[path]
	if n == nil {
		n = p.nodes.add()
		n.path = store.Path(p.paths.copy(string(path)))
		p.plan.nodes[n.path] = n
	}
	return n
}

// fill notes what a derivation is, nil if it is not valid. It may be called from several
// goroutines, for a node each; d is not kept.
func (p *planner) fill(n *node, d *drv.Derivation) error {
	if d == nil {
		n.isRead = true
		return nil
	}
	kind, _ := d.Kind()
	options, refused := refusal(n.path, d, p.settings)
	p.mu.Lock()
	defer p.mu.Unlock()
	if options != nil && len(options.Warnings) > 0 {
		if p.warnings == nil {
			p.warnings = make(map[*node][]string)
		}
		p.warnings[n] = options.Warnings
	}
	n.kind, n.refused, n.resolve = kind, refused, d.NeedsResolution(p.settings.HasFeature(featureCA))
	n.outputs = outputsOf(d)
	for i := range n.outputs {
		o := &n.outputs[i]
		o.Name, o.Path = p.text(o.Name), store.Path(p.paths.copy(string(o.Path)))
	}
	n.needs = &noNeeds
	if len(d.InputSrcs)+len(d.InputDrvs)+len(d.Dynamic) > 0 {
		n.needs = &needs{inputs: p.edges(d), srcs: make([]store.Path, len(d.InputSrcs))}
		for i, src := range d.InputSrcs {
			n.needs.srcs[i] = store.Path(p.text(string(src)))
		}
	}
	n.isRead, n.isThere = true, true
	return nil
}

// edges returns what a derivation needs of others.
func (p *planner) edges(d *drv.Derivation) []edge {
	edges := make([]edge, 0, len(d.InputDrvs)+len(d.Dynamic))
	if len(d.InputDrvs) > 2*len(p.plan.nodes) { // to let a map grow takes longer than to copy it
		nodes := make(map[store.Path]*node, len(p.plan.nodes)+len(d.InputDrvs))
		maps.Copy(nodes, p.plan.nodes)
		p.plan.nodes = nodes
	}
	for _, path := range inputDrvs(d) {
		if outputs := d.InputDrvs[path]; len(outputs) > 0 {
			edges = append(edges, edge{to: p.at(path), outputs: p.names(outputs)})
		}
		if inner := d.Dynamic[path]; len(inner) > 0 {
			edges = append(edges, edge{to: p.at(path), outputs: p.names(slices.Sorted(maps.Keys(inner))), isDynamic: true})
		}
	}
	return edges
}

// inputDrvs returns the derivations that d needs, sorted.
func inputDrvs(d *drv.Derivation) []store.Path {
	paths := make([]store.Path, 0, len(d.InputDrvs)+len(d.Dynamic))
	paths = slices.AppendSeq(paths, maps.Keys(d.InputDrvs))
	paths = slices.AppendSeq(paths, maps.Keys(d.Dynamic))
	store.SortPaths(paths)
	return slices.Compact(paths)
}

// text returns a copy of s that it shares with all that are the same.
func (p *planner) text(s string) string {
	t, ok := p.texts[s]
	if !ok {
		t = p.paths.copy(s)
		p.texts[t] = t
	}
	return t
}

// names returns a copy of names; what is most often wanted, one output, is shared.
func (p *planner) names(names []store.OutputName) []store.OutputName {
	if len(names) == 1 {
		list, ok := p.lists[names[0]]
		if !ok {
			list = []store.OutputName{p.text(names[0])}
			p.lists[list[0]] = list
		}
		return list
	}
	list := make([]store.OutputName, len(names))
	for i, name := range names {
		list[i] = p.text(name)
	}
	return list
}
