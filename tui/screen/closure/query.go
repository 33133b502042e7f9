package closure

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/repl/text"
	"nixbench/tui/widget/palette"
	"nixbench/tui/widget/rows"
)

// matches tells whether a node is what is searched for.
func (d *loaded) matches(q closure.Query, n closure.Node) bool {
	return q.Matches(d.g, n, d.lower()[n], d.sizes)
}

// search looks for what is typed: the flat list shows only that, in the other
// views the matches are gone to one by one.
func (f *frame) search(typed string) {
	f.query, f.match, f.hits = strings.TrimSpace(typed), closure.ParseQuery(typed), nil
	word := f.match.Word()
	if f.kind == kindFiles {
		f.searchFiles(f.query)
		return
	}
	if !f.isClosure() {
		f.list.SetFind(f.query)
		f.list.FindNext(0)
		return
	}
	for _, w := range []*rows.Rows{f.list, f.flat, f.cols.mid} {
		w.SetFind(word)
	}
	if f.match.Empty() || f.data == nil {
		f.query = ""
		f.flat.SetFilterFunc("", nil)
		return
	}
	d, m, nodes := f.data, f.match, f.all()
	for _, n := range nodes {
		if d.matches(m, n) {
			f.hits = append(f.hits, n)
		}
	}
	f.fillFlat()
	f.flat.SetFilterFunc(f.query, func(i int) bool { return d.matches(m, nodes[i]) })
}

// next goes to the match n places on from the cursor; 0 stays if the cursor is
// on one.
func (f *frame) next(n int) bool {
	switch {
	case f.kind == kindFiles:
		return f.nextFile(n)
	case !f.isClosure() || f.data == nil:
		return f.list.FindNext(n)
	}
	cur, _ := f.node()
	return stepTo(f.hits, cur, n, f.goTo)
}

// stepTo goes to the hit n places on from cur, round at the ends; false: there is none.
// If cur is no hit, that is the first, or the last for a negative n.
func stepTo[T comparable](hits []T, cur T, n int, goTo func(T)) bool {
	if len(hits) == 0 {
		return false
	}
	at := slices.Index(hits, cur)
	switch {
	case at < 0 && n < 0:
		at = len(hits) - 1
	case at < 0:
		at = 0
	default:
		at = ((at+n)%len(hits) + len(hits)) % len(hits)
	}
	goTo(hits[at])
	return true
}

// found says what the search found: "glibc: 2 of 5".
func (f *frame) found() string {
	if f.kind == kindFiles {
		e, _ := f.file()
		return foundIn(f.fileHits, e)
	}
	n, _ := f.node()
	return foundIn(f.hits, n)
}

func foundIn[T comparable](hits []T, cur T) string {
	if i := slices.Index(hits, cur); i >= 0 {
		return text.Count(i+1) + " of " + text.Count(len(hits))
	}
	return text.Count(len(hits)) + " found"
}

func (s *Screen) noFind() string {
	if s.list().Finding() == "" && s.top().query == "" {
		return "nothing is searched for: / searches"
	}
	return ""
}

// keep returns what puts the cursors of a frame back where they are now.
func (f *frame) keep() (back func()) {
	var each []func()
	for _, list := range []*rows.Rows{f.list, f.flat, f.cols.mid} {
		if list != nil {
			each = append(each, list.Keep())
		}
	}
	return func() {
		for _, back := range each {
			back()
		}
	}
}

// find searches as one types.
func (s *Screen) find() tea.Cmd {
	f := s.top()
	if w := s.answering(); w != nil {
		find, giveUp := w.list.Search()
		return s.env.Prompt(palette.PromptOptions{
			Label:    "/",
			OnChange: func(q string) tea.Cmd { find(q); return nil },
			OnCancel: func() tea.Cmd { giveUp(); return nil },
		})
	}
	hint := ""
	if f.isClosure() {
		hint = "glibc   size>100M   closure<1G   adds>10M   refs>20"
	}
	back := f.keep()
	return s.env.Prompt(palette.PromptOptions{
		Label: "/", Hint: hint,
		OnChange: func(q string) tea.Cmd { back(); f.search(q); return s.moved() },
		OnDone: func(q string) tea.Cmd {
			f.search(q)
			if f.query != "" && !f.next(0) {
				said := "not found: " + text.SanitiseName(q)
				switch doubt := f.match.Doubt(); {
				case f.isClosure() && doubt != "":
					said = "not found: " + text.SanitiseName(doubt)
				case f.match.HasConditions() && !f.isClosure():
					said += ": conditions are for closures, which enter opens"
				}
				s.env.Notify(said)
			}
			return s.moved()
		},
		OnCancel: func() tea.Cmd { f.search(""); back(); return s.moved() },
	})
}

func (s *Screen) findNext(n int) tea.Cmd {
	if s.answering() != nil {
		s.list().FindNext(n)
		return nil
	}
	if !s.top().next(n) {
		return s.env.Notify("not found")
	}
	return s.moved()
}
