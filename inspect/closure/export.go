package closure

// This file writes closures for other programs.

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"nixbench/store"
)

// A Listing is a closure, or a part of it, for JSON.
type Listing struct {
	Count int          `json:"count"` // paths of the whole closure
	Paths []ListedPath `json:"paths"`
	Size  int64        `json:"size"` // bytes of the whole closure
}

// A ListedPath is a path of a listing; sizes are in bytes.
type ListedPath struct {
	Path        store.Path   `json:"path"`
	OwnSize     int64        `json:"ownSize"`
	ClosureSize int64        `json:"closureSize"`
	AddedSize   int64        `json:"addedSize"`
	References  []store.Path `json:"references"`
	Referrers   []store.Path `json:"referrers"`
	Outputs     []store.Path `json:"outputs,omitempty"`
}

// Report lists nodes of g in their order.
func Report(g *Graph, nodes []Node) Listing {
	paths := func(nodes []Node) []store.Path {
		out := make([]store.Path, 0, len(nodes))
		for _, n := range nodes {
			out = append(out, g.Path(n))
		}
		return out
	}
	l := Listing{Count: g.Len(), Paths: make([]ListedPath, 0, len(nodes)), Size: g.Total()}
	for _, n := range nodes {
		l.Paths = append(l.Paths, ListedPath{
			g.Path(n), g.OwnSize(n), g.ClosureSize(n), g.AddedSize(n), paths(g.References(n)), paths(g.Referrers(n)), g.Outputs(n),
		})
	}
	return l
}

// WriteCSV writes a line for each node, and a heading; sizes are in bytes.
func WriteCSV(out io.Writer, g *Graph, nodes []Node) error {
	w := csv.NewWriter(out)
	rows := [][]string{{"path", "own", "closure", "added", "references", "referrers"}}
	for _, n := range nodes {
		rows = append(rows, []string{
			string(g.Path(n)), strconv.FormatInt(g.OwnSize(n), 10), strconv.FormatInt(g.ClosureSize(n), 10), strconv.FormatInt(g.AddedSize(n), 10),
			strconv.Itoa(len(g.References(n))), strconv.Itoa(len(g.Referrers(n))),
		})
	}
	return w.WriteAll(rows)
}

// WriteDot writes the references among nodes for Graphviz; size spells sizes.
func WriteDot(w io.Writer, g *Graph, nodes []Node, size func(int64) string) error {
	listed := make(map[Node]bool, len(nodes))
	for _, n := range nodes {
		listed[n] = true
	}
	out := bufio.NewWriter(w)
	io.WriteString(out, "digraph closure {\n")
	for _, n := range nodes {
		fmt.Fprintf(out, "  %q [label=%q];\n", g.Path(n).Base(), g.Path(n).Name()+"\n"+size(g.OwnSize(n)))
	}
	for _, n := range nodes {
		for _, r := range g.References(n) {
			if listed[r] {
				fmt.Fprintf(out, "  %q -> %q;\n", g.Path(n).Base(), g.Path(r).Base())
			}
		}
	}
	io.WriteString(out, "}\n")
	return out.Flush()
}
