package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// IsValid reports whether the store has p. A derivation that was added counts,
// see [Store.AddDerivation].
func (st *Store) IsValid(ctx context.Context, p store.Path) (valid bool, err error) {
	if st.Pending(p) {
		return true, nil
	}
	err = st.ask(ctx, fmt.Sprintf("query %s", p), op(opIsValidPath).path(p), func(d *decoder) { valid = d.flag() })
	return valid, err
}

// QueryValid returns those of paths that are valid, sorted without duplicates.
func (st *Store) QueryValid(ctx context.Context, paths []store.Path) (valid []store.Path, err error) {
	asked := make(map[store.Path]bool, len(paths))
	for _, p := range paths {
		if st.Pending(p) {
			valid = append(valid, p)
		} else {
			asked[p] = true
		}
	}
	if len(asked) > 0 {
		// The last number: do not substitute.
		e := op(opQueryValidPaths).paths(sortedKeys(asked)).number(0)
		err = st.ask(ctx, "query valid paths", e, func(d *decoder) {
			for _, p := range d.paths() {
				if asked[p] {
					valid = append(valid, p)
				}
			}
		})
	}
	slices.Sort(valid)
	return slices.Compact(valid), err
}

// Pending reports whether p is a derivation that was added, and that the daemon
// does not have yet.
func (st *Store) Pending(p store.Path) bool { return st.drvs.Has(p) }

// flushFor flushes if one of paths is pending.
func (st *Store) flushFor(ctx context.Context, paths ...store.Path) error {
	if slices.ContainsFunc(paths, st.Pending) {
		return st.Flush(ctx)
	}
	return nil
}

// PathInfo returns what is known about p. If p is not valid,
// errors.Is(err, store.ErrInvalidPath).
func (st *Store) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	infos, err := st.Infos(ctx, []store.Path{p})
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", p, err)
	}
	if infos[0] == nil {
		return nil, fmt.Errorf("query %s: %w", p, store.ErrInvalidPath)
	}
	return infos[0], nil
}

// window is how many requests are sent before the first answer is read. All of
// them fit into the buffers of a socket, so that neither side waits for the
// other to read.
const window = 64

// Infos returns what is known about paths, nil for those that are not valid.
func (st *Store) Infos(ctx context.Context, paths []store.Path) ([]*store.PathInfo, error) {
	if err := st.flushFor(ctx, paths...); err != nil {
		return nil, err
	}
	infos := make([]*store.PathInfo, 0, len(paths))
	err := st.pipeline(ctx, len(paths), func(i int, e *encoder) { e.number(opQueryPathInfo).path(paths[i]) },
		func(d *decoder, failure *Error) {
			var info *store.PathInfo
			if failure == nil && d.flag() {
				info = d.info(paths[len(infos)])
			}
			infos = append(infos, info)
		}, notValid)
	return infos, err
}

// notValid reports whether a daemon's error is only that a path is not valid:
// older ones answer so.
func notValid(failure *Error) bool { return strings.Contains(failure.Message, "is not valid") }

// pipeline makes n short requests without waiting for the answers of those
// before. Errors that accept accepts are passed to result, others end it.
func (st *Store) pipeline(ctx context.Context, n int, request func(i int, e *encoder), result func(*decoder, *Error), accept func(*Error) bool) error {
	if n == 0 {
		return ctx.Err()
	}
	return st.with(ctx, func(c *conn) error {
		return c.pipeline(n, request, result, accept, st.opts.Report, st.quick())
	})
}

func (c *conn) pipeline(n int, request func(i int, e *encoder), result func(*decoder, *Error), accept func(*Error) bool,
	report func(*Message), p patience) error {
	for start := 0; start < n; start += window {
		var e encoder
		end := min(n, start+window)
		for i := start; i < end; i++ {
			request(i, &e)
		}
		c.in.patience = p.part
		if err := c.send(&e); err != nil {
			return err
		}
		for i := start; i < end; i++ {
			var failure *Error
			err := c.answer(report, p)
			if errors.As(err, &failure) {
				if accept != nil && accept(failure) {
					err = nil
				} else if i < end-1 {
					c.broken = true // answers to the other requests are on their way
				}
			}
			if err != nil {
				return err
			}
			if result(&c.dec, failure); c.dec.err != nil {
				return c.dec.err
			}
		}
	}
	return nil
}

// info reads what is known about a valid path.
func (d *decoder) info(p store.Path) *store.PathInfo {
	info := &store.PathInfo{Path: p, Deriver: d.optionalPath()}
	info.NarHash = d.hash()
	info.References = d.paths()
	info.RegistrationTime = d.amount("a registration time")
	info.NarSize = d.amount("a NAR size")
	info.Ultimate = d.flag()
	info.Sigs = d.words("a signature")
	info.CA = d.text("a content address", maxWord)
	if _, err := store.ParseContentAddress(info.CA); err != nil {
		d.bad("%v", err)
	}
	return info
}

// hash reads a SHA-256 hash in base 16.
func (d *decoder) hash() nixhash.Hash {
	text := d.text("a hash", maxWord)
	if d.err != nil {
		return nixhash.Hash{}
	}
	h, err := nixhash.Parse(text, nixhash.SHA256)
	if err != nil {
		d.bad("%v", err)
	}
	return h
}

// Referrers returns the valid paths that refer to p, sorted. It may hold p
// itself, and is empty if p is not valid.
func (st *Store) Referrers(ctx context.Context, p store.Path) ([]store.Path, error) {
	return st.pathsAbout(ctx, opQueryReferrers, p)
}

