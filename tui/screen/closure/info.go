package closure

import (
	"context"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"nixbench/inspect/closure"
	"nixbench/inspect/files"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
)

// line is a line of the information about a path.
type line = []style.Span

func filesOf(b tui.Stores, p store.Path) func(context.Context) (*files.Tree, error) {
	return func(ctx context.Context) (*files.Tree, error) { return b.Files(ctx, p) }
}

func infoOf(b tui.Stores, p store.Path) func(context.Context) (*store.PathInfo, error) {
	return func(ctx context.Context) (*store.PathInfo, error) { return b.PathInfo(ctx, p) }
}

// signed says who vouches for a path.
func signed(info *store.PathInfo) string {
	var keys []string
	for _, sig := range info.Sigs {
		name, _, _ := strings.Cut(sig, ":")
		keys = append(keys, text.SanitiseName(name))
	}
	switch {
	case len(keys) > 0:
		return "signed: " + strings.Join(keys, " ")
	case info.CA != "":
		return "content-addressed"
	case info.Ultimate:
		return "built here"
	}
	return "not signed"
}

// shortInfo is about the path under the cursor in two lines.
func (s *Screen) shortInfo(w int) []line {
	f := s.top()
	if lines := s.wrong(w, 2); len(lines) > 0 {
		return lines
	}
	p, ok := s.selected()
	if !ok {
		return []line{muted(s.hint())}
	}
	own, more := "", ""
	if i, found := s.index(p); found {
		own = "NAR " + text.Bytes(s.graph.NarSize[i])
	}
	if s.info != nil {
		more = "   " + signed(s.info)
	}
	room := max(w-style.Width(own+more)-3, 20)
	lines := []line{{
		{Text: style.Fit(text.ShortPath(text.SanitiseName(string(p)), room), room) + "   ", Token: themes.StorePath},
		{Text: own, Token: themes.Size}, {Text: more, Token: themes.Muted},
	}}
	return append(lines, s.need(f, w))
}

// need says in w cells what needs the path under the cursor and what its removal frees.
func (s *Screen) need(f *frame, w int) line {
	n, ok := s.node()
	if !ok {
		return muted(s.hint())
	}
	g := f.data.g
	by := g.Referrers(n)
	what, name := "needed by "+text.Plural(len(by), "path"), ""
	switch len(by) {
	case 0:
		what = "the root of this closure"
	case 1:
		what, name = "needed by 1 path: ", f.nodeName(by[0])
	}
	const frees, leastName = "   removing it frees ", 8
	size := text.Bytes(g.AddedSize(n))
	if style.Width(what+name+frees+size) > w && len(by) == 1 {
		what = "needed by "
	}
	room := w - style.Width(what+frees+size)
	percent := " (" + text.Percent(g.AddedSize(n), g.Total()) + ")"
	if room < min(style.Width(name), 2*leastName)+style.Width(percent) {
		percent = "" // it matters least
	}
	name = text.CutMiddle(name, max(room-style.Width(percent), leastName))
	return line{{Text: what}, {Text: name, Token: themes.DrvName}, {Text: frees}, {Text: size, Token: themes.Size}, {Text: percent, Token: themes.Muted}}
}

// hint says what can be done where there is nothing to tell.
func (s *Screen) hint() string {
	switch s.top().kind {
	case kindPlaces:
		return "enter opens; p takes any path, link or name"
	case kindDiff:
		return "from the base to the path; enter tells all about a change"
	case kindDrvs:
		return "what differs in itself; all else follows from it"
	case kindDups:
		return "l unfolds the copies; COST goes if that copy alone does"
	case kindFiles:
		return "l unfolds a directory; t lists all files"
	case kindReferrers:
		return "l unfolds what refers to it, enter opens its closure"
	}
	return ""
}

