package gc

// This file marks roots: one by one, by group, and by rules. Rules never mark
// what a user may have put there for good: an age only applies to links that
// nix build and direnv make, and pinned generations are left alone.

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/store/gc"
	"nixbench/tui"
)

// noMark says why the root under the cursor cannot be marked, "" if it can.
func (s *Screen) noMark() string {
	if s.data != nil && s.inGroups() {
		if s.group.Len() == 0 {
			return "there are no groups"
		}
		return ""
	}
	_, r, ok := s.selected()
	switch {
	case !ok:
		return "no root is selected"
	case r.Dangling:
		return "it keeps nothing: the next collection removes the link"
	case r.Locked:
		return "not yours to remove: sudo rm " + tui.Word(r.Link)
	case r.Current():
		return "it is the current generation: switch the profile first"
	case r.Kind == gc.KindProcess:
		return "a running process has it open"
	case !r.Removable():
		return "a running process asked to keep it"
	}
	return ""
}

// mark marks the root or all of the group under the cursor, or unmarks them.
func (s *Screen) mark() tea.Cmd {
	if s.inGroups() {
		at, _ := s.group.Selected()
		var links []string
		all := true
		for _, i := range s.data.groups[at].Roots {
			if r := s.data.plan.Roots[i]; canMark(r) {
				links = append(links, r.Link)
				all = all && s.marks[r.Link]
			}
		}
		return s.setMarks(links, !all)
	}
	_, r, _ := s.selected()
	return s.setMarks([]string{r.Link}, !s.marks[r.Link])
}

// markAll marks all roots that are shown, or unmarks them if they all are.
func (s *Screen) markAll() tea.Cmd {
	var links []string
	all := true
	for _, i := range s.shown {
		if r := s.data.plan.Roots[i]; canMark(r) {
			links = append(links, r.Link)
			all = all && s.marks[r.Link]
		}
	}
	return s.setMarks(links, !all)
}

func (s *Screen) setMarks(links []string, on bool) tea.Cmd {
	s.proposal = nil
	for _, l := range links {
		if on {
			s.marks[l] = true
		} else {
			delete(s.marks, l)
		}
	}
	s.setGroups()
	return s.remark()
}

// markWanted marks the roots that another screen named.
func (s *Screen) markWanted() tea.Cmd {
	if s.data == nil || len(s.wanted) == 0 {
		return nil
	}
	var links []string
	for _, r := range s.data.plan.Roots {
		if slices.Contains(s.wanted, r.Link) && canMark(r) {
			links = append(links, r.Link)
			if len(links) == 1 {
				s.kind = kindAll
				s.arrange()
				s.roots.Select(rootKey(r))
			}
		}
	}
	left := len(s.wanted) - len(links)
	s.wanted = nil
	if left > 0 {
		s.env.Warn(text.Plural(left, "root") + " could not be marked: current, or not a root")
	}
	return s.setMarks(links, true)
}

func (s *Screen) askOlder() tea.Cmd {
	return s.env.AskAge("mark results and direnv links older than: ", func(at time.Time) tea.Cmd {
		var links []string
		for _, i := range s.data.rc.Old(at) {
			if r := s.data.plan.Roots[i]; canMark(r) {
				links = append(links, r.Link)
			}
		}
		return s.ruled(links)
	})
}

func (s *Screen) askKeep() tea.Cmd {
	return s.env.AskCount("keep how many generations of each profile: ", func(n int) tea.Cmd { return s.ruled(s.beyond(n)) })
}

func (s *Screen) askPattern() tea.Cmd {
	return s.env.AskPattern("mark roots whose link or path is called like: ", "*-result, firefox-*", func(p string) tea.Cmd {
		return s.ruled(s.called(p))
	})
}

// called are the roots whose link, its last part, or the name of what it leads to are
// like a pattern; without pinned generations.
func (s *Screen) called(pattern string) []string {
	var links []string
	for _, r := range s.data.plan.Roots {
		if !canMark(r) || s.data.pinned[r.Link] {
			continue
		}
		for _, name := range []string{r.Link, path.Base(r.Link), r.Path.Name()} {
			if is, _ := path.Match(pattern, name); is {
				links = append(links, r.Link)
				break
			}
		}
	}
	return links
}

// ruled marks what a rule named.
func (s *Screen) ruled(links []string) tea.Cmd {
	if len(links) == 0 {
		return s.env.Notify("the rule names no root")
	}
	s.toRoots()
	s.env.Notify("marked " + text.Plural(len(links), "root"))
	return s.setMarks(links, true)
}

// beyond are the generations that come before the current one and the n-1 before
// that, of each profile, as profile.Rule.Keep has it; without pinned ones.
func (s *Screen) beyond(n int) []string {
	type gen struct {
		number int
		root   gc.Root
	}
	profiles := map[string][]gen{}
	for _, r := range s.data.plan.Roots {
		if profile, number, ok := generation(r.Link); ok && r.Kind == gc.KindGeneration {
			profiles[profile] = append(profiles[profile], gen{number, r})
		}
	}
	var links []string
	for _, gens := range profiles {
		slices.SortFunc(gens, func(a, b gen) int { return a.number - b.number })
		current := slices.IndexFunc(gens, func(g gen) bool { return g.root.Current() })
		if current < 0 {
			current = len(gens) - 1
		}
		for _, g := range gens[:max(current-n+1, 0)] {
			if canMark(g.root) && !s.data.pinned[g.root.Link] {
				links = append(links, g.root.Link)
			}
		}
	}
	slices.Sort(links)
	return links
}

// generation splits PROFILE-N-link.
func generation(link string) (profile string, number int, ok bool) {
	base, isLink := strings.CutSuffix(path.Base(link), "-link")
	dash := strings.LastIndexByte(base, '-')
	if !isLink || dash < 1 {
		return "", 0, false
	}
	number, err := strconv.Atoi(base[dash+1:])
	return path.Join(path.Dir(link), base[:dash]), number, err == nil
}
