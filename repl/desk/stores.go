package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nixbench/engine"
	"nixbench/inspect/diff"
	"nixbench/inspect/files"
	"nixbench/inspect/why"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/profile"
)

// Graph returns all valid paths of the store with their references; where the
// machine's store is read too, those of both.
func (d *Desk) Graph(ctx context.Context) (*store.Graph, error) {
	return d.eng.Graph(ctx)
}

// PathInfo returns what the store knows about a path. If it is not valid,
// errors.Is(err, store.ErrInvalidPath).
func (d *Desk) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	st, err := d.eng.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	return st.PathInfo(ctx, p)
}

// A Place is where browsing may start.
type Place struct {
	Kind string // "profile", "result", "system", "built"
	Name string // for people: a link, shortened, or a name
	Path store.Path
	Time time.Time
}

// recent is how many of the newest paths are offered as places.
const recent = 12

// Places lists what a user may want to browse: the running system, profiles and
// results; newest first in each kind. What was built last is told by [Desk.Newest].
func (d *Desk) Places(ctx context.Context) ([]Place, error) {
	places := d.systems(ctx)
	for _, name := range d.profiles() {
		gens, err := profile.List(name)
		if err != nil {
			continue // not ours to read
		}
		for _, gen := range gens {
			if gen.Current && d.isValid(ctx, gen.Path) {
				places = append(places, Place{"profile", d.shorten(name), gen.Path, gen.Created})
			}
		}
	}
	roots, err := d.eng.Roots(ctx)
	if err != nil {
		return nil, err
	}
	var results []Place
	for _, root := range roots {
		if root.Kind == gc.KindResult && !root.Dangling {
			results = append(results, Place{"result", d.shorten(root.Link), root.Path, root.Since})
		}
	}
	slices.SortFunc(results, func(a, b Place) int { return b.Time.Compare(a.Time) })
	return append(places, results...), nil
}

// systems are the running and the booted system, where there are any.
func (d *Desk) systems(ctx context.Context) []Place {
	var places []Place
	for _, link := range []string{"/run/current-system", "/run/booted-system"} {
		p, err := d.eng.ResolveLink(link, link)
		if err != nil || !d.isValid(ctx, p) {
			continue
		}
		places = append(places, Place{Kind: "system", Name: link, Path: p})
	}
	return places
}

// isValid reports whether any store that is read has p.
func (d *Desk) isValid(ctx context.Context, p store.Path) bool {
	_, err := d.eng.StoreOf(ctx, p)
	return err == nil
}

// Newest lists what was built last and nothing refers to, in a graph of the store.
func (d *Desk) Newest(ctx context.Context, g *store.Graph) ([]Place, error) {
	return newest(g), ctx.Err()
}

// newest returns the paths that were registered last and that nothing refers to.
func newest(g *store.Graph) []Place {
	referred := make([]bool, g.Len())
	for i := range int32(g.Len()) {
		for _, r := range g.References(i) {
			referred[r] = true
		}
	}
	var order []int32
	for i := range int32(g.Len()) {
		if !referred[i] && g.DeriverPath(i) != "" && !g.Paths[i].IsDerivation() {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(g.Registered[b], g.Registered[a]), cmp.Compare(g.Paths[a].Name(), g.Paths[b].Name()))
	})
	var places []Place
	for _, i := range order[:min(len(order), recent)] {
		places = append(places, Place{"built", g.Paths[i].Name(), g.Paths[i], time.Unix(g.Registered[i], 0)})
	}
	return places
}

// ResolvePath finds the store path that s, typed by the user, is or leads to: a
// path in the store, its digest, a link, or the name of a path.
func (d *Desk) ResolvePath(ctx context.Context, s string) (store.Path, error) {
	s = strings.TrimSpace(s)
	name := s
	if rest, ok := strings.CutPrefix(s, "~/"); ok {
		name = filepath.Join(d.eng.Getenv("HOME"), rest)
	}
	if strings.ContainsRune(name, '/') || fileExists(name) {
		abs, err := filepath.Abs(name)
		if err != nil {
			return "", err
		}
		p, err := d.eng.ResolveLink(abs, s)
		if err == nil {
			_, err = d.eng.StoreOf(ctx, p)
			return p, err
		}
		if strings.ContainsRune(name, '/') {
			return "", err
		}
	}
	return d.pathByName(ctx, s)
}

func fileExists(name string) bool {
	_, err := os.Lstat(name)
	return name != "" && err == nil
}

