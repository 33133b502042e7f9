package repl

// This file keeps an eye on expressions: when a file changes that they were
// evaluated from, they are evaluated again, and what has changed is told. Of a
// derivation it is told what would be built, and why, before anything is.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"nixbench/engine/eval"
	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/store"
)

// A watched expression and what it was when it was looked at last.
type watchedExpr struct {
	expr string
	seen seen
}

// What an expression is: the derivation that it is, or its parts by attribute
// path.
type seen struct {
	drv   store.Path
	parts map[string]string // by what is behind the expression: "", ".a", "[2]"
	more  bool              // there are more parts than were looked at
	wrong string            // why it could not be evaluated
}

// How much of a value is compared, and how much of the differences is told.
const (
	maxParts    = 5000
	maxPartDeep = 8
	maxTold     = 40
)

func (s *sitting) cmdWatch(ctx context.Context, arg string) (*Result, error) {
	if arg == "" {
		if len(s.watched) == 0 {
			return nil, errors.New("nothing is watched; :watch <expr> does")
		}
		return s.recheck(ctx)
	}
	now := s.seeNow(ctx, arg)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.watched = slices.DeleteFunc(s.watched, func(w watchedExpr) bool { return w.expr == arg })
	s.watched = append(s.watched, watchedExpr{arg, now})
	return textResult("watching " + text.PlainLine(arg) + ": " + now.summary()), nil
}

func (s *sitting) cmdUnwatch(_ context.Context, arg string) (*Result, error) {
	before := len(s.watched)
	s.watched = slices.DeleteFunc(s.watched, func(w watchedExpr) bool { return arg == "" || w.expr == arg })
	if len(s.watched) == before {
		return nil, errors.New("this is not watched")
	}
	return textResult(fmt.Sprintf("watching %s", text.Plural(len(s.watched), "expression"))), nil
}

// summary says in a few words what was seen.
func (n seen) summary() string {
	switch {
	case n.wrong != "":
		return "error: " + n.wrong
	case n.drv != "":
		return "«derivation " + string(n.drv) + "»"
	case len(n.parts) == 1 && n.parts[""] != "":
		return n.parts[""]
	case n.more:
		return "the first " + text.Plural(len(n.parts), "part")
	}
	return text.Plural(len(n.parts), "part")
}

// seeNow evaluates an expression and notes what it is.
func (s *sitting) seeNow(ctx context.Context, expr string) (now seen) {
	v, err := s.evalText(ctx, expr)
	if err == nil {
		var snap eval.Snapshot
		if snap, err = s.ev.Expand(ctx, v); err == nil && snap.Err != nil {
			err = snap.Err
		}
		now.drv = store.Path(snap.DrvPath)
	}
	if err != nil {
		return seen{wrong: s.shortError(err)}
	}
	if now.drv == "" {
		now.parts = make(map[string]string)
		s.seeParts(ctx, v, "", 0, &now)
	}
	return now
}

// seeParts notes the parts of a value, whose own errors are parts too.
func (s *sitting) seeParts(ctx context.Context, v eval.Value, path string, depth int, now *seen) {
	if len(now.parts) >= maxParts {
		now.more = true
		return
	}
	snap, err := s.ev.Expand(ctx, v)
	switch {
	case err != nil:
		return // cancelled
	case snap.Err != nil:
		now.parts[path] = "«error: " + text.PlainLine(firstLine(snap.Err.Msg)) + "»"
		return
	case snap.DrvPath != "" || snap.Children == 0 || depth == maxPartDeep:
		now.parts[path] = s.line(snap)
		return
	}
	if v, err = s.ev.Force(ctx, v); err != nil {
		return
	}
	for _, c := range s.ev.Children(v, 0, maxParts) {
		name := "." + eval.QuoteName(c.Name)
		if snap.Kind == eval.KindList {
			name = fmt.Sprintf("[%d]", c.Index)
		}
		s.seeParts(ctx, c.Value, path+name, depth+1, now)
	}
}

// recheck loads all files again, evaluates what is watched and tells what has
// changed.
func (s *sitting) recheck(ctx context.Context) (*Result, error) {
	_, failed := s.cmdReload(ctx, "")
	var lines []string
	for i := range s.watched {
		w := &s.watched[i]
		now := s.seeNow(ctx, w.expr)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		changes, err := s.changes(ctx, w.seen, now)
		if err != nil {
			return nil, err
		}
		w.seen = now
		if len(changes) == 0 {
			changes = []string{"  no change: " + now.summary()}
		}
		lines = append(lines, text.PlainLine(w.expr))
		lines = append(lines, changes...)
	}
	if failed != nil {
		lines = append(lines, "error: "+s.shortError(failed))
	}
	return textResult(lines...), nil
}

