package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/closure"
	"nixbench/inspect/why"
	"nixbench/repl/text"
	"nixbench/store"
)

// runWhyDepends is `nixbench why-depends PATH DEPENDENCY`. The path is built if
// need be; what the dependency would be is known without, or else it is none.
func runWhyDepends(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	from, err := inv.oneBuilt(ctx, eng, inv.args[0])
	if err != nil {
		return err
	}
	var unbuilt *unbuiltError
	to, err := inv.onePath(ctx, eng, inv.args[1])
	if err != nil && !errors.As(err, &unbuilt) {
		return err
	}
	g, err := closure.Load(ctx, eng.Lookup(), from)
	if err != nil {
		return err
	}
	w := whyPrinter{inv: inv, st: eng.Reader(), graph: g, printed: make(map[why.Node]bool)}
	target, found := g.Node(to)
	if unbuilt != nil || !found {
		fmt.Fprintf(inv.env.Stderr, "'%s' does not depend on '%s'\n", inv.called(eng, inv.args[0]), inv.called(eng, inv.args[1]))
		if inv.json {
			return writeJSON(inv.env.Stdout, []edge{})
		}
		return nil
	}
	w.chains = why.New(g, g.Roots()[0], target)
	if inv.json {
		return w.json(ctx)
	}
	return w.print(ctx)
}

// onePath returns the store path that an argument stands for. It need not be
// valid.
func (inv *invocation) onePath(ctx context.Context, eng *engine.Engine, arg string) (store.Path, error) {
	paths, err := inv.paths(ctx, eng, []string{arg})
	if err != nil {
		return "", err
	}
	if len(paths) != 1 {
		return "", inv.notOnePath(eng, arg)
	}
	return paths[0], nil
}

// oneBuilt is onePath for a path that has to be valid, and is built if it is not.
func (inv *invocation) oneBuilt(ctx context.Context, eng *engine.Engine, arg string) (store.Path, error) {
	if inv.wantsDerivation {
		return inv.onePath(ctx, eng, arg)
	}
	insts, err := inv.installables(ctx, eng, []string{arg})
	if err != nil {
		return "", err
	}
	result, err := inv.realise(ctx, eng, targetsOf(insts))
	if err != nil {
		return "", exitOne(err)
	}
	var roots copied
	for _, outcome := range result.Outcomes {
		roots = append(roots, outcome.Outputs)
	}
	paths := roots.paths()
	if len(paths) != 1 {
		return "", inv.notOnePath(eng, arg)
	}
	return paths[0], nil
}

func (inv *invocation) notOnePath(eng *engine.Engine, arg string) error {
	return fmt.Errorf("argument '%s' should evaluate to one store path", inv.called(eng, arg))
}

// A whyPrinter prints why one path depends on another, as nix why-depends does
// but for what that tells by colour alone.
type whyPrinter struct {
	inv     *invocation
	st      store.Reader
	graph   *closure.Graph
	chains  *why.Chains
	printed map[why.Node]bool // whose references have been printed
}

// print prints the chains: one shortest, or all as a tree.
func (w *whyPrinter) print(ctx context.Context) error {
	from := w.chains.From()
	w.line("%s", w.graph.Path(from))
	if w.inv.all {
		return w.tree(ctx, from, "")
	}
	chain := w.chains.Shortest()
	indent := ""
	for i, n := range chain[1:] {
		if err := w.edge(ctx, chain[i], n, indent, "└───", "    "); err != nil {
			return err
		}
		indent += "    "
	}
	return nil
}

// tree prints all chains below n. What was printed before is not unfolded again.
func (w *whyPrinter) tree(ctx context.Context, n why.Node, indent string) error {
	if w.printed[n] {
		return nil
	}
	w.printed[n] = true
	next := w.next(n)
	for i, child := range next {
		branch, below := "├───", "│   "
		if i == len(next)-1 {
			branch, below = "└───", "    "
		}
		if err := w.edge(ctx, n, child, indent, branch, below); err != nil {
			return err
		}
		if err := w.tree(ctx, child, indent+below); err != nil {
			return err
		}
	}
	return nil
}

