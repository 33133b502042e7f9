package closure

// This file answers why one path depends on another: the ways from the one to
// the other as a tree that is unfolded step by step, the shortest first, and the
// files in which the references stand.

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/inspect/why"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/palette"
	"nixbench/tui/widget/rows"
)

// A step is a reference on a way.
type step struct{ from, to closure.Node }

// An explanation is an answer to why.
type explanation struct {
	f      *frame
	chains *why.Chains
	tree   *rows.Tree[step]
	list   *rows.Rows
	all    bool // everything is unfolded, within bounds

	files    map[step][]why.Occurrence // where the reference stands; nil: not asked for
	filing   tui.Slot
	cutting  tui.Slot
	holders  int   // references to the end
	freed    int64 // what goes if those do, in bytes
	gateways []closure.Node
}

// closeWhy closes the answer.
func (f *frame) closeWhy() {
	f.whySlot.Cancel()
	if f.why != nil {
		f.why.filing.Cancel()
		f.why.cutting.Cancel()
		f.why = nil
	}
}

// whyFrom is where ways begin: the base if it is in the closure, else the root.
func (s *Screen) whyFrom(f *frame) closure.Node {
	if n, ok := f.data.g.Node(s.base); ok && s.base != "" {
		return n
	}
	if n, ok := f.node(); ok {
		return f.data.way(n)[0]
	}
	return f.data.root
}

// startWhy asks why for the path under the cursor; from the start itself, and in
// the answer, it lets the user choose another.
func (s *Screen) startWhy() tea.Cmd {
	f := s.top()
	from := s.whyFrom(f)
	n, ok := f.node()
	if s.answering() != nil || !ok || n == from {
		return s.pickWhy(f, from)
	}
	return s.askWhy(f, from, n)
}

// pickWhy lets the user choose what is depended on.
func (s *Screen) pickWhy(f *frame, from closure.Node) tea.Cmd {
	g := f.data.g
	var items []palette.Item
	for _, n := range f.all() {
		if n != from {
			items = append(items, palette.Item{Key: string(g.Path(n)), Title: f.nodeName(n), Side: text.Size(g.AddedSize(n))})
		}
	}
	return s.env.Pick(palette.Options{
		Title: "why does " + text.CutMiddle(f.nodeName(from), 30) + " depend on ..?", Items: items,
		Empty: "it depends on nothing",
		OnPick: func(key string) tea.Cmd {
			if f.data == nil {
				return nil
			}
			n, ok := f.data.g.Node(pathOf(key))
			if !ok {
				return nil
			}
			f.goTo(n)
			return tea.Batch(s.askWhy(f, from, n), s.moved())
		},
	})
}

// askWhy finds the ways from one node to another.
func (s *Screen) askWhy(f *frame, from, to closure.Node) tea.Cmd {
	f.closeWhy()
	g := f.data.g
	return tui.Ask(s.env, &f.whySlot, func(context.Context) (*why.Chains, error) { return why.New(g, from, to), nil })
}

// explained shows the ways, with the shortest unfolded.
func (s *Screen) explained(f *frame, c *why.Chains, err error) tea.Cmd {
	switch {
	case err != nil:
		return s.env.Fail(err)
	case f.data == nil || c.Graph() != f.data.g:
		return nil // the closure was read again meanwhile
	case !c.Found():
		return s.env.Notify(f.nodeName(c.From()) + " does not depend on " + f.nodeName(c.To()))
	}
	g := c.Graph()
	w := &explanation{f: f, chains: c}
	for _, n := range g.Referrers(c.To()) {
		if c.CountFrom(n) > 0 {
			w.holders++
		}
	}
	_, w.freed = g.Without(c.To())
	if b := c.Bottlenecks(); len(b) > 2 {
		w.gateways = b[1 : len(b)-1]
	}
	w.tree = &rows.Tree[step]{
		KeyOf:       func(st step) string { return string(g.Path(st.to)) },
		TextOf:      func(st step) string { return f.nodeName(st.to) },
		HasChildren: func(st step) bool { return st.to != c.To() },
		Children:    func(st step) []step { return nextSteps(c, st) },
		RowOf:       w.row,
		Guides:      s.env.Styles,
	}
	w.list = rows.New(s.env.Styles, rows.Column{Min: 24, Flex: 1}, rows.Column{Min: 22, Flex: 1, Rank: 1, End: true})
	w.tree.SetRoots(step{closure.None, c.From()})
	w.list.SetSource(w.tree)
	w.unfoldShortest()
	f.why = w
	if s.top() == f {
		s.panes.SetFocus(paneWhy)
		return s.moved()
	}
	return nil
}

func nextSteps(c *why.Chains, st step) []step {
	var out []step
	for _, n := range c.Next(st.to) {
		out = append(out, step{st.to, n})
	}
	return out
}

// unfoldShortest shows a shortest way.
func (w *explanation) unfoldShortest() {
	var keys []string
	for _, n := range w.chains.Shortest() {
		keys = append(keys, string(w.chains.Graph().Path(n)))
	}
	key := w.tree.OpenTo(keys...)
	w.list.Changed()
	w.list.Select(key)
}

func (w *explanation) row(st step) rows.Row {
	token := themes.DrvName
	if st.to == w.chains.To() {
		token = themes.Live
	}
	name := w.f.label(st.to, token)
	if n := w.chains.CountFrom(st.to); n > 1 {
		name = append(name, rows.Cell{{Text: "  " + ways(n), Token: themes.Muted}}...)
	}
	row := rows.Row{Cells: []rows.Cell{name, nil}}
	found, asked := w.files[st]
	switch {
	case st.from == closure.None || w.files == nil:
	case !asked:
		row.Cells[1] = rows.Text(themes.Muted, "..")
	case len(found) == 0:
		row.Cells[1] = rows.Text(themes.Muted, "in no file that can be read")
	default:
		row.Cells[1] = rows.Text(themes.Path, occurrence(found[0]))
		if more := len(found) - 1; more > 0 {
			row.Cells[1] = append(row.Cells[1], rows.Cell{{Text: fmt.Sprintf("  +%d", more), Token: themes.Muted}}...)
		}
	}
	return row
}