// pathByName finds the path whose digest or name s is the beginning of; of
// several, the newest.
func (d *Desk) pathByName(ctx context.Context, s string) (store.Path, error) {
	g, err := d.Graph(ctx)
	if err != nil {
		return "", err
	}
	best := int32(-1)
	for i, p := range g.Paths {
		if s == "" || !strings.HasPrefix(p.Base(), s) && !strings.HasPrefix(p.Name(), s) {
			continue
		}
		if best < 0 || g.Registered[i] > g.Registered[best] {
			best = int32(i)
		}
	}
	if best < 0 {
		return "", fmt.Errorf("no path in the store is called '%s': %w", text.SanitiseName(s), store.ErrInvalidPath)
	}
	return g.Paths[best], nil
}

// Files reads what is in a path, with sizes.
func (d *Desk) Files(ctx context.Context, p store.Path) (*files.Tree, error) {
	root, err := d.realPath(ctx, p)
	if err != nil {
		return nil, err
	}
	return files.Read(ctx, root)
}

func (d *Desk) realPath(ctx context.Context, p store.Path) (string, error) {
	st, err := d.eng.StoreOf(ctx, p)
	if err != nil {
		return "", err
	}
	// The files of derivations just evaluated may not be there yet.
	return st.RealPath(p), d.eng.Flush(ctx)
}

// FilesHolding lists where in the files of referrer the digest of reference
// stands, in the contents of each file once.
func (d *Desk) FilesHolding(ctx context.Context, referrer, reference store.Path) ([]why.Occurrence, error) {
	root, err := d.realPath(ctx, referrer)
	if err != nil {
		return nil, err
	}
	var found []why.Occurrence
	for o, err := range why.Occurrences(ctx, root, reference.Digest(), why.OccurrenceOptions{PerFile: 1}) {
		if err != nil {
			return found, err
		}
		found = append(found, o)
	}
	return found, nil
}

// Etc tells what has become of the files of etc from one path to another: of systems
// their units and configuration; see [diff.Etc]. A path that is "" has none.
func (d *Desk) Etc(ctx context.Context, before, after store.Path) ([]diff.FileChange, error) {
	if before == "" || after == "" {
		return nil, nil
	}
	r := d.eng.Reader()
	return diff.Etc(ctx, diff.Files{Dir: r.Dir(), Real: r.RealPath}, before, after)
}

// CompareDerivations finds out what makes two derivations differ; see
// [diff.CompareDerivations].
func (d *Desk) CompareDerivations(ctx context.Context, before, after store.Path) (*diff.Derivations, error) {
	return diff.CompareDerivations(ctx, d.eng.ReadDerivation, before, after)
}

// BuildGraph returns the derivations that drv needs to be built, with the sizes
// of those outputs that are valid, as a graph.
func (d *Desk) BuildGraph(ctx context.Context, drv store.Path) (*store.Graph, error) {
	b := &buildGraph{ctx: ctx, eng: d.eng, ids: make(map[store.Path]int32)}
	if _, err := b.add(drv); err != nil {
		return nil, err
	}
	for i := 0; i < len(b.nodes); i++ {
		if err := b.follow(int32(i)); err != nil {
			return nil, err
		}
	}
	return store.NewGraph(b.nodes, b.refs, nil), nil
}

// buildGraph collects derivations, breadth first.
type buildGraph struct {
	ctx   context.Context // of the one call it lives for
	eng   *engine.Engine
	ids   map[store.Path]int32
	nodes []store.GraphNode
	refs  [][2]int32
}

func (b *buildGraph) add(p store.Path) (int32, error) {
	if id, ok := b.ids[p]; ok {
		return id, nil
	}
	id := int32(len(b.nodes))
	b.ids[p] = id
	b.nodes = append(b.nodes, store.GraphNode{Path: p})
	return id, b.ctx.Err()
}

// follow reads derivation id: its inputs, and the sizes of its valid outputs.
func (b *buildGraph) follow(id int32) error {
	drv, err := b.eng.ReadDerivation(b.ctx, b.nodes[id].Path)
	if err != nil {
		return err
	}
	inputs := maps.Clone(drv.InputDrvs)
	for input := range drv.Dynamic {
		inputs[input] = nil
	}
	for input := range inputs {
		to, err := b.add(input)
		if err != nil {
			return err
		}
		b.refs = append(b.refs, [2]int32{id, to})
	}
	for _, name := range drv.OutputNames() {
		p := drv.OutputPath(name)
		st, err := b.eng.StoreOf(b.ctx, p)
		if err != nil {
			continue // not built
		}
		info, err := st.PathInfo(b.ctx, p)
		if err != nil {
			return err
		}
		b.nodes[id].NarSize += info.NarSize
		b.nodes[id].Registered = info.RegistrationTime
	}
	return nil
}
