package logview

// This file moves through a log. A place is a line and, where lines are
// wrapped, one of its rows; the height of the whole log in rows is never known.

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/tui/action"
	"nixbench/tui/style"
)

// rowsOf is how many rows line n takes.
func (v *View) rowsOf(n int) int {
	if !v.wrap || v.w <= 0 {
		return 1
	}
	return max((style.Width(v.line(n))+v.w-1)/v.w, 1)
}

// bottom is the place of the first row when the last line is at the bottom.
func (v *View) bottom() (line, sub int) {
	line = v.idx.total()
	for room := v.h; room > 0 && line > 0; {
		line--
		n := v.rowsOf(line)
		if n > room {
			return line, n - room
		}
		room -= n
	}
	return line, 0
}

// start is the place of the first row to be drawn.
func (v *View) start() (line, sub int) {
	line, sub = v.bottom()
	if v.follow || v.top > line || v.top == line && v.sub > sub {
		return line, sub
	}
	return v.top, v.sub
}

// end is the line below the last one of which something is shown.
func (v *View) end() int {
	line, sub := v.start()
	for room := v.h; room > 0 && line < v.idx.total(); line, sub = line+1, 0 {
		room -= v.rowsOf(line) - sub
	}
	return line
}

// Keep remembers the place that is shown; the function it returns goes back there.
func (v *View) Keep() func() tea.Cmd {
	key, follow := v.key, v.follow
	top, sub := v.start()
	return func() tea.Cmd {
		switch {
		case v.key != key:
			return nil
		case follow:
			return v.Follow()
		}
		v.stop()
		v.top, v.sub = top, sub
		return v.fetch()
	}
}

// stop ends following and pins the place that is shown.
func (v *View) stop() {
	v.top, v.sub = v.start()
	if v.follow {
		v.seen = v.idx.total()
	}
	v.follow = false
}

// Move scrolls by n rows.
func (v *View) Move(n int) {
	if n > 0 && v.follow {
		return
	}
	v.stop()
	for ; n < 0 && (v.top > 0 || v.sub > 0); n++ {
		if v.sub > 0 {
			v.sub--
		} else {
			v.top--
			v.sub = v.rowsOf(v.top) - 1
		}
	}
	for ; n > 0 && v.top < v.idx.total()-1; n-- {
		if v.sub+1 < v.rowsOf(v.top) {
			v.sub++
		} else {
			v.top, v.sub = v.top+1, 0
		}
	}
	v.top, v.sub = v.start()
}

// GoTo shows line n, counted from 0, in the upper third.
func (v *View) GoTo(n int) tea.Cmd {
	v.stop()
	v.top, v.sub = max(0, min(n-v.h/3, v.idx.total()-1)), 0
	return v.fetch()
}

// Follow goes to the end and stays there.
func (v *View) Follow() tea.Cmd {
	v.follow = true
	return v.fetch()
}

// Following tells whether the end is followed.
func (v *View) Following() bool { return v.follow }

// Wheel scrolls by n rows.
func (v *View) Wheel(n int) tea.Cmd {
	v.Move(n)
	return v.fetch()
}

func (v *View) intent(id action.ID) {
	page := max(v.h-1, 1)
	switch id {
	case action.RowUp:
		v.Move(-1)
	case action.RowDown:
		v.Move(1)
	case action.PageUp:
		v.Move(-page)
	case action.PageDown:
		v.Move(page)
	case action.HalfUp:
		v.Move(-max(page/2, 1))
	case action.HalfDown:
		v.Move(max(page/2, 1))
	case action.Top:
		v.stop()
		v.top, v.sub = 0, 0
	case action.Bottom:
		v.follow = true
	case action.LogFollow:
		if v.follow {
			v.stop()
		} else {
			v.follow = true
		}
	case action.LogWrap:
		v.wrap = !v.wrap
		v.left, v.sub = 0, 0
	case action.LogTimes:
		v.times = !v.times
		v.sub = 0
	case action.LogLeft:
		v.left = max(v.left-8, 0)
	case action.LogRight:
		if !v.wrap {
			v.left = min(v.left+8, text.MaxCells)
		}
	}
}
