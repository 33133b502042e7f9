package cli

import (
	"context"
	"fmt"

	"nixbench/engine"
	"nixbench/inspect/closure"
	"nixbench/inspect/duplicates"
	"nixbench/repl/text"
	"nixbench/store"
)

// runDuplicates is `nixbench duplicates`.
func runDuplicates(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	g, err := inv.listedClosure(ctx, eng)
	if err != nil {
		return err
	}
	found := duplicates.Find(g)
	shown := inv.limited(len(found))
	if inv.json {
		return inv.duplicatesJSON(g, found[:shown])
	}
	if len(found) == 0 {
		_, err := fmt.Fprintln(inv.env.Stdout, "nothing is there more than once")
		return err
	}
	table := text.Table{Columns: []text.Column{{Title: "NAME"}, {Title: "VERSION"}, {Title: "OWN", Right: true}, {Title: "COSTS", Right: true}, {Title: "PATHS"}}}
	spare := int64(0)
	for i, p := range found {
		spare += p.Spare
		if i >= shown {
			continue
		}
		name := p.Name
		for _, c := range p.Copies {
			for k, n := range c.Nodes {
				if k == 0 {
					table.Row(name, c.Version, text.Size(c.Own), text.Size(c.Cost), string(g.Path(n)))
				} else {
					table.Row("", "", "", "", string(g.Path(n)))
				}
				name = ""
			}
		}
	}
	if _, err := table.WriteTo(inv.env.Stdout); err != nil {
		return err
	}
	if err := inv.printRest(len(found) - shown); err != nil {
		return err
	}
	_, err = fmt.Fprintf(inv.env.Stdout, "%s more than once; with the largest copy of each, %s less of %s\n",
		text.Plural(len(found), "package"), text.Bytes(spare), text.Bytes(g.Total()))
	return err
}

// closureOf returns the closure of what the arguments stand for.
func (inv *invocation) closureOf(ctx context.Context, eng *engine.Engine) (*closure.Graph, error) {
	paths, err := inv.pathsAsked(ctx, eng)
	if err != nil {
		return nil, err
	}
	if err := allValid(ctx, eng, paths); err != nil {
		return nil, err
	}
	return closure.Load(ctx, eng.Lookup(), paths...)
}

func (inv *invocation) duplicatesJSON(g *closure.Graph, found []duplicates.Package) error {
	type jsonCopy struct {
		Version string       `json:"version"`
		Paths   []store.Path `json:"paths"`
		OwnSize int64        `json:"ownSize"`
		Cost    int64        `json:"cost"`
	}
	type jsonPackage struct {
		Name   string     `json:"name"`
		Size   int64      `json:"size"`
		Spare  int64      `json:"spare"`
		Copies []jsonCopy `json:"copies"`
	}
	out := make([]jsonPackage, 0, len(found))
	for _, p := range found {
		pkg := jsonPackage{Name: p.Name, Size: p.Size, Spare: p.Spare}
		for _, c := range p.Copies {
			pkg.Copies = append(pkg.Copies, jsonCopy{c.Version, pathsOf(g, c.Nodes), c.Own, c.Cost})
		}
		out = append(out, pkg)
	}
	return writeJSON(inv.env.Stdout, out)
}