// next returns what n refers to on the way to the end, nearest to it first, then
// by path, as nix does.
func (w *whyPrinter) next(n why.Node) []why.Node {
	next := slices.Clone(w.chains.Next(n))
	slices.SortFunc(next, func(a, b why.Node) int {
		return cmp.Or(cmp.Compare(w.chains.Steps(a), w.chains.Steps(b)), cmp.Compare(w.graph.Path(a), w.graph.Path(b)))
	})
	return next
}

// edge prints a reference: the path referred to, and before it, with --precise,
// the files that hold the reference; only the first of them unless --all.
func (w *whyPrinter) edge(ctx context.Context, from, to why.Node, indent, branch, below string) error {
	again := ""
	if w.printed[to] && len(w.chains.Next(to)) > 0 {
		again = " (see above)"
	}
	if !w.inv.precise {
		w.line("%s%s%s%s", indent, branch, w.graph.Path(to), again)
		return nil
	}
	for o, err := range w.occurrences(ctx, from, to) {
		if err != nil {
			return err
		}
		w.line("%s%s%s", indent, branch, describe(o))
		branch = below
		if !w.inv.all {
			break
		}
	}
	w.line("%s%s→ %s%s", indent, below, w.graph.Path(to), again)
	return nil
}

func (w *whyPrinter) line(format string, args ...any) {
	fmt.Fprintf(w.inv.env.Stdout, format+"\n", args...)
}

// occurrences yields where in the files of one path another stands, once a file.
func (w *whyPrinter) occurrences(ctx context.Context, from, to why.Node) iter.Seq2[why.Occurrence, error] {
	root := w.st.RealPath(w.graph.Path(from))
	return why.Occurrences(ctx, root, w.graph.Path(to).Digest(), why.OccurrenceOptions{PerFile: 1})
}

// margin is how many bytes are shown on either side of a digest.
const margin = 32

// describe returns a line about an occurrence: "bin/x: …around the digest…", or
// "bin/x -> target".
func describe(o why.Occurrence) string {
	file := text.SanitiseName(o.File)
	if file == "" {
		file = "/"
	}
	if o.Place == why.InTarget {
		return file + " -> " + text.SanitiseName(o.Context)
	}
	start := max(0, o.Digest-margin)
	end := min(len(o.Context), o.Digest+store.DigestLen+margin)
	return fmt.Sprintf("%s: …%s…", file, o.Context[start:end])
}

// An edge is a reference that lies on a chain, as --json prints it.
type edge struct {
	From  store.Path `json:"from"`
	To    store.Path `json:"to"`
	Files []string   `json:"files,omitempty"`
}

// json prints the references that lie on chains, with the files that hold them
// if --precise.
func (w *whyPrinter) json(ctx context.Context) error {
	edges := []edge{}
	for from, to := range w.references() {
		e := edge{From: w.graph.Path(from), To: w.graph.Path(to)}
		if w.inv.precise {
			for o, err := range w.occurrences(ctx, from, to) {
				if err != nil {
					return err
				}
				e.Files = append(e.Files, strings.ToValidUTF8(o.File, "�"))
			}
		}
		edges = append(edges, e)
	}
	return writeJSON(w.inv.env.Stdout, edges)
}

// references yields the references of one shortest chain, or of all chains.
func (w *whyPrinter) references() iter.Seq2[why.Node, why.Node] {
	return func(yield func(from, to why.Node) bool) {
		if !w.inv.all {
			chain := w.chains.Shortest()
			for i := 1; i < len(chain); i++ {
				if !yield(chain[i-1], chain[i]) {
					return
				}
			}
			return
		}
		for _, n := range w.chains.Nodes() {
			for _, child := range w.chains.Next(n) {
				if !yield(n, child) {
					return
				}
			}
		}
	}
}
