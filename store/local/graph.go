package local

// This file reads the graph of the whole store: from the pages of its database, or by
// statements where those are not laid out as they are known to be.

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"

	"nixbench/store"
)

// Graph returns a snapshot of all valid paths: of a hundred thousand in a few
// tenths of a second.
func (st *Store) Graph(ctx context.Context) (g *store.Graph, err error) {
	if err := st.Flush(ctx); err != nil {
		return nil, err
	}
	err = st.db.snapshot(ctx, func(c *sqlite.Conn) (err error) {
		g, err = readGraph(c, store.ProgressOf(ctx))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load graph of the store: %w", err)
	}
	return g, nil
}

// GraphCost returns how many calls of PathInfo take about as long as Graph.
func (st *Store) GraphCost(ctx context.Context) (cost int, err error) {
	err = st.db.query(ctx, func(c *sqlite.Conn) (err error) {
		cost, err = scanCost(c)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("query the size of the database: %w", err)
	}
	return cost, nil
}

// scanCost returns how many paths are looked up in the time that reading the database
// takes.
func scanCost(c *sqlite.Conn) (cost int, err error) {
	const perLookup = 32 << 10 // bytes of the database that are read in the same time
	err = each(c, sqlDatabaseSize, nil, func(stmt *sqlite.Stmt) error {
		cost = int(stmt.ColumnInt64(0) / perLookup)
		return nil
	})
	return cost, err
}

// positions returns what finds where an id is among ids, which ascend. It looks in a
// table unless most of that would be empty.
func positions(ids []int64) func(id int64) (int32, bool) {
	if len(ids) == 0 || ids[0] < 0 || ids[len(ids)-1] > 8*int64(len(ids))+1024 {
		return func(id int64) (int32, bool) {
			at, found := slices.BinarySearch(ids, id)
			return int32(at), found
		}
	}
	table := make([]int32, ids[len(ids)-1]+1) // position+1
	for i, id := range ids {
		table[id] = int32(i) + 1
	}
	return func(id int64) (int32, bool) {
		if id < 0 || id >= int64(len(table)) {
			return 0, false
		}
		return table[id] - 1, table[id] > 0
	}
}

// A graphReader reads what graphs hold, table by table: page by page where the tables
// are laid out as they always are, else by statements.
type graphReader struct {
	c           *sqlite.Conn
	pages       *pageReader // nil: by statements
	paths, refs uint32      // the first pages of the table of paths and of the index of references
	byPath      uint32      // the first page of the index of paths
	derived     bool        // eachPath has met a path that has a deriver, or does not know
}

// newGraphReader looks at how the tables are laid out.
func newGraphReader(c *sqlite.Conn) (*graphReader, error) {
	const (
		pathColumns = "id integer 1,path text 0,hash text 0,registrationTime integer 0,deriver text 0,narSize integer 0"
		refColumns  = "referrer,reference"
	)
	r := &graphReader{c: c}
	known := false
	err := each(c, sqlGraphLayout, nil, func(stmt *sqlite.Stmt) error {
		r.paths, r.refs, r.byPath = uint32(stmt.ColumnInt64(0)), uint32(stmt.ColumnInt64(1)), uint32(stmt.ColumnInt64(4))
		known = stmt.ColumnText(2) == pathColumns && stmt.ColumnText(3) == refColumns && stmt.ColumnText(5) == "path BINARY"
		return nil
	})
	if err == nil && known {
		r.pages, err = newPageReader(c)
	}
	return r, err
}

// eachPath calls add for all paths, by id, which is good until add returns.
func (r *graphReader) eachPath(add func(id int64, path []byte, narSize, registered int64)) error {
	if r.pages != nil {
		return r.pages.walk(r.paths, func(id int64, rec *record) error {
			r.derived = r.derived || len(rec.text(4)) > 0
			add(id, rec.text(1), rec.integer(5), rec.integer(3))
			return nil
		})
	}
	r.derived = true
	var buf []byte
	return each(r.c, sqlGraphPaths, nil, func(stmt *sqlite.Stmt) error {
		n := stmt.ColumnLen(1)
		buf = slices.Grow(buf[:0], n)[:n]
		add(stmt.ColumnInt64(0), buf[:stmt.ColumnBytes(1, buf)], stmt.ColumnInt64(2), stmt.ColumnInt64(3))
		return nil
	})
}

// eachSorted calls add for all paths, in their order, each good until add returns.
func (r *graphReader) eachSorted(add func(path []byte) error) error {
	if r.pages != nil {
		return r.pages.walk(r.byPath, func(_ int64, rec *record) error { return add(rec.text(0)) })
	}
	var buf []byte
	return each(r.c, sqlAllPaths, nil, func(stmt *sqlite.Stmt) error {
		n := stmt.ColumnLen(0)
		buf = slices.Grow(buf[:0], n)[:n]
		return add(buf[:stmt.ColumnBytes(0, buf)])
	})
}

// eachReference calls add with the ids of each referrer and reference, by referrer.
func (r *graphReader) eachReference(add func(from, to int64)) error {
	if r.pages != nil {
		return r.pages.walk(r.refs, func(_ int64, rec *record) error {
			add(rec.integer(0), rec.integer(1))
			return nil
		})
	}
	return each(r.c, sqlAllReferences, nil, func(stmt *sqlite.Stmt) error {
		add(stmt.ColumnInt64(0), stmt.ColumnInt64(1))
		return nil
	})
}

// eachDeriver calls add with the deriver of each path that has one.
func (r *graphReader) eachDeriver(add func(id int64, deriver string)) error {
	if r.pages != nil {
		return r.pages.walk(r.paths, func(id int64, rec *record) error {
			if d := rec.text(4); len(d) > 0 {
				add(id, string(d))
			}
			return nil
		})
	}
	return each(r.c, sqlGraphDerivers, nil, func(stmt *sqlite.Stmt) error {
		add(stmt.ColumnInt64(0), stmt.ColumnText(1))
		return nil
	})
}

// readGraph reads all of a database that graphs hold, and tells how far it is.
func readGraph(c *sqlite.Conn, progress *store.Progress) (*store.Graph, error) {
	r, err := newGraphReader(c)
	if err != nil {
		return nil, err
	}
	return r.graph(progress)
}

// mostRows returns how many paths and references there are at the most: what is not
// there is not touched either.
func (r *graphReader) mostRows() (paths, refs int, err error) {
	const leastPath, leastRef = 200, 20 // bytes that each takes in its table and indexes
	err = each(r.c, sqlGraphSize, nil, func(stmt *sqlite.Stmt) error {
		size := stmt.ColumnInt64(2)
		paths = int(min(stmt.ColumnInt64(0), size/leastPath))
		refs = int(min(stmt.ColumnInt64(1), size/leastRef))
		return nil
	})
	return max(paths, 0), max(refs, 0), err
}

func (r *graphReader) graph(progress *store.Progress) (*store.Graph, error) {
	paths, refs, err := r.mostRows()
	if err != nil {
		return nil, err
	}
	b := store.NewGraphBuilder(paths)
	b.Report(progress)
	ids := make([]int64, 0, paths) // by position, ascending
	var text texts
	err = r.eachPath(func(id int64, path []byte, narSize, registered int64) {
		ids = append(ids, id)
		b.AddPath(store.Path(text.add(path)), narSize, registered)
	})
	if err != nil {
		return nil, err
	}
	if !slices.IsSorted(ids) {
		return nil, fmt.Errorf("%w: ids of paths are out of order", ErrCorrupt)
	}
	b.Sort(refs)
	position := positions(ids)
	pair := func(add func(from, to int32)) func(from, to int64) {
		return func(from, to int64) {
			f, ok1 := position(from)
			t, ok2 := position(to)
			if ok1 && ok2 {
				add(f, t)
			}
		}
	}
	if err := r.eachReference(pair(b.AddReference)); err != nil {
		return nil, err
	}
	addOutput := pair(b.AddOutput)
	err = each(r.c, sqlGraphOutputs, nil, func(stmt *sqlite.Stmt) error {
		addOutput(stmt.ColumnInt64(0), stmt.ColumnInt64(1))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !r.derived {
		return b.Graph(), nil
	}
	err = r.eachDeriver(func(id int64, deriver string) {
		if at, ok := position(id); ok {
			b.SetDeriver(at, store.Path(deriver))
		}
	})
	return b.Graph(), err
}

// texts holds strings end to end, which costs less than to have each by itself.
type texts struct {
	all strings.Builder
	buf []byte
}

// column returns a column of a row as text.
func (t *texts) column(stmt *sqlite.Stmt, col int) string {
	n := stmt.ColumnLen(col)
	t.buf = slices.Grow(t.buf[:0], n)[:n]
	return t.add(t.buf[:stmt.ColumnBytes(col, t.buf)])
}

// add returns b as text.
func (t *texts) add(b []byte) string {
	const size = 1 << 18
	if t.all.Cap()-t.all.Len() < len(b) {
		t.all = strings.Builder{}
		t.all.Grow(max(len(b), size))
	}
	start := t.all.Len()
	t.all.Write(b)
	return t.all.String()[start:]
}
