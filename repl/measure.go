package repl

// This file says what evaluations cost.

import (
	"context"
	"fmt"
	"strings"
	"time"

	"nixbench/engine/eval"
	"nixbench/engine/watch"
	"nixbench/repl/text"
)

// cmdStats evaluates an expression and says what that took; without one, what
// the session has done so far.
func (s *sitting) cmdStats(ctx context.Context, arg string) (*Result, error) {
	if arg == "" {
		return textResult(append([]string{"this session"}, statLines(s.ev.Stats(), eval.Stats{})...)...), nil
	}
	before, started := s.ev.Stats(), s.opts.Clock()
	v, err := s.evalText(ctx, arg)
	if err != nil {
		return nil, err
	}
	snap, err := s.ev.Expand(ctx, v)
	if err != nil {
		return nil, err
	}
	if snap.Err != nil {
		return nil, snap.Err
	}
	took := s.opts.Clock().Sub(started)
	lines := []string{s.line(snap), fmt.Sprintf("%-20s %s", "time", text.Took(took))}
	return textResult(append(lines, statLines(s.ev.Stats(), before)...)...), nil
}

// statLines say what was done from one time to another.
func statLines(now, before eval.Stats) []string {
	count := func(what string, n int64) string { return fmt.Sprintf("%-20s %s", what, text.Count(int(n))) }
	return []string{
		count("thunks made", now.Thunks-before.Thunks),
		count("thunks evaluated", now.Forced-before.Forced),
		count("function calls", now.Calls-before.Calls),
		count("builtin calls", now.Builtins-before.Builtins),
		count("attributes selected", now.Lookups-before.Lookups),
		count("sets made", now.Sets-before.Sets),
		count("attributes in them", now.SetElems-before.SetElems),
		count("sets updated by //", now.Updates-before.Updates),
		count("list items", now.ListElems-before.ListElems),
		fmt.Sprintf("%-20s %s", "values", text.Bytes(now.Bytes-before.Bytes)),
	}
}

// gate is a tracer that can be shut.
type gate struct{ to eval.Tracer }

func (g *gate) Call(s *eval.State, c eval.TracedCall) {
	if g.to != nil {
		g.to.Call(s, c)
	}
}

func (g *gate) Return(s *eval.State) {
	if g.to != nil {
		g.to.Return(s)
	}
}

func (g *gate) Enter(s *eval.State, c eval.Callee, args int) {
	if g.to != nil {
		g.to.Enter(s, c, args)
	}
}

func (g *gate) Leave(s *eval.State) {
	if g.to != nil {
		g.to.Leave(s)
	}
}

// How many rows of a profile are shown.
const (
	profiledFunctions = 20
	profiledFiles     = 10
)

// cmdProfile evaluates an expression afresh, so that what is known already
// counts too, and says which functions and files took the time.
func (s *sitting) cmdProfile(ctx context.Context, arg string) (*Result, error) {
	s.remember()
	fresh := newSitting(s.common, s.remembered())
	fresh.tracer = new(gate)
	end, err := fresh.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	s.watchEval(fresh.ev)
	p, started := watch.NewProfile(), time.Now()
	fresh.tracer.to = p
	v, err := fresh.evalText(ctx, arg)
	if err != nil {
		return nil, err
	}
	snap, err := fresh.ev.Expand(ctx, v)
	fresh.tracer.to = nil
	if err != nil {
		return nil, err
	}
	if snap.Err != nil {
		return nil, snap.Err
	}
	took := time.Since(started)
	lines := []string{s.line(snap), fmt.Sprintf("evaluated afresh in %s, with a look at each call", text.Took(took)), ""}
	functions, files := p.Functions(), p.Files()
	lines = append(lines, strings.Split(ProfileTable("function", functions, profiledFunctions), "\n")...)
	if more := len(functions) - profiledFunctions; more > 0 {
		lines[len(lines)-1] = fmt.Sprintf("and %s more", text.Count(more))
		lines = append(lines, "")
	}
	lines = append(lines, strings.Split(ProfileTable("file", files, profiledFiles), "\n")...)
	lines = lines[:len(lines)-1]
	if more := len(files) - profiledFiles; more > 0 {
		lines = append(lines, fmt.Sprintf("and %s more", text.Count(more)))
	}
	return textResult(lines...), nil
}

// ProfileTable is a table of the first rows of a profile; what is in them: "function".
func ProfileTable(what string, rows []watch.ProfileRow, most int) string {
	var sum time.Duration
	for _, r := range rows {
		sum += r.Self
	}
	t := text.Table{Columns: []text.Column{
		{Title: "self", Right: true}, {Title: "%", Right: true}, {Title: "total", Right: true}, {Title: "calls", Right: true},
		{Title: "thunks", Right: true}, {Title: "bytes", Right: true}, {Title: what},
	}}
	for _, r := range rows[:min(most, len(rows))] {
		t.Row(millis(r.Self), fmt.Sprintf("%.1f", 100*float64(r.Self)/float64(max(sum, 1))), millis(r.Total),
			fmt.Sprint(r.Calls), fmt.Sprint(r.Thunks), text.Size(r.Bytes), profileName(r))
	}
	return t.String()
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d.Microseconds())/1000)
}

// profileName names a function by its name and place, and a file by its own.
func profileName(r watch.ProfileRow) string {
	switch {
	case r.Place.Line == 0 && r.Name == "":
		return r.Place.Name
	case r.Place.Line == 0:
		return r.Name
	case r.Name == "":
		return "anonymous " + r.Place.String()
	}
	return r.Name + " " + r.Place.String()
}
