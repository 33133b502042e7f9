package cli

import (
	"context"
	"fmt"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/closure"
	"nixbench/inspect/why"
	"nixbench/repl/text"
	"nixbench/store"
)

// runWhyDepends is `nixbench why-depends A B`.
func runWhyDepends(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	from, err := inv.onePath(ctx, eng, inv.args[0])
	if err != nil {
		return err
	}
	to, err := inv.onePath(ctx, eng, inv.args[1])
	if err != nil {
		return err
	}
	st, err := eng.StoreOf(ctx, from)
	if err != nil {
		return err
	}
	g, err := closure.Load(ctx, st, from)
	if err != nil {
		return err
	}
	target, found := g.Node(to)
	if !found {
		fmt.Fprintf(inv.env.Stderr, "'%s' does not depend on '%s'\n", from, to)
		return &ExitError{Status: 1}
	}
	chains := why.New(g, g.Roots()[0], target)
	w := whyPrinter{ctx: ctx, inv: inv, st: st, chains: chains, printed: make(map[why.Node]bool)}
	if inv.json {
		return w.json()
	}
	if inv.all {
		fmt.Fprintln(inv.env.Stdout, from)
		return w.tree(g.Roots()[0], "")
	}
	return w.shortest()
}

// onePath returns the store path that an argument stands for.
func (inv *invocation) onePath(ctx context.Context, eng *engine.Engine, arg string) (store.Path, error) {
	paths, err := inv.validPaths(ctx, eng, []string{arg})
	if err != nil {
		return "", err
	}
	return paths[0], nil
}

// A whyPrinter prints why one path depends on another.
type whyPrinter struct {
	ctx     context.Context // of the one command it prints for
	inv     *invocation
	st      engine.Store
	chains  *why.Chains
	printed map[why.Node]bool
}

// shortest prints one shortest chain, each path below its referrer.
func (w *whyPrinter) shortest() error {
	g := w.chains.Graph()
	chain := w.chains.Shortest()
	for i, n := range chain {
		indent, arrow := strings.Repeat("    ", max(0, i-1)), ""
		if i > 0 {
			if err := w.occurrences(chain[i-1], n, indent+"│   "); err != nil {
				return err
			}
			arrow = "└───"
		}
		fmt.Fprintf(w.inv.env.Stdout, "%s%s%s\n", indent, arrow, g.Path(n))
	}
	return nil
}

// tree prints all chains below n. What was printed before is not unfolded again.
func (w *whyPrinter) tree(n why.Node, indent string) error {
	if w.printed[n] {
		return nil
	}
	w.printed[n] = true
	g := w.chains.Graph()
	next := w.chains.Next(n)
	for i, child := range next {
		branch, below := "├───", "│   "
		if i == len(next)-1 {
			branch, below = "└───", "    "
		}
		again := ""
		if w.printed[child] && len(w.chains.Next(child)) > 0 {
			again = " (see above)"
		}
		if err := w.occurrences(n, child, indent+"│   "); err != nil {
			return err
		}
		fmt.Fprintf(w.inv.env.Stdout, "%s%s%s%s\n", indent, branch, g.Path(child), again)
		if err := w.tree(child, indent+below); err != nil {
			return err
		}
	}
	return nil
}

// occurrences prints, with --precise, the files of from in which to stands.
func (w *whyPrinter) occurrences(from, to why.Node, indent string) error {
	if !w.inv.precise {
		return nil
	}
	g := w.chains.Graph()
	opts := why.OccurrenceOptions{}
	for o, err := range why.Occurrences(w.ctx, w.st.RealPath(g.Path(from)), g.Path(to).Digest(), opts) {
		if err != nil {
			return err
		}
		fmt.Fprintf(w.inv.env.Stdout, "%s%s: …%s…\n", indent, text.SanitiseName(fileName(o.File)), text.SanitiseName(o.Context))
	}
	return nil
}

// json prints the references that lie on chains, with their occurrences.
func (w *whyPrinter) json() error {
	type edge struct {
		From  store.Path `json:"from"`
		To    store.Path `json:"to"`
		Files []string   `json:"files,omitempty"`
	}
	g := w.chains.Graph()
	var edges []edge
	add := func(from, to why.Node) error {
		e := edge{From: g.Path(from), To: g.Path(to)}
		if w.inv.precise {
			for o, err := range why.Occurrences(w.ctx, w.st.RealPath(e.From), e.To.Digest(), why.OccurrenceOptions{}) {
				if err != nil {
					return err
				}
				e.Files = append(e.Files, o.File)
			}
		}
		edges = append(edges, e)
		return nil
	}
	if w.inv.all {
		for _, n := range w.chains.Nodes() {
			for _, child := range w.chains.Next(n) {
				if err := add(n, child); err != nil {
					return err
				}
			}
		}
		return writeJSON(w.inv.env.Stdout, edges)
	}
	chain := w.chains.Shortest()
	for i := 1; i < len(chain); i++ {
		if err := add(chain[i-1], chain[i]); err != nil {
			return err
		}
	}
	return writeJSON(w.inv.env.Stdout, edges)
}

// fileName names a file of a store object; the object itself is "(the path)".
func fileName(rel string) string {
	if rel == "" {
		return "(the path itself)"
	}
	return rel
}
