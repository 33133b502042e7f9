package cli

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/closure"
	"nixbench/inspect/reclaim"
	"nixbench/inspect/why"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/gc"
)

// runWhy is `nixbench why PATH [DEPENDENCY]`.
func runWhy(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	from, err := inv.validPath(ctx, eng, inv.args[0])
	if err != nil {
		return err
	}
	if len(inv.args) == 1 {
		return inv.whyKept(ctx, eng, from)
	}
	to, err := inv.onePath(ctx, eng, inv.args[1])
	if err != nil {
		return err
	}
	return inv.whyDepends(ctx, eng, from, to)
}

// validPath returns the one valid store path that an argument stands for.
func (inv *invocation) validPath(ctx context.Context, eng *engine.Engine, arg string) (store.Path, error) {
	p, err := inv.onePath(ctx, eng, arg)
	if err == nil {
		_, err = eng.StoreOf(ctx, p)
	}
	return p, err
}

// allValid returns the error of the first path that is not valid.
func allValid(ctx context.Context, eng *engine.Engine, paths []store.Path) error {
	for _, p := range paths {
		if _, err := eng.StoreOf(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// whyKept says which roots keep a path alive, each with a shortest chain to it.
func (inv *invocation) whyKept(ctx context.Context, eng *engine.Engine, p store.Path) error {
	plan, err := eng.PlanCollect(ctx, gc.Options{})
	if err != nil {
		return err
	}
	type keeper struct {
		Link  string       `json:"link"`
		Kind  string       `json:"kind"`
		Chain []store.Path `json:"chain"`
	}
	keepers := []keeper{}
	r := reclaim.New(plan)
	for _, i := range r.KeptBy(p) {
		root := plan.Roots[i]
		if isOwn(root) {
			continue
		}
		keepers = append(keepers, keeper{strings.ToValidUTF8(root.Link, "�"), root.Kind.String(), r.Chain(i, p)})
	}
	if inv.json {
		return writeJSON(inv.env.Stdout, map[string]any{"path": p, "keptBy": keepers})
	}
	out := inv.env.Stdout
	if len(keepers) == 0 {
		_, err := fmt.Fprintf(out, "no root leads to '%s': a collection deletes it\n", text.SanitiseName(string(p)))
		return err
	}
	fmt.Fprintf(out, "'%s' is kept by %s\n", text.SanitiseName(string(p)), text.Plural(len(keepers), "root"))
	for _, k := range keepers {
		fmt.Fprintf(out, "\n%s (%s)\n", text.SanitiseName(k.Link), k.Kind)
		printChain(out, k.Chain)
	}
	return nil
}

// isOwn reports whether a root is of this process, which asked for the path only
// to look at it.
func isOwn(root gc.Root) bool {
	pid, _, _ := strings.Cut(filepath.Base(root.Link), "-")
	return root.Kind == gc.KindTemp && pid == strconv.Itoa(os.Getpid())
}

// A dependency is why one path depends on another, as --json prints it.
type dependency struct {
	From store.Path `json:"from"`
	To   store.Path `json:"to"`
	// Chains is how many there are, at most 2^64-1.
	Chains   uint64       `json:"chains"`
	Shortest []store.Path `json:"shortest"`
	// Bottlenecks are the paths between the ends that all chains go by.
	Bottlenecks []store.Path `json:"bottlenecks"`
	// Direct are the paths on chains that refer to the dependency itself.
	Direct []store.Path `json:"direct"`
	Cut    cut          `json:"cut"`
}

// A cut is a smallest set of references whose loss parts two paths.
type cut struct {
	References []heldReference `json:"references"`
	FreedSize  int64           `json:"freedSize"`
	FreedPaths int             `json:"freedPaths"`
}

// A heldReference says in which files one path refers to another.
type heldReference struct {
	From  store.Path `json:"from"`
	To    store.Path `json:"to"`
	Files []place    `json:"files"`
}

type place struct {
	File   string `json:"file"`
	Place  string `json:"place"`
	Offset int64  `json:"offset"`
}

// whyDepends says why one path depends on another.
func (inv *invocation) whyDepends(ctx context.Context, eng *engine.Engine, from, to store.Path) error {
	g, err := closure.Load(ctx, eng.Lookup(), from)
	if err != nil {
		return err
	}
	target, needed := g.Node(to)
	if !needed {
		if inv.json {
			return writeJSON(inv.env.Stdout, nil)
		}
		_, err := fmt.Fprintf(inv.env.Stdout, "'%s' does not depend on '%s'\n", text.SanitiseName(string(from)), text.SanitiseName(string(to)))
		return err
	}
	chains := why.New(g, g.Roots()[0], target)
	smallest, err := chains.Cut(ctx)
	if err != nil {
		return err
	}
	dep := dependency{
		From: from, To: to, Chains: chains.Count(), Shortest: pathsOf(g, chains.Shortest()),
		Bottlenecks: pathsOf(g, inner(chains.Bottlenecks())), Direct: pathsOf(g, chains.Direct()),
		Cut: cut{References: []heldReference{}, FreedSize: smallest.Size, FreedPaths: len(smallest.Gone)},
	}
	for _, ref := range smallest.References {
		held := heldReference{From: g.Path(ref.From), To: g.Path(ref.To), Files: []place{}}
		for o, err := range why.Occurrences(ctx, eng.Reader().RealPath(held.From), held.To.Digest(), why.OccurrenceOptions{PerFile: 1}) {
			if err != nil {
				inv.warn(err.Error())
				break
			}
			held.Files = append(held.Files, place{strings.ToValidUTF8(o.File, "�"), o.Place.String(), o.Offset})
		}
		dep.Cut.References = append(dep.Cut.References, held)
	}
	if inv.json {
		return writeJSON(inv.env.Stdout, dep)
	}
	return inv.printDependency(&dep)
}

// inner returns what lies between the ends.
func inner(nodes []why.Node) []why.Node {
	if len(nodes) <= 2 {
		return nil
	}
	return nodes[1 : len(nodes)-1]
}

func pathsOf(g *closure.Graph, nodes []closure.Node) []store.Path {
	paths := make([]store.Path, len(nodes))
	for i, n := range nodes {
		paths[i] = g.Path(n)
	}
	return paths
}

// filesShown is how many files that hold a reference are named.
const filesShown = 3

func (inv *invocation) printDependency(dep *dependency) error {
	out := inv.env.Stdout
	chains := text.Plural(int(min(dep.Chains, math.MaxInt64)), "chain")
	if dep.Chains >= math.MaxInt64 {
		chains = "more than " + chains
	}
	fmt.Fprintf(out, "%s, %s at least\n\n", chains, text.Plural(len(dep.Shortest)-1, "step"))
	printChain(out, dep.Shortest)
	inv.listPaths("all go by", dep.Bottlenecks)
	inv.listPaths("refer to it themselves", dep.Direct)
	if len(dep.Cut.References) == 0 {
		return nil
	}
	fmt.Fprintf(out, "\nwithout %s it is not needed, and the closure has %s less, %s:\n",
		text.Plural(len(dep.Cut.References), "reference"), text.Plural(dep.Cut.FreedPaths, "path"), text.Bytes(dep.Cut.FreedSize))
	for _, ref := range dep.Cut.References {
		fmt.Fprintf(out, "  %s → %s\n", text.SanitiseName(string(ref.From)), text.SanitiseName(string(ref.To)))
		for i, f := range ref.Files {
			if i == filesShown {
				fmt.Fprintf(out, "    and %s\n", text.Plural(len(ref.Files)-i, "other file"))
				break
			}
			fmt.Fprintf(out, "    %s\n", describePlace(f))
		}
	}
	return nil
}

// describePlace is where a reference stands: "bin/tlmgr, byte 2".
func describePlace(p place) string {
	file := text.SanitiseName(p.File)
	if file == "" {
		file = "/"
	}
	if p.Place == why.InContents.String() {
		return fmt.Sprintf("%s, byte %d", file, p.Offset)
	}
	return file + ", its " + p.Place
}

func (inv *invocation) listPaths(title string, paths []store.Path) {
	if len(paths) == 0 {
		return
	}
	fmt.Fprintf(inv.env.Stdout, "\n%s:\n", title)
	for _, p := range paths {
		fmt.Fprintf(inv.env.Stdout, "  %s\n", text.SanitiseName(string(p)))
	}
}

// printChain prints paths, each below what refers to it.
func printChain(out io.Writer, chain []store.Path) {
	for i, p := range chain {
		branch := ""
		if i > 0 {
			branch = strings.Repeat("    ", i-1) + "└───"
		}
		fmt.Fprintf(out, "%s%s\n", branch, text.SanitiseName(string(p)))
	}
}
