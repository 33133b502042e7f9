package cli

import (
	"context"
	"fmt"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/closure"
	"nixbench/repl/text"
	"nixbench/store"
)

// runClosure is `nixbench closure`: the plain twin of the Closure screen.
func runClosure(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	g, err := inv.listedClosure(ctx, eng)
	if err != nil {
		return err
	}
	nodes, err := inv.listedNodes(ctx, g)
	if err != nil {
		return err
	}
	shown := inv.limited(len(nodes))
	if shown > manyWalks { // quicker than to find the closure size of each
		if _, err := g.ClosureSizes(ctx); err != nil {
			return err
		}
	}
	switch {
	case inv.json:
		return writeJSON(inv.env.Stdout, closure.Report(g, nodes[:shown]))
	case inv.csv:
		return closure.WriteCSV(inv.env.Stdout, g, nodes[:shown])
	case inv.dot:
		return closure.WriteDot(inv.env.Stdout, g, nodes[:shown], text.Bytes)
	}
	table := text.Table{Columns: []text.Column{
		{Title: "OWN", Right: true}, {Title: "CLOSURE", Right: true}, {Title: "ADDS", Right: true},
		{Title: "REFS", Right: true}, {Title: "REFERRERS", Right: true}, {Title: "PATH"},
	}}
	for _, n := range nodes[:shown] {
		table.Row(text.Size(g.OwnSize(n)), text.Size(g.ClosureSize(n)), text.Size(g.AddedSize(n)),
			text.Count(len(g.References(n))), text.Count(len(g.Referrers(n))), string(g.Path(n)))
	}
	if _, err := table.WriteTo(inv.env.Stdout); err != nil {
		return err
	}
	if err := inv.printRest(len(nodes) - shown); err != nil {
		return err
	}
	_, err = fmt.Fprintf(inv.env.Stdout, "%s, %s\n", text.Plural(g.Len(), "path"), text.Bytes(g.Total()))
	return err
}

// manyWalks is the number of paths from which on the closure sizes of all are
// found together.
const manyWalks = 500

// listedNodes returns the paths that are asked for, in order.
func (inv *invocation) listedNodes(ctx context.Context, g *closure.Graph) (nodes []closure.Node, err error) {
	var sizes []int64
	if inv.order == closure.ByClosure || inv.query.NeedsSizes() {
		if sizes, err = g.ClosureSizes(ctx); err != nil {
			return nil, err
		}
	}
	for _, n := range g.All(inv.order) {
		if inv.query.Matches(g, n, strings.ToLower(g.Path(n).Name()), sizes) {
			nodes = append(nodes, n)
		}
	}
	return nodes, nil
}

// listedClosure returns the closure that is asked for: with --build-time that of
// the derivations which the arguments stand for.
func (inv *invocation) listedClosure(ctx context.Context, eng *engine.Engine) (*closure.Graph, error) {
	if !inv.buildTime {
		return inv.closureOf(ctx, eng)
	}
	roots, err := inv.derivationsNamed(ctx, eng, inv.orWhole(inv.args))
	if err != nil {
		return nil, err
	}
	g, err := eng.Graph(ctx)
	if err != nil {
		return nil, err
	}
	return closure.BuildTime(g, roots...)
}

// derivationsNamed returns the valid derivations that arguments stand for: of a
// path that is none its deriver.
func (inv *invocation) derivationsNamed(ctx context.Context, eng *engine.Engine, args []string) ([]store.Path, error) {
	insts, err := inv.installables(ctx, eng, args)
	if err != nil {
		return nil, err
	}
	paths, err := inv.derivationsOf(ctx, eng, insts)
	if err == nil {
		err = allValid(ctx, eng, paths)
	}
	return paths, err
}
