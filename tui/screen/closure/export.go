package closure

// This file writes closures to files.

import (
	"bytes"
	"context"
	"encoding/json"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/repl/text"
	"nixbench/tui"
	"nixbench/tui/widget/palette"
)

func (s *Screen) pickExport() tea.Cmd {
	what := "all " + text.Plural(s.top().data.g.Len(), "path")
	if f := s.top(); f.query != "" {
		what = text.Plural(len(f.hits), "path") + " that were searched for"
	}
	return s.env.Pick(palette.Options{
		Title: "write " + what + " as",
		Items: []palette.Item{
			{Key: "json", Title: "JSON: sizes, references, referrers"},
			{Key: "csv", Title: "CSV: a line for each path"},
			{Key: "dot", Title: "dot: the graph, for Graphviz"},
		},
		OnPick: s.export,
	})
}

// export writes what was searched for, or else everything, in the order that is shown.
func (s *Screen) export(format string) tea.Cmd {
	f := s.top()
	if f.data == nil {
		return nil
	}
	b, g, nodes := s.env.Backend, f.data.g, f.all()
	if f.query != "" {
		nodes = f.hits
	}
	name := "closure-" + s.env.Now.Format("20060102-150405") + "." + format
	s.env.Ran(f.closureCommand("--" + format))
	return tui.Ask(s.env, &s.writing, func(ctx context.Context) (string, error) {
		if _, err := g.ClosureSizes(ctx); err != nil {
			return "", err
		}
		var out bytes.Buffer
		var err error
		switch format {
		case "json":
			enc := json.NewEncoder(&out)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			err = enc.Encode(closure.Report(g, nodes))
		case "csv":
			err = closure.WriteCSV(&out, g, nodes)
		default:
			err = closure.WriteDot(&out, g, nodes, text.Bytes)
		}
		if err != nil {
			return "", err
		}
		return b.WriteFile(ctx, name, out.Bytes())
	})
}