// changes tells what has changed from one look to another, nothing if it is the same.
func (s *sitting) changes(ctx context.Context, before, now seen) ([]string, error) {
	switch {
	case before.drv != "" && now.drv != "":
		return s.rebuilt(ctx, before.drv, now.drv)
	case before.wrong == now.wrong && before.drv == now.drv && before.wrong != "":
		return nil, nil
	case before.parts == nil || now.parts == nil:
		return []string{"  - " + before.summary(), "  + " + now.summary()}, nil
	}
	names := make(map[string]bool, len(now.parts))
	for name := range before.parts {
		names[name] = true
	}
	for name := range now.parts {
		names[name] = true
	}
	var lines []string
	for name := range names {
		old, had := before.parts[name]
		val, has := now.parts[name]
		at := strings.TrimPrefix(name, ".")
		if at != "" {
			at += " = "
		}
		at = text.PlainLine(at)
		switch {
		case had && has && old != val:
			lines = append(lines, fmt.Sprintf("  ~ %s%s  ->  %s", at, old, val))
		case had && !has:
			lines = append(lines, fmt.Sprintf("  - %s%s", at, old))
		case has && !had:
			lines = append(lines, fmt.Sprintf("  + %s%s", at, val))
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[4:], b[4:]) })
	return few(lines, "change"), nil
}

// few cuts a long list short and says how much more there is.
func few(lines []string, what string) []string {
	if more := len(lines) - maxTold; more > 0 {
		lines = append(lines[:maxTold], "  ... and "+text.Plural(more, "more "+what))
	}
	return lines
}

// rebuilt tells what would be built of a derivation that is another now, and
// which differences make it so.
func (s *sitting) rebuilt(ctx context.Context, before, now store.Path) ([]string, error) {
	if before == now {
		return nil, nil
	}
	lines := []string{"  - " + string(before), "  + " + string(now)}
	plan, err := s.eng.PlanRealise(ctx, []store.DerivedPath{store.AllOutputsOf(now)})
	if err != nil {
		return nil, err
	}
	builds := []string{}
	for _, b := range plan.Build {
		builds = append(builds, "      "+string(b.DrvPath))
	}
	if len(builds) == 0 {
		lines = append(lines, "    nothing would be built: its outputs are there")
	} else {
		lines = append(lines, fmt.Sprintf("    would build %s:", text.Plural(len(builds), "derivation")))
		lines = append(lines, few(builds, "derivation")...)
	}
	d, err := diff.CompareDerivations(ctx, s.eng.ReadDerivation, before, now)
	if err != nil {
		return nil, err
	}
	return append(lines, because(d)...), nil
}

// because says which derivations differ in themselves, and in what.
func because(d *diff.Derivations) []string {
	lines := []string{}
	for _, i := range d.Causes() {
		p := &d.Pairs[i]
		name := p.After.Name()
		for _, f := range p.Fields {
			lines = append(lines, "      "+name+": "+fieldChange(f))
		}
		for what, paths := range map[string][2][]store.Path{
			"derivation": {p.DrvsGone, p.DrvsNew}, "source": {p.SrcsGone, p.SrcsNew},
		} {
			for _, gone := range paths[0] {
				lines = append(lines, fmt.Sprintf("      %s: - %s %s", name, what, gone.Name()))
			}
			for _, added := range paths[1] {
				lines = append(lines, fmt.Sprintf("      %s: + %s %s", name, what, added.Name()))
			}
		}
	}
	if len(lines) == 0 {
		return []string{"    no difference that counts: its outputs are the same"}
	}
	slices.Sort(lines)
	return append([]string{"    because of"}, few(lines, "difference")...)
}

// maxField is how many cells of a field of a derivation are told, beforeField how
// many of them are before what differs.
const (
	maxField    = 60
	beforeField = 16
)

// fieldChange tells of a long value only what is around the first difference.
func fieldChange(f diff.Field) string {
	from := 0
	if f.HasBefore && f.HasAfter && max(len(f.Before), len(f.After)) > maxField {
		for from < min(len(f.Before), len(f.After)) && f.Before[from] == f.After[from] {
			from++
		}
		from = max(from-beforeField, 0)
		for from > 0 && !utf8.RuneStart(f.Before[from]) {
			from--
		}
	}
	show := func(v string, has bool) string {
		if !has {
			return "nothing"
		}
		lead := ""
		if from > 0 {
			v, lead = v[from:], text.Ellipsis
		}
		return text.Cut(lead+text.SanitiseName(v), maxField)
	}
	return fmt.Sprintf("%s  %s  ->  %s", text.SanitiseName(f.Name), show(f.Before, f.HasBefore), show(f.After, f.HasAfter))
}

// Recheck loads all files again, evaluates what the command :watch has named and
// tells what has changed.
func (s *Session) Recheck(ctx context.Context) (*Result, error) {
	sit := s.sitting.Load()
	return sit.turnFor(ctx, func(ctx context.Context) (*Result, error) { return sit.cmdWatch(ctx, "") })
}
