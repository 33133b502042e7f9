package closure

import (
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/panes"
)

// infoWidth is the width of what is told about a path beside the list.
const infoWidth = 44

// Draw implements tui.Screen.
func (s *Screen) Draw(w, h int) []string {
	f := s.top()
	if f.why != nil {
		s.panes.Arrange(paneMain, paneWhy)
	} else {
		s.panes.Arrange(paneMain)
	}
	all := panes.Place{W: w, H: h}
	if s.panes.Full {
		if s.panes.Focus() == paneWhy {
			return s.drawWhy(all)
		}
		return s.drawMain(all)
	}
	if f.kind == kindDiff || f.kind == kindDrvs { // they want the width, and are about no path
		return s.drawMain(all)
	}
	if tui.WidthOf(w) == tui.Narrow {
		return s.drawNarrow(all)
	}
	if f.isClosure() && f.view == viewColumns && tui.WidthOf(w) == tui.Wide && f.data != nil {
		return s.drawColumns(all)
	}
	left := panes.Place{W: s.panes.Across(w, w-infoWidth, 24), H: h}
	info := panes.Place{X: left.W, W: w - left.W, H: h}
	if f.why == nil {
		return style.Beside(s.drawMain(left), s.drawInfo(info))
	}
	left.H = s.panes.Down(h, h/2, 5)
	if tui.WidthOf(w) == tui.Medium { // the files of references want the width
		info.H = left.H
		below := panes.Place{Y: left.H, W: w, H: h - left.H}
		return style.Stack(style.Beside(s.drawMain(left), s.drawInfo(info)), s.drawWhy(below))
	}
	below := panes.Place{Y: left.H, W: left.W, H: h - left.H}
	return style.Beside(style.Stack(s.drawMain(left), s.drawWhy(below)), s.drawInfo(info))
}

// drawNarrow stacks the list, the answer to why, and two lines about the path.
func (s *Screen) drawNarrow(at panes.Place) []string {
	const infoHeight = 4
	main, info := at, at
	main.H = at.H - infoHeight
	info.Y, info.H = main.H, infoHeight
	p := style.Pane{Title: "path"}
	if sel, ok := s.selected(); ok {
		p.Title = cleanName(sel)
	}
	lines := s.panes.Text(paneInfo, info, p, s.shortInfo(p.InnerWidth(at.W)))
	if s.top().why == nil {
		return style.Stack(s.drawMain(main), lines)
	}
	below := main
	main.H = s.panes.Down(main.H, main.H/2, 4)
	below.Y, below.H = main.H, below.H-main.H
	return style.Stack(s.drawMain(main), s.drawWhy(below), lines)
}

// drawColumns draws the way here, the references, and theirs.
func (s *Screen) drawColumns(at panes.Place) []string {
	f := s.top()
	c := &f.cols
	low := 17
	if f.why != nil {
		low = max(at.H-at.H/2, low)
	}
	top := s.panes.Down(at.H, at.H-low, 5)
	low = at.H - top
	side := at.W * 27 / 100
	left := panes.Place{W: side, H: top}
	mid := panes.Place{X: side, W: at.W - 2*side, H: top}
	right := panes.Place{X: at.W - side, W: side, H: top}
	p := style.Pane{Title: "parent"}
	if len(c.trail) < 2 {
		p.Title = "root"
	}
	rightPane := style.Pane{Title: "references"}
	if n, ok := f.node(); ok {
		rightPane.Title = f.nodeName(n) + "   " + text.Plural(len(f.data.g.References(n)), "ref")
	}
	block := style.Beside(
		s.panes.List(paneLeft, left, p, nil, c.left), s.drawMain(mid), s.panes.List(paneRight, right, rightPane, nil, c.right))
	below := panes.Place{Y: top, W: s.panes.Across(at.W, at.W-infoWidth, 24), H: low}
	info := panes.Place{X: below.W, Y: top, W: at.W - below.W, H: low}
	if f.why != nil {
		return style.Stack(block, style.Beside(s.drawWhy(below), s.drawInfo(info)))
	}
	way := s.panes.Text(paneWhy, below, style.Pane{Title: "the way here"}, s.wayLines())
	return style.Stack(block, style.Beside(way, s.drawInfo(info)))
}

