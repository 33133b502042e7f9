package closure

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/inspect/files"
	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
	"nixbench/tui/widget/treemap"
)

// A kind is what a frame shows.
type kind uint8

const (
	kindPlaces    kind = iota // where to begin
	kindClosure               // of a path
	kindBuild                 // what a derivation needs to be built
	kindReferrers             // of a path, in the whole store
	kindFiles                 // in a path
	kindDiff                  // of the closures of two paths
	kindDups                  // packages that are in a closure more than once
	kindDrvs                  // of the derivations of two paths
)

// A view is how a closure is shown.
type view uint8

const (
	viewTree view = iota
	viewFlat
	viewColumns
	viewMap
	numViews
)

func (v view) String() string { return [...]string{"tree", "flat", "columns", "map"}[v] }

// A frame is one thing that is shown.
type frame struct {
	kind kind
	path store.Path   // the root, or what it is about
	more []store.Path // other roots of a closure
	// marks are the paths that the user has marked, on all frames.
	marks map[store.Path]bool
	base  store.Path // of a difference
	name  string     // what the user calls it, clean

	env   *tui.Env // of places, for ages
	st    *style.Styles
	list  *rows.Rows // all but the flat list
	view  view
	order closure.Order

	loading tui.Slot
	err     error

	// Closures.
	data    *loaded
	sizing  tui.Slot
	sorting tui.Slot
	tree    *rows.Tree[closure.Node]
	flat    *rows.Rows     // of files too
	nodes   []closure.Node // all, in the chosen order; nil: see all
	listed  bool           // the flat list has been filled
	cols    columns
	areas   areas
	query   string // what is searched for, as typed
	match   closure.Query
	hits    []closure.Node
	target  store.Path // why is asked for this one once the closure is there
	cursor  store.Path // where the cursor goes once the closure is there
	// returned tells that the user did not ask for it now: it goes if it is not there.
	returned bool

	whySlot tui.Slot
	why     *explanation

	// Duplicates.
	ofBuild  bool // of what is needed to build it
	dups     *dups
	dupsTree *rows.Tree[dup]
	// A difference of closures.
	diff *closureDiff
	// Files.
	files    *files.Tree // nil until read
	fileTree *rows.Tree[files.Entry]
	bySize   []files.Entry // what flat shows
	fileHits []files.Entry // what was searched for
	// Places.
	places []tui.Place
	// Referrers.
	graph *store.Graph
	back  *rows.Tree[int32]
	in    map[store.Path]bool // the closure that one came from
	alike map[store.Path]bool // those that are told apart by their digests
}

func (f *frame) isClosure() bool { return f.kind == kindClosure || f.kind == kindBuild }

// newClosure is a frame for the closure of p.
func newClosure(env *tui.Env, k kind, p store.Path, name string) *frame {
	f := &frame{kind: k, path: p, name: name, st: env.Styles}
	if f.name == "" {
		f.name = cleanName(p)
	}
	f.list, f.flat = closureTable(env, k), closureTable(env, k)
	f.list.Empty = "reading the closure .."
	f.tree = &rows.Tree[closure.Node]{
		KeyOf:       func(n closure.Node) string { return string(f.data.g.Path(n)) },
		RowOf:       f.row,
		TextOf:      f.nodeName,
		HasChildren: func(n closure.Node) bool { return len(f.data.g.References(n)) > 0 },
		Children:    f.children,
	}
	f.cols = newColumns(env, k)
	f.areas = areas{m: treemap.New(env.Styles), in: closure.None}
	return f
}

// cancel ends what the frame asks for.
func (f *frame) cancel() {
	f.loading.Cancel()
	f.sizing.Cancel()
	f.sorting.Cancel()
	f.closeWhy()
}

