package closure

// This file is about what is under the cursor, in the pane that has the keys.

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/inspect/files"
	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/widget/rows"
)

// answering is the answer to why if that has the keys, else nil.
func (s *Screen) answering() *explanation {
	if s.panes.Focus() != paneWhy {
		return nil
	}
	return s.top().why
}

// node is the node of a closure that keys are about: that under the cursor, in the answer
// to why if that has the keys.
func (s *Screen) node() (closure.Node, bool) {
	if w := s.answering(); w != nil {
		st, ok := w.selected()
		return st.to, ok
	}
	return s.top().node()
}

// selected is the path that keys are about, as node.
func (s *Screen) selected() (store.Path, bool) {
	if w := s.answering(); w != nil {
		st, ok := w.selected()
		if !ok {
			return "", false
		}
		return w.chains.Graph().Path(st.to), true
	}
	return s.top().selected()
}

// moved asks about the path under the cursor.
func (s *Screen) moved() tea.Cmd {
	s.top().fillSides()
	p, ok := s.selected()
	if !ok {
		s.infoSlot.Cancel()
		s.info, s.infoFor = nil, ""
		return nil
	}
	if p == s.infoFor {
		return nil
	}
	s.info, s.infoFor = nil, p
	b := s.env.Backend
	return tui.Ask(s.env, &s.infoSlot, infoOf(b, p))
}

// list is the list that has the keys.
func (s *Screen) list() *rows.Rows {
	if w := s.answering(); w != nil {
		return w.list
	}
	return s.top().main()
}

// flipBase marks the path as what others are compared with, or none any more.
func (s *Screen) flipBase() tea.Cmd {
	p, _ := s.selected()
	if s.base == p {
		s.base = ""
		return s.env.Notify("no base any more")
	}
	s.base = p
	return s.env.Notify("base: " + cleanName(p) + "; d on another path compares")
}

// underCursor is what keys are about: a file in a path, or with no name the path itself.
func (s *Screen) underCursor() (p store.Path, file string) {
	f := s.top()
	if w := s.answering(); w != nil {
		if p, file, ok := w.holder(); ok {
			return p, file
		}
	}
	if e, ok := f.file(); ok {
		return f.path, f.files.Entries[e].Name
	}
	p, _ = s.selected()
	return p, ""
}

// copy copies the full name of what is under the cursor.
func (s *Screen) copy() tea.Cmd {
	p, file := s.underCursor()
	if file == "" {
		return s.env.Copy(string(p), "the path")
	}
	return s.env.Copy(string(p)+"/"+file, "the file's name")
}

func (s *Screen) noEdit(noPath string) string {
	f := s.top()
	if e, ok := f.file(); ok && f.files.Entries[e].Kind == files.Directory {
		return "this is a directory"
	}
	return noPath
}

// realFile is where a file of the store is on this machine.
type realFile string

// edit opens the file under the cursor in the user's editor.
func (s *Screen) edit() tea.Cmd {
	p, file := s.underCursor()
	b := s.env.Backend
	return tui.Ask(s.env, &s.opening, func(ctx context.Context) (realFile, error) {
		name, err := b.FileIn(ctx, p, file)
		return realFile(name), err
	})
}
