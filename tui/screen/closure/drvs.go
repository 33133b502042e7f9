package closure

// This file tells what makes two derivations differ.

import (
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

func (s *Screen) noDrvDiff(p store.Path, noPath string) string {
	switch why := s.noDiff(p, noPath); {
	case why != "":
		return why
	case s.deriver(s.base) == "":
		return "the derivation of the base is not known"
	case s.deriver(p) == "":
		return "its derivation is not known"
	case s.deriver(p) == s.deriver(s.base):
		return "both have the same derivation"
	}
	return ""
}

// newDrvs is a frame for what makes two derivations differ.
func (s *Screen) newDrvs(base, p store.Path) *frame {
	f := &frame{kind: kindDrvs, path: p, base: base, st: s.env.Styles}
	f.name = cleanName(base) + " -> " + cleanName(p)
	f.list = rows.New(s.env.Styles, rows.Column{Min: 20, Flex: 1, End: true})
	f.list.NoFolds = true
	f.list.Empty = "comparing derivations .."
	return f
}

func (s *Screen) loadDrvs(f *frame) tea.Cmd {
	b, base, p := s.env.Backend, f.base, f.path
	return tui.Ask(s.env, &f.loading, func(ctx context.Context) (*diff.Derivations, error) { return b.CompareDerivations(ctx, base, p) })
}

func (f *frame) setDrvs(d *diff.Derivations, err error) {
	if f.refused("cannot compare", err) {
		return
	}
	f.list.Empty = "they make the same"
	var items []rows.Item
	add := func(cell rows.Cell) {
		key := strconv.Itoa(len(items))
		items = append(items, rows.Item{Key: key, Row: rows.Row{Cells: []rows.Cell{cell}}})
	}
	causes := d.Causes()
	if len(d.Pairs) > 0 {
		differ := text.Count(len(causes)) + " derivations differ in themselves"
		if len(causes) == 1 {
			differ = "1 derivation differs in itself"
		}
		add(rows.Cell{
			{Text: differ, Token: themes.Warning},
			{Text: ", " + text.Count(len(d.Pairs)-len(causes)) + " only because of that", Token: themes.Muted},
		})
	}
	for _, i := range causes {
		add(rows.Cell{})
		var chain []string
		for _, k := range d.Chain(i) {
			chain = append(chain, pairName(&d.Pairs[k]))
		}
		add(rows.Text(themes.Heading, strings.Join(chain, " > ")))
		addPair(&d.Pairs[i], add)
	}
	f.list.SetSource(rows.NewList(items))
}

// pairName is the name of both, or "a -> b".
func pairName(p *diff.Pair) string {
	before, after := strings.TrimSuffix(cleanName(p.Before), ".drv"), strings.TrimSuffix(cleanName(p.After), ".drv")
	if before == after {
		return after
	}
	return before + " -> " + after
}

// addPair adds what differs in a derivation itself.
func addPair(p *diff.Pair, add func(rows.Cell)) {
	signed := func(indent, sign string, token themes.Token, line string) {
		add(rows.Cell{style.Span{Text: indent}, style.Span{Text: sign + " ", Token: token}, style.Span{Text: line}})
	}
	for _, list := range []struct {
		sign  string
		token themes.Token
		paths []store.Path
	}{{"-", themes.Gone, p.DrvsGone}, {"+", themes.New, p.DrvsNew}, {"-", themes.Gone, p.SrcsGone}, {"+", themes.New, p.SrcsNew}} {
		for _, q := range list.paths {
			signed("  ", list.sign, list.token, text.ShortPath(text.SanitiseName(string(q)), 72))
		}
	}
	for i := range p.Fields {
		add(rows.Cell{{Text: "  "}, {Text: text.SanitiseName(p.Fields[i].Name), Token: themes.Info}})
		gone, added := p.Fields[i].Lines()
		for _, l := range gone {
			signed("    ", "-", themes.Gone, text.PlainLine(l))
		}
		for _, l := range added {
			signed("    ", "+", themes.New, text.PlainLine(l))
		}
	}
}
