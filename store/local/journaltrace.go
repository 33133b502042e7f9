package local

// The journal also has a line for each output of a derivation of which it became known what
// it came to be, or that this is to be forgotten.

import (
	"maps"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"

	"nixbench/store"
)

// journalBuilt and journalUnbuilt begin these lines.
const (
	journalBuilt   = "built"
	journalUnbuilt = "unbuilt"
)

// built notes what outputs came to be.
func (j journal) built(rs []store.Realisation) error {
	var b strings.Builder
	for _, r := range rs {
		line(&b, builtFields(r)...)
	}
	return j.append(b.String())
}

// unbuilt notes that this is forgotten.
func (j journal) unbuilt(outputs []store.DrvOutput) error {
	var b strings.Builder
	for _, o := range outputs {
		line(&b, journalUnbuilt, string(o.DrvPath), o.Output)
	}
	return j.append(b.String())
}

func builtFields(r store.Realisation) []string {
	return []string{journalBuilt, string(r.DrvPath), r.Output, string(r.OutPath), strings.Join(r.Sigs, " ")}
}

// parseTrace parses the fields of such a line, the first of which is a path in the store.
func parseTrace(dir store.Dir, kind string, fields []string) (entry journalEntry, ok bool) {
	entry.Built = &store.Realisation{DrvPath: store.Path(fields[0])}
	switch {
	case kind == journalUnbuilt && len(fields) == 2:
		entry.Built.Output, entry.Gone = fields[1], true
		return entry, true
	case kind != journalBuilt || len(fields) != 4:
		return entry, false
	}
	out, err := dir.ParsePath(fields[2])
	entry.Built.Output, entry.Built.OutPath, entry.Built.Sigs = fields[1], out, strings.Fields(fields[3])
	return entry, err == nil
}

// A trace is what is known of what outputs came to be.
type trace map[store.DrvOutput]store.Realisation

func (t trace) add(r store.Realisation) { t[store.DrvOutput{DrvPath: r.DrvPath, Output: r.Output}] = r }

// sorted returns the realisations by their derivations and outputs.
func (t trace) sorted() []store.Realisation {
	return slices.SortedFunc(maps.Values(t), func(a, b store.Realisation) int {
		return strings.Compare(string(a.DrvPath)+"^"+a.Output, string(b.DrvPath)+"^"+b.Output)
	})
}

// readTrace returns the build trace that a database holds.
func (st *Store) readTrace(c *sqlite.Conn) (rs []store.Realisation, err error) {
	there, err := buildTrace.exists(c)
	if err != nil || !there {
		return nil, err
	}
	err = each(c, sqlAllRealisations, nil, func(stmt *sqlite.Stmt) error {
		rs = append(rs, store.Realisation{
			DrvPath: store.Path(string(st.dir) + "/" + stmt.ColumnText(0)), Output: stmt.ColumnText(1),
			OutPath: store.Path(stmt.ColumnText(2)), Sigs: strings.Fields(stmt.ColumnText(3)),
		})
		return nil
	})
	return rs, err
}