// ways counts chains; there may be more than can be counted.
func ways(n uint64) string {
	if n >= math.MaxInt32 {
		return "over 2 billion ways"
	}
	return text.Plural(int(n), "way")
}

// mostUnfolded bounds how many rows "all paths" shows.
const mostUnfolded = 2000

// selected is the reference under the cursor, of the start none.
func (w *explanation) selected() (step, bool) {
	i, ok := w.list.Selected()
	if !ok {
		return step{}, false
	}
	return w.tree.Node(i), true
}

// holder is the file under the cursor that is shown to hold a reference, and the path that
// it is in; false: there is none.
func (w *explanation) holder() (p store.Path, file string, ok bool) {
	st, _ := w.selected()
	found := w.files[st]
	if len(found) == 0 {
		return "", "", false
	}
	return w.chains.Graph().Path(st.from), found[0].File, true
}

// flipAll unfolds all ways, or again only the shortest.
func (s *Screen) flipAll() tea.Cmd {
	w := s.top().why
	w.all = !w.all
	key := w.list.SelectedKey()
	if w.all {
		w.tree.OpenAll(1<<20, mostUnfolded)
		w.list.Changed()
		if w.list.Len() >= mostUnfolded {
			s.env.Notify("unfolded as far as " + text.Count(mostUnfolded) + " rows; l unfolds on")
		}
	} else {
		w.tree.CloseAll()
		w.unfoldShortest()
	}
	w.list.Select(key)
	return s.fileMore(w)
}

// filesAtOnce bounds how many references one request looks for.
const filesAtOnce = 40

// flipFiles shows the files that hold the references, or not.
func (s *Screen) flipFiles() tea.Cmd {
	w := s.top().why
	if w.files != nil && w.next() == nil {
		w.filing.Cancel()
		w.files = nil
		return nil
	}
	if w.files == nil {
		w.files = map[step][]why.Occurrence{}
	}
	return s.fileMore(w)
}

// next are references that are shown and not looked for yet.
func (w *explanation) next() []step {
	var out []step
	listed := map[step]bool{}
	for i := range w.tree.Len() {
		st := w.tree.Node(i)
		if _, known := w.files[st]; st.from != closure.None && !known && !listed[st] {
			listed[st] = true
			out = append(out, st)
		}
		if len(out) == filesAtOnce {
			break
		}
	}
	return out
}

// fileMore looks for the references that are shown, if files are wanted.
func (s *Screen) fileMore(w *explanation) tea.Cmd {
	if w.files == nil {
		return nil
	}
	todo := w.next()
	if todo == nil {
		return nil
	}
	b, g := s.env.Backend, w.chains.Graph()
	return tui.Ask(s.env, &w.filing, func(ctx context.Context) (map[step][]why.Occurrence, error) {
		out := map[step][]why.Occurrence{}
		for _, st := range todo {
			found, err := b.FilesHolding(ctx, g.Path(st.from), g.Path(st.to))
			if err != nil {
				return out, err
			}
			out[st] = found
		}
		return out, nil
	})
}

// occurrence says where a reference stands, in a line: the store directory and
// the digest, which say nothing, are left out.
func occurrence(o why.Occurrence) string {
	around := o.Context
	if end := o.Digest + store.DigestLen; o.Digest >= 0 && end <= len(around) {
		// Of what stands before, only what is written together with it: "#!".
		before := strings.TrimRight(around[:o.Digest], "/")
		before = before[:strings.LastIndexAny(before, " \t\"'=:;,(!")+1]
		before = before[strings.LastIndexAny(before, " \t")+1:]
		around = before + text.Ellipsis + around[end:]
	}
	file, around := text.SanitiseName(o.File), text.SanitiseName(strings.TrimSpace(around))
	if o.Place != why.InContents {
		return file + ": " + o.Place.String() + " " + around
	}
	return cmp.Or(file, "the file itself") + ", byte " + strconv.FormatInt(o.Offset, 10) + ": " + around
}

func (s *Screen) filed(w *explanation, found map[step][]why.Occurrence, err error) tea.Cmd {
	if w.files == nil {
		return nil
	}
	for st, list := range found {
		w.files[st] = list
	}
	if err != nil {
		return s.env.Fail(err)
	}
	return nil
}

// title is "why does a depend on b?   17 ways, 3 steps at least", or "a -> b" and that
// where that has no room.
func (w *explanation) title(room int) string {
	c := w.chains
	if c.From() == c.To() {
		return "why: it is the start itself"
	}
	from, to := w.f.nodeName(c.From()), w.f.nodeName(c.To())
	count := fmt.Sprintf("   %s, %s at least", ways(c.Count()), text.Plural(c.Steps(c.From()), "step"))
	if whole := "why does " + from + " depend on " + to + "?" + count; style.Width(whole) <= room {
		return whole
	}
	return from + " -> " + to + count
}

// foot says in at most room cells what would have to go.
func (w *explanation) foot(room int) string {
	out := text.Plural(w.holders, "reference") + " to it; without them " + text.Bytes(w.freed) + " less"
	if len(w.gateways) > 0 {
		n := w.gateways[len(w.gateways)-1]
		if more := out + "; all go by " + w.f.nodeName(n); style.Width(more) <= room {
			return more
		}
	}
	return out
}
