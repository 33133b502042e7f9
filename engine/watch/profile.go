package watch

import (
	"cmp"
	"slices"
	"time"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// A Profile adds up what calls cost, by function and by file. What happens
// between the beginning of a call and its end is the call's, but for what calls
// inside it cost; so a thunk counts for the call that needs its value.
type Profile struct {
	noCalls
	ev    *eval.Evaluator
	rows  map[eval.Callee]*profileRow
	top   profileRow // what no call is to blame for
	calls stack[profileCall]
	time  time.Time  // when the cost was last told
	spent eval.Stats // at that time
}

type profileRow struct {
	calls         int64
	self, total   time.Duration
	thunks, bytes int64
	active        int // calls under way
}

type profileCall struct {
	row     *profileRow
	started time.Time
}

// NewProfile returns a Profile that begins now.
func NewProfile() *Profile {
	return &Profile{rows: make(map[eval.Callee]*profileRow), time: time.Now()}
}

// charge adds what happened since it was last called to the innermost call.
func (p *Profile) charge(s *eval.State) time.Time {
	now, spent := time.Now(), s.Spent()
	row := &p.top
	if call, ok := p.calls.top(); ok {
		row = call.row
	}
	if spent.Thunks < p.spent.Thunks || spent.Bytes < p.spent.Bytes {
		p.spent = eval.Stats{} // another evaluation of the same evaluator
	}
	row.self += now.Sub(p.time)
	row.thunks += spent.Thunks - p.spent.Thunks
	row.bytes += spent.Bytes - p.spent.Bytes
	p.time, p.spent = now, spent
	return now
}

// Enter implements [eval.Tracer].
func (p *Profile) Enter(s *eval.State, c eval.Callee, _ int) {
	now := p.charge(s)
	p.ev = s.Evaluator()
	c = c.Whole()
	row := p.rows[c]
	if row == nil {
		row = new(profileRow)
		p.rows[c] = row
	}
	row.calls++
	row.active++
	p.calls.push(profileCall{row, now})
}

// Leave implements [eval.Tracer].
func (p *Profile) Leave(s *eval.State) {
	now := p.charge(s)
	if call, ok := p.calls.pop(); ok {
		call.end(now)
	}
}

// end counts the whole time of a call, unless it is inside one of the same
// function.
func (call profileCall) end(now time.Time) {
	if call.row.active--; call.row.active == 0 {
		call.row.total += now.Sub(call.started)
	}
}

// A ProfileRow is what a function, or the functions of a file, cost.
type ProfileRow struct {
	Name  string // of the function; "" for a file, and for a function without
	Place syntax.Position
	Calls int64
	// Self is the time of its own; Total that of the calls inside it too.
	Self, Total time.Duration
	Thunks      int64 // made
	Bytes       int64 // of values
}

// Functions returns the rows of all functions and builtins, those that took
// longest themselves first. Builtins have no place.
func (p *Profile) Functions() []ProfileRow {
	rows := make([]ProfileRow, 0, len(p.rows))
	for c, row := range p.rows {
		r := ProfileRow{Name: c.Name(), Calls: row.calls, Self: row.self, Total: row.total, Thunks: row.thunks, Bytes: row.bytes}
		switch {
		case c.Builtin != nil:
			r.Name = "builtins." + r.Name
		case c.Functor:
			r.Name = "__functor"
		default:
			r.Place = p.ev.Position(c.Pos())
		}
		rows = append(rows, r)
	}
	sortRows(rows)
	return rows
}

// Files returns the rows of files, as Functions orders them. Total is the same
// as Self: calls between functions of a file would count twice.
func (p *Profile) Files() []ProfileRow {
	files := make(map[string]*ProfileRow)
	for _, r := range p.Functions() {
		if r.Place.Line == 0 {
			continue
		}
		f := files[r.Place.Name]
		if f == nil {
			f = &ProfileRow{Place: syntax.Position{Name: r.Place.Name}}
			files[r.Place.Name] = f
		}
		f.Calls += r.Calls
		f.Self += r.Self
		f.Thunks += r.Thunks
		f.Bytes += r.Bytes
	}
	rows := make([]ProfileRow, 0, len(files))
	for _, f := range files {
		f.Total = f.Self
		rows = append(rows, *f)
	}
	sortRows(rows)
	return rows
}

func sortRows(rows []ProfileRow) {
	slices.SortFunc(rows, func(a, b ProfileRow) int {
		return cmp.Or(cmp.Compare(b.Self, a.Self), cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Place.Name, b.Place.Name), cmp.Compare(a.Place.Offset, b.Place.Offset))
	})
}
