package cli

import (
	"context"
	"fmt"

	"nixbench/engine"
	"nixbench/inspect/closure"
	"nixbench/repl/text"
	"nixbench/store"
)

// budgetFlag is --budget of path-info.
var budgetFlag = flag{[]string{"--budget"}, []string{"SIZE"}, "exit with status 1 if a closure is larger than SIZE, such as 500M, and say what makes it so", func(inv *invocation, args []string) (err error) {
	inv.budgetGiven = true
	inv.budget, err = text.ParseSize(args[0])
	return err
}}

// contributors is how many paths are named of a closure that is too large.
const contributors = 10

// A budgetReport says whether a closure is within the budget.
type budgetReport struct {
	Path        store.Path `json:"path"`
	ClosureSize int64      `json:"closureSize"`
	Budget      int64      `json:"budget"`
	Over        int64      `json:"over"` // 0 if it is within
	// Contributors are the largest paths of a closure that is over.
	Contributors []contributor `json:"contributors"`
}

type contributor struct {
	Path      store.Path `json:"path"`
	NarSize   int64      `json:"narSize"`
	AddedSize int64      `json:"addedSize"`
}

// checkBudget is `nixbench path-info --budget SIZE`: the closure of each path may
// be as large as that.
func (inv *invocation) checkBudget(ctx context.Context, eng *engine.Engine, paths []store.Path) error {
	var reports []budgetReport
	over, lookup := 0, eng.Lookup()
	for _, p := range paths {
		g, err := closure.Load(ctx, lookup, p)
		if err != nil {
			return err
		}
		r := budgetReport{Path: p, ClosureSize: g.Total(), Budget: inv.budget, Contributors: []contributor{}}
		if r.Over = max(0, r.ClosureSize-r.Budget); r.Over > 0 {
			over++
			r.Contributors = largest(g)
		}
		reports = append(reports, r)
	}
	err := inv.printBudget(reports)
	if err == nil && over > 0 {
		err = &ExitError{Status: 1}
	}
	return err
}

func largest(g *closure.Graph) []contributor {
	nodes := g.All(closure.ByOwn)
	var out []contributor
	for _, n := range nodes[:min(contributors, len(nodes))] {
		out = append(out, contributor{g.Path(n), g.OwnSize(n), g.AddedSize(n)})
	}
	return out
}

func (inv *invocation) printBudget(reports []budgetReport) error {
	if inv.json {
		return writeJSON(inv.env.Stdout, reports)
	}
	for _, r := range reports {
		p := text.SanitiseName(string(r.Path))
		if r.Over == 0 {
			fmt.Fprintf(inv.env.Stdout, "%s: %s, within %s\n", p, text.Bytes(r.ClosureSize), text.Bytes(r.Budget))
			continue
		}
		fmt.Fprintf(inv.env.Stdout, "%s: %s, %s above %s\n", p, text.Bytes(r.ClosureSize), text.Bytes(r.Over), text.Bytes(r.Budget))
		table := text.Table{Columns: []text.Column{{Title: "OWN", Right: true}, {Title: "ADDS", Right: true}, {Title: "PATH"}}}
		for _, c := range r.Contributors {
			table.Row(text.Size(c.NarSize), text.Size(c.AddedSize), string(c.Path))
		}
		if _, err := table.WriteTo(inv.env.Stdout); err != nil {
			return err
		}
	}
	return nil
}