// wrong says why there is nothing to show, in h lines at most; nil if there is something.
func (s *Screen) wrong(w, h int) []line {
	err := s.top().err
	if err == nil && s.graph == nil {
		err = s.err
	}
	if err == nil {
		return nil
	}
	what := text.PlainLine("error: " + err.Error())
	parts := text.Wrap(what, w)
	if len(parts) > h { // what was done and the cause matter most
		parts = strings.Split(ansi.Hardwrap(text.CutMiddle(what, h*w), w, true), "\n")
	}
	var lines []line
	for _, part := range parts {
		lines = append(lines, line{{Text: part, Token: themes.Error}})
	}
	return lines
}

func (s *Screen) index(p store.Path) (int32, bool) {
	if s.graph == nil {
		return 0, false
	}
	return s.graph.Index(p)
}

// longInfo is about the path under the cursor, a fact a line.
func (s *Screen) longInfo(w int) []line {
	f := s.top()
	if lines := s.wrong(w, 10); len(lines) > 0 {
		return lines
	}
	p, ok := s.selected()
	if !ok {
		return []line{muted(s.hint())}
	}
	fact := func(name, value string, token themes.Token) line {
		return line{{Text: style.Fit(name, 10), Token: themes.Muted}, {Text: value, Token: token}}
	}
	lines := []line{{{Text: text.ShortPath(text.SanitiseName(string(p)), w), Token: themes.StorePath}}, nil}
	i, found := s.index(p)
	if found {
		lines = append(lines, fact("NAR", text.Bytes(s.graph.NarSize[i]), themes.Size))
	}
	if n, ok := s.node(); ok {
		g := f.data.g
		if f.kind == kindBuild {
			lines = append(lines, f.buildInfo(n, fact)...)
		}
		if size, known := f.closureSize(n); known {
			lines = append(lines, fact("closure", text.Bytes(size), themes.Size))
		}
		lines = append(lines,
			fact("adds", text.Bytes(g.AddedSize(n))+"  "+text.Percent(g.AddedSize(n), g.Total()), themes.Size),
			line{{Text: style.Fit("refs", 10), Token: themes.Muted}, {Text: text.Count(len(g.References(n)))},
				{Text: "   referrers ", Token: themes.Muted}, {Text: text.Count(len(g.Referrers(n)))}})
	} else if found {
		g := s.graph
		lines = append(lines, fact("refs", text.Count(len(g.References(i)))+"   referrers "+text.Count(len(g.Referrers(i))), themes.Text))
	}
	if f.kind == kindFiles {
		lines = append(lines, s.fileInfo(f, fact)...)
	}
	if s.info != nil && f.kind != kindFiles {
		if s.info.Deriver != "" {
			lines = append(lines, fact("deriver", text.ShortPath(text.SanitiseName(string(s.info.Deriver)), w-10), themes.StorePath))
		}
		lines = append(lines, fact("", signed(s.info), themes.Muted))
		if s.info.RegistrationTime > 0 {
			at := time.Unix(s.info.RegistrationTime, 0).In(s.env.Now.Location())
			lines = append(lines, fact("added", text.Date(at)+"  ("+text.Age(s.env.Now, at)+")", themes.Muted))
		}
	}
	if n, ok := s.node(); ok {
		lines = append(lines, nil, muted("needed by"))
		lines = append(lines, f.neededBy(n)...)
	}
	return lines
}

// neededBy names the first few that refer to node n.
func (f *frame) neededBy(n closure.Node) []line {
	const most = 5
	by := f.data.g.Referrers(n)
	if len(by) == 0 {
		return []line{muted("  nothing here: it is the root")}
	}
	var lines []line
	for _, r := range by[:min(len(by), most)] {
		lines = append(lines, line{{Text: "  " + f.nodeName(r), Token: themes.DrvName}})
	}
	if more := len(by) - most; more > 0 {
		lines = append(lines, muted("  ... "+text.Count(more)+" more (r)"))
	}
	return lines
}

func muted(t string) line { return line{{Text: t, Token: themes.Muted}} }

func resolve(b tui.Stores, name string) func(context.Context) (store.Path, error) {
	return func(ctx context.Context) (store.Path, error) { return b.ResolvePath(ctx, name) }
}
