// Package table names the tables of the screens whose columns the user may choose, and
// their columns.
package table

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Name names a table.
type Name string

// The tables.
const (
	Builds      Name = "builds"
	Closure     Name = "closure"
	BuildTime   Name = "build-time"
	Generations Name = "generations"
	Roots       Name = "roots"
)

// columns are the titles of the columns in their usual order, in lower case. The first
// one names the row and always stays.
var columns = map[Name][]string{
	Builds:      {"state", "name", "phase", "time", "usual"},
	Closure:     {"name", "own", "closure", "adds", "refs", "% adds"},
	BuildTime:   {"name", "own", "closure", "adds", "time", "chain", "state", "refs"},
	Generations: {"gen", "date", "age", "size", "only here", "kernel", "version", "revision", "changes", "label", "name"},
	Roots:       {"root", "kind", "age", "closure", "frees"},
}

// Columns returns the titles of a table's columns.
func Columns(name Name) []string { return columns[name] }

// Check returns an error if there is no such table, or none with such columns.
func Check(name Name, titles []string) error {
	all, ok := columns[name]
	if !ok {
		return fmt.Errorf("%q is not a table; they are %s", name, strings.Join(names(), ", "))
	}
	for i, title := range titles {
		if !slices.Contains(all, title) {
			return fmt.Errorf("%q is not a column; they are %s", title, strings.Join(all, ", "))
		}
		if slices.Contains(titles[:i], title) {
			return fmt.Errorf("column %q is named twice", title)
		}
	}
	return nil
}

func names() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		out = append(out, string(name))
	}
	return out
}