// Derivers returns the valid derivations that p is an output of, sorted.
func (st *Store) Derivers(ctx context.Context, p store.Path) ([]store.Path, error) {
	return st.pathsAbout(ctx, opQueryValidDerivers, p)
}

func (st *Store) pathsAbout(ctx context.Context, number uint64, p store.Path) (paths []store.Path, err error) {
	if err := st.Flush(ctx); err != nil {
		return nil, err
	}
	err = st.ask(ctx, fmt.Sprintf("query %s", p), op(number).path(p), func(d *decoder) { paths = d.paths() })
	return paths, err
}

// AllPaths returns all valid paths, sorted.
func (st *Store) AllPaths(ctx context.Context) (paths []store.Path, err error) {
	if err := st.Flush(ctx); err != nil {
		return nil, err
	}
	err = st.ask(ctx, "query all paths", op(opQueryAllValidPaths), func(d *decoder) { paths = d.paths() })
	return paths, err
}

// PathFromHashPart returns the valid path with the given digest, or "" if there
// is none.
func (st *Store) PathFromHashPart(ctx context.Context, digest string) (p store.Path, err error) {
	if len(digest) != store.DigestLen {
		return "", fmt.Errorf("query digest %q: got %d digits, want %d", digest, len(digest), store.DigestLen)
	}
	if err := st.Flush(ctx); err != nil {
		return "", err
	}
	err = st.ask(ctx, "query digest "+digest, op(opQueryPathFromHashPart).text(digest), func(d *decoder) {
		if p = d.optionalPath(); p != "" && p.Digest() != digest {
			d.bad("got %s for the digest %s", p, digest)
		}
	})
	return p, err
}

// DerivationOutputs returns the paths of the outputs of a valid derivation,
// without those that are not known before it is built. They need not be valid.
// If the derivation is not, errors.Is(err, store.ErrInvalidPath).
func (st *Store) DerivationOutputs(ctx context.Context, drvPath store.Path) (outputs map[store.OutputName]store.Path, err error) {
	valid, err := st.IsValid(ctx, drvPath)
	if err == nil && !valid {
		err = fmt.Errorf("query outputs of %s: %w", drvPath, store.ErrInvalidPath)
	}
	if err == nil {
		err = st.flushFor(ctx, drvPath)
	}
	if err != nil {
		return nil, err
	}
	err = st.ask(ctx, fmt.Sprintf("query outputs of %s", drvPath), op(opQueryDerivationOutputs).path(drvPath),
		func(d *decoder) { outputs = d.outputs() })
	return outputs, err
}

// outputs reads the paths of outputs as far as they are known.
func (d *decoder) outputs() map[store.OutputName]store.Path {
	outputs := make(map[store.OutputName]store.Path)
	d.list("outputs", maxList, func() {
		name := d.outputName()
		if p := d.optionalPath(); p != "" {
			outputs[name] = p
		}
	})
	return outputs
}

func (d *decoder) outputName() store.OutputName {
	name := d.text("an output's name", maxWord)
	if d.err != nil {
		return ""
	}
	if err := store.CheckName(name); err != nil {
		d.bad("got %q, want the name of an output: %v", name, err)
	}
	return name
}

// Graph returns a snapshot of all valid paths. What becomes invalid while the
// daemon is asked is left out.
func (st *Store) Graph(ctx context.Context) (*store.Graph, error) {
	g, err := st.graph(ctx)
	if err != nil {
		return nil, fmt.Errorf("load graph of the store: %w", err)
	}
	return g, nil
}

// atOnce is how many paths are asked for before it is told how far that is.
const atOnce = 1 << 10

func (st *Store) graph(ctx context.Context) (*store.Graph, error) {
	paths, err := st.AllPaths(ctx)
	if err != nil {
		return nil, err
	}
	progress := store.ProgressOf(ctx)
	progress.Begin(len(paths))
	infos := make([]*store.PathInfo, 0, len(paths))
	for some := range slices.Chunk(paths, atOnce) {
		more, err := st.Infos(ctx, some)
		if err != nil {
			return nil, err
		}
		infos = append(infos, more...)
		progress.Did(len(some))
	}
	var nodes []store.GraphNode
	var drvs []store.Path
	at := make(map[store.Path]int32, len(paths))
	for i, info := range infos {
		if info == nil {
			continue
		}
		p := paths[i]
		at[p] = int32(len(nodes))
		nodes = append(nodes, store.GraphNode{Path: p, NarSize: info.NarSize, Registered: info.RegistrationTime, Deriver: info.Deriver})
		if p.IsDerivation() {
			drvs = append(drvs, p)
		}
	}
	var refs, outputs [][2]int32
	edge := func(edges [][2]int32, from, to store.Path) [][2]int32 {
		if i, found := at[to]; found {
			edges = append(edges, [2]int32{at[from], i})
		}
		return edges
	}
	for _, info := range infos {
		if info != nil {
			for _, ref := range info.References {
				refs = edge(refs, info.Path, ref)
			}
		}
	}
	next := 0
	err = st.pipeline(ctx, len(drvs), func(i int, e *encoder) { e.number(opQueryDerivationOutputs).path(drvs[i]) },
		func(d *decoder, failure *Error) {
			if failure == nil {
				for _, p := range d.outputs() {
					outputs = edge(outputs, drvs[next], p)
				}
			}
			next++
		}, func(*Error) bool { return true }) // it may have been collected meanwhile
	if err != nil {
		return nil, err
	}
	return store.NewGraph(nodes, refs, outputs), nil
}
