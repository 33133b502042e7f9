package logview

import (
	"sort"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
)

// Search looks for query without regard to case, marks it wherever it is shown
// and goes to the first match at or below the first line shown. An empty query
// ends the search.
func (v *View) Search(query string) tea.Cmd {
	top, _ := v.start()
	v.find = finder{query: strings.ToLower(query), serial: v.find.serial + 1, current: -1, jump: 1, origin: top}
	if v.follow {
		v.find.jump, v.find.origin = -1, v.idx.total()-1
	}
	return v.searchOn()
}

// NextError goes to the next line that looks like an error, or if dir is negative to
// the one before. It takes the place of a search.
func (v *View) NextError(dir int) tea.Cmd {
	if v.find.errors {
		return v.NextMatch(dir)
	}
	top, _ := v.start()
	v.find = finder{errors: true, serial: v.find.serial + 1, current: -1, jump: dir, origin: top}
	if v.follow && dir < 0 {
		v.find.origin = v.idx.total() - 1
	}
	return v.searchOn()
}

// Finding tells whether something is looked for.
func (v *View) Finding() bool { return v.find.query != "" || v.find.errors }

// Query is what is searched for, "" for nothing.
func (v *View) Query() string { return v.find.query }

func (v *View) restartSearch() {
	v.find = finder{query: v.find.query, errors: v.find.errors, serial: v.find.serial + 1, current: -1}
}

// searchOn returns the command that searches what was not searched yet.
func (v *View) searchOn() tea.Cmd {
	if !v.Finding() || v.find.running || v.file == nil || v.find.at.offset >= v.idx.size {
		return nil
	}
	v.find.running = true
	f, match, at, limit := v.file, v.find.matcher(), v.find.at, v.idx.size
	serial, n := v.serial, v.find.serial
	return func() tea.Msg {
		found, next, err := search(f, match, at, limit)
		return foundMsg{v, serial, n, found, next, limit, err}
	}
}

func (v *View) found(msg foundMsg) tea.Cmd {
	s := &v.find
	s.running = false
	if msg.err != nil {
		v.err = msg.err
		return nil
	}
	for _, n := range msg.found {
		if k := len(s.matches); k == 0 || n > s.matches[k-1] {
			s.matches = append(s.matches, n)
		}
	}
	moved := msg.next != s.at
	s.at = msg.next
	var more tea.Cmd
	if moved && s.at.offset < msg.limit {
		more = v.searchOn()
	}
	done := more == nil
	if s.jump != 0 && (done || s.jump > 0 && len(s.matches) > 0 && int(s.matches[len(s.matches)-1]) >= s.origin) {
		return tea.Batch(more, v.jumpFrom(s.origin, s.jump))
	}
	return more
}

// NextMatch goes to the next match, or if dir is negative to the one before,
// and round at the end. It is the next from the last one, or if that is out of sight,
// from what is seen.
func (v *View) NextMatch(dir int) tea.Cmd {
	if !v.Finding() {
		return nil
	}
	top, _ := v.start()
	end := max(v.end(), top+1)
	switch line, ok := v.match(); {
	case ok && top <= line && line < end:
		return v.jumpFrom(line+dir, dir)
	case ok && dir < 0:
		return v.jumpFrom(end-1, dir)
	}
	return v.jumpFrom(top, dir)
}

// jumpFrom goes to the first match at line n or, if dir is negative, to the
// last one up to it.
func (v *View) jumpFrom(n, dir int) tea.Cmd {
	s := &v.find
	s.jump = 0
	if len(s.matches) == 0 {
		return nil
	}
	i := sort.Search(len(s.matches), func(i int) bool { return int(s.matches[i]) >= n })
	if dir < 0 && (i == len(s.matches) || int(s.matches[i]) > n) {
		i--
	}
	s.current = (i + len(s.matches)) % len(s.matches)
	line := int(s.matches[s.current])
	if top, sub := v.start(); line < top || line == top && sub > 0 || line >= v.end() || v.follow {
		return v.GoTo(line)
	}
	return nil
}

// match is the line that the search is at.
func (v *View) match() (line int, ok bool) {
	if v.find.current < 0 || v.find.current >= len(v.find.matches) {
		return 0, false
	}
	return int(v.find.matches[v.find.current]), true
}

// SearchStatus says what was found: "/ warning   3 of 41".
func (v *View) SearchStatus() string {
	s := &v.find
	if !v.Finding() {
		return ""
	}
	out := "/ " + text.SanitiseName(s.query) + "   "
	if s.errors {
		out = "errors   "
	}
	switch {
	case len(s.matches) == 0 && s.running:
		return out + "searching"
	case len(s.matches) == 0:
		return out + "not found"
	case s.current >= 0:
		out += text.Count(s.current+1) + " of "
	}
	out += text.Count(len(s.matches))
	if s.running {
		out += "+"
	}
	return out
}
