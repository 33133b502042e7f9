package gc

import (
	"strconv"

	"nixbench/tui"
)

// This file tells the command lines that do the same as the screen.

// command shows what is shown here.
func (s *Screen) command() string {
	switch {
	case s.view == viewKept:
		if k, ok := s.keptSelected(); ok {
			return "nixbench why " + tui.Word(string(k.path))
		}
	case s.proposal != nil:
		return "nixbench gc --free " + strconv.FormatInt(s.proposal.size, 10)
	case len(s.marks) > 0:
		return withoutCommand(s.markedLinks())
	case s.view == viewPaths:
		return "nixbench store gc --dry-run"
	}
	return "nixbench gc"
}

// deleteCommand carries out a plan without the roots of those links.
func deleteCommand(links []string) string {
	if len(links) == 0 {
		return "nixbench store gc"
	}
	return withoutCommand(links) + " --yes"
}

func withoutCommand(links []string) string {
	command := "nixbench gc"
	for _, link := range links {
		command += " --without " + tui.Word(link)
	}
	return command
}
