package gc

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"nixbench/inspect/reclaim"
	"nixbench/repl/text"
	"nixbench/store/gc"
	"nixbench/themes"
	"nixbench/tui/widget/rows"
)

// This file lists groups of roots that free something only together.

// A member is a root of a group.
type member struct {
	root    gc.Root
	name    string
	profile string // of a generation: its link but for the number, else ""
	number  int    // of a generation
}

// members are the roots of a group: generations by their numbers, all others by their
// names.
func (s *Screen) members(g reclaim.Group) []member {
	var out []member
	for _, i := range g.Roots {
		r := s.data.plan.Roots[i]
		m := member{root: r, name: s.rootName(r)}
		if profile, number, ok := generation(r.Link); ok && r.Kind == gc.KindGeneration {
			m.profile, m.number = profile, number
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b member) int {
		if a.profile != "" && a.profile == b.profile {
			return a.number - b.number
		}
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(rootKey(a.root), rootKey(b.root)))
	})
	return out
}

const (
	fewMembers  = 4  // of a group whose members are not counted
	shortRun    = 3  // generations in a row that are told of by the first and the last
	memberCells = 26 // of a name
)

// groupText names the members of a group, those that follow each other together:
// "home-manager-85 .. 88".
func groupText(members []member) string {
	var names []string
	for i := 0; i < len(members); {
		run := i + 1
		for run < len(members) && members[i].profile != "" && members[run].profile == members[i].profile && members[run].number == members[run-1].number+1 {
			run++
		}
		if run-i < shortRun {
			names, i = append(names, text.CutDir(members[i].name, memberCells)), i+1
			continue
		}
		first := text.SanitiseName(path.Base(members[i].profile)) + "-" + strconv.Itoa(members[i].number)
		names, i = append(names, first+" .. "+strconv.Itoa(members[run-1].number)), run
	}
	out := strings.Join(names, " + ")
	if len(members) > fewMembers {
		out = text.Plural(len(members), "root") + ": " + out
	}
	return out
}

// setGroups lists the groups of roots.
func (s *Screen) setGroups() {
	var items []rows.Item
	for _, g := range s.data.groups {
		members := s.members(g)
		var names []string
		marked, stay := 0, 0
		for _, m := range members {
			names = append(names, m.name)
			if s.marks[m.root.Link] {
				marked++
			}
			if !canMark(m.root) {
				stay++
			}
		}
		var cell rows.Cell
		if marked > 0 {
			cell = append(cell, rows.Text(themes.Warning, text.Count(marked)+" of "+text.Count(len(members))+" marked  ")...)
		}
		if stay > 0 {
			cell = append(cell, rows.Text(themes.Muted, text.Count(stay)+" cannot go  ")...)
		}
		cell = append(cell, rows.Text(themes.Text, groupText(members))...)
		items = append(items, rows.Item{
			Key: strings.Join(names, rows.Sep), Text: strings.Join(names, " "),
			Row: rows.Row{Cells: []rows.Cell{rows.Text(themes.Size, text.Size(g.Size)), cell}},
		})
	}
	s.group.SetSource(rows.NewList(items))
}