// load asks for what the frame shows.
func (s *Screen) load(f *frame) tea.Cmd {
	g, roots, by := s.graph, f.roots(), f.order
	switch f.kind {
	case kindClosure:
		return tui.Ask(s.env, &f.loading, func(ctx context.Context) (*loaded, error) { return loadClosure(ctx, g, roots, by) })
	case kindBuild:
		usual := s.env.Backend.UsualTime
		return tui.Ask(s.env, &f.loading, func(ctx context.Context) (*loaded, error) { return loadBuild(ctx, g, roots, by, usual) })
	case kindReferrers:
		f.setReferrers(s.graph)
	case kindFiles:
		return s.loadFiles(f)
	case kindDiff:
		return s.loadDiff(f)
	case kindDups:
		return s.loadDups(f)
	case kindDrvs:
		return s.loadDrvs(f)
	}
	return nil
}

// roots are the roots of a closure.
func (f *frame) roots() []store.Path { return append([]store.Path{f.path}, f.more...) }

// frameLoaded takes a closure; what was unfolded and selected stays so.
func (s *Screen) frameLoaded(f *frame, d *loaded, err error) tea.Cmd {
	f.err = err
	if err != nil {
		f.list.Empty = "this closure could not be read; f5 tries again"
		f.data = nil
		if f.returned {
			return s.drop(f)
		}
		f.list.SetSource(rows.NewList(nil))
		f.flat.SetSource(rows.NewList(nil))
		return s.env.Fail(fmt.Errorf("closure of %s: %w", f.name, err))
	}
	first := f.data == nil
	f.data, f.nodes = d, nil
	var cmds []tea.Cmd
	if d.sizes == nil {
		g := d.g
		cmds = append(cmds, tui.Ask(s.env, &f.sizing, g.ClosureSizes))
	}
	if first {
		f.tree.OpenTo(string(f.path), "")
	}
	f.closeWhy()
	f.arrange()
	if f.query != "" {
		f.search(f.query)
	}
	cmds = append(cmds, s.begin(f), s.moved())
	return tea.Batch(cmds...)
}

// begin answers why, if the frame was opened for that.
func (s *Screen) begin(f *frame) tea.Cmd {
	if n, ok := f.data.g.Node(f.cursor); ok {
		f.goTo(n)
	}
	f.cursor, f.returned = "", false
	if f.target == "" {
		return nil
	}
	to, ok := f.data.g.Node(f.target)
	target := f.target
	f.target = ""
	if !ok {
		return s.env.Notify(f.name + " does not depend on " + cleanName(target))
	}
	f.goTo(to)
	return s.askWhy(f, f.data.way(to)[0], to)
}

// main is the list with the cursor.
func (f *frame) main() *rows.Rows {
	switch {
	case f.kind == kindFiles && f.view == viewFlat && f.files != nil:
		return f.flat
	case !f.isClosure() || f.data == nil || f.view == viewTree || f.view == viewMap:
		return f.list
	case f.view == viewFlat:
		return f.flat
	}
	return f.cols.mid
}

// node is the node under the cursor of a closure.
func (f *frame) node() (closure.Node, bool) {
	if !f.isClosure() || f.data == nil {
		return closure.None, false
	}
	if f.view == viewMap {
		return f.areaNode()
	}
	i, ok := f.main().Selected()
	if !ok {
		return closure.None, false
	}
	switch f.view {
	case viewTree:
		return f.tree.Node(i), true
	case viewFlat:
		return f.all()[i], true
	}
	return f.cols.nodes[i], true
}

// selected is the path under the cursor.
func (f *frame) selected() (store.Path, bool) {
	switch f.kind {
	case kindPlaces:
		if i, ok := f.list.Selected(); ok && i < len(f.places) {
			return f.places[i].Path, true
		}
	case kindReferrers:
		if i, ok := f.list.Selected(); ok && f.graph != nil {
			return f.graph.Paths[f.back.Node(i)], true
		}
	case kindFiles:
		return f.path, true
	case kindDiff, kindDrvs:
		return "", false
	case kindDups:
		return f.dupSelected()
	default:
		if n, ok := f.node(); ok {
			return f.data.g.Path(n), true
		}
	}
	return "", false
}