// wayLines tell how the columns came here.
func (s *Screen) wayLines() []line {
	f := s.top()
	var lines []line
	for i, n := range f.cols.trail {
		lead := ""
		if i > 0 {
			g := s.env.Styles.Glyphs()
			lead = style.Fit("", 3*(i-1)) + g.Elbow + g.Branch + " "
		}
		lines = append(lines, line{{Text: lead, Token: themes.Border}, {Text: f.nodeName(n), Token: themes.DrvName},
			{Text: "   adds " + text.Size(f.data.g.AddedSize(n)), Token: themes.Muted}})
	}
	return append(lines, nil, muted("w: why the root depends on the selected path, by all ways"))
}

func (s *Screen) drawInfo(at panes.Place) []string {
	p := style.Pane{Title: "path"}
	if sel, ok := s.selected(); ok {
		p.Title = cleanName(sel)
	}
	lines := s.longInfo(p.InnerWidth(at.W))
	if s.base != "" {
		lines = append(lines, nil, line{{Text: "base      ", Token: themes.Muted}, {Text: cleanName(s.base), Token: themes.Info}},
			muted("d: difference to it   m: no base"))
	}
	return s.panes.Text(paneInfo, at, p, lines)
}

func (s *Screen) drawMain(at panes.Place) []string {
	f := s.top()
	p := style.Pane{Title: s.title(at.W), Foot: s.foot()}
	if s.graph == nil && f.kind != kindPlaces {
		f.list.Empty = s.reading()
		if s.err != nil {
			f.list.Empty = "the store could not be read; f5 tries again"
		}
	}
	if f.onMap() {
		return s.drawAreas(at, p)
	}
	return s.panes.List(paneMain, at, p, nil, f.main())
}

// title names what is shown.
func (s *Screen) title(w int) string {
	f := s.top()
	named := func(before, after string) string {
		return before + text.CutMiddle(f.name, max(w-len(before)-len(after)-style.TitleFrame, minTitleName)) + after
	}
	switch f.kind {
	case kindPlaces:
		return f.name
	case kindReferrers:
		return named("referrers of ", ", in the whole store")
	case kindFiles:
		return named("files of ", "")
	case kindDiff:
		return "diff " + f.name // what matters least comes last
	case kindDups:
		return named("more than once in ", "")
	case kindDrvs:
		return named("why not the same: ", "")
	}
	if c := &f.cols; f.view == viewColumns && f.data != nil && len(c.trail) > 1 {
		here := c.trail[len(c.trail)-1]
		after := "   " + text.Plural(len(f.data.g.References(here)), "ref") + "   (h: out)"
		return "in " + text.CutMiddle(f.nodeName(here), max(w-len(after)-style.TitleFrame-3, minTitleName)) + after
	}
	word := "closure of "
	if f.kind == kindBuild {
		word = "build-time closure of "
	}
	if f.data == nil {
		return named(word, "")
	}
	size := "   " + text.Plural(f.data.g.Len(), "path") + "   " + text.Bytes(f.data.g.Total())
	if f.kind == kindBuild {
		size = f.buildTitle(w - len(word) - minTitleName - style.TitleFrame)
	}
	return named(word, size)
}

// minTitleName is how much of a name stays at least.
const minTitleName = 12

// foot says how the list is sorted and what is searched for.
func (s *Screen) foot() string {
	f := s.top()
	switch {
	case f.kind == kindPlaces && s.reading() != "":
		return s.reading()
	case s.graph == nil && s.graphing.Pending():
		return "ctrl+c stops"
	case f.query != "" && (f.isClosure() || f.kind == kindFiles):
		return "/" + text.SanitiseName(f.query) + "   " + f.found()
	case f.query != "":
		return "/" + text.SanitiseName(f.query)
	case f.kind == kindDups && f.dups != nil:
		return text.Bytes(f.dups.spare) + " to spare"
	case f.onMap():
		return "area: what a path adds   view: map"
	case f.kind == kindFiles && f.view == viewFlat:
		return "all files, the biggest first   view: flat"
	case f.kind == kindFiles:
		return "the biggest first   view: tree"
	case f.isClosure():
		return "sort: " + sortName(f.order) + "   view: " + f.view.String()
	}
	return ""
}

func (s *Screen) drawWhy(at panes.Place) []string {
	w := s.top().why
	p := style.Pane{Title: w.title(at.W - 6), Foot: w.foot(at.W - 8)}
	return s.panes.List(paneWhy, at, p, nil, w.list)
}
