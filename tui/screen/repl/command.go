package repl

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	session "nixbench/repl"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/tui"
)

// This file tells the command lines that do the same as an input: nixbench build, nixbench
// eval, or where an expression uses what was loaded and bound before it, a session that
// loads and binds it first.

// buildCommand builds all outputs of a derivation.
func buildCommand(drv store.Path) string {
	return "nixbench build --no-link --print-out-paths " + tui.Word(store.AllOutputsOf(drv).String())
}

// commandOf is the command line that does the same as an input, "" if there is none.
func (s *Screen) commandOf(e *entry) string {
	switch {
	case s.whyNone(e) != "":
		return ""
	case e.isBuilt():
		return s.env.OnStore(buildCommand(e.res.Drv))
	case !e.res.OfScope:
		return s.env.OnStore("nixbench eval --expr " + store.QuoteWord(e.input))
	}
	words := []string{"printf", `'%s\n'`}
	for _, before := range s.log.entries {
		if before == e {
			break
		}
		if before.changesScope() {
			words = append(words, tui.Word(before.input))
		}
	}
	words = append(words, tui.Word(e.input))
	return strings.Join(words, " ") + " | " + s.env.OnStore("nixbench repl")
}

// whyNone says why there is no command line that does the same as an input, "" if there is
// one. It is asked for each frame, of inputs of any length.
func (s *Screen) whyNone(e *entry) string {
	switch {
	case e.isBuilt():
	case e.root == nil || e.does != nil || strings.HasPrefix(strings.TrimSpace(e.input), ":"):
		return "no command line does the same"
	case e.res.OfScope && usesResult(e.input):
		return "it uses an earlier result: no command line does the same"
	}
	return ""
}

func (e *entry) isBuilt() bool {
	return e.res != nil && e.res.Kind == tui.ResultBuilt && e.res.Drv != ""
}

// usesResult finds the names of results in an expression: _ and _4.
func usesResult(input string) bool {
	for rest := input; ; {
		i := strings.IndexByte(rest, '_')
		if i < 0 {
			return false
		}
		begins := i == 0 || !session.IsNamePart(rest[i-1])
		rest = strings.TrimLeft(rest[i+1:], "0123456789")
		if begins && (rest == "" || !session.IsNamePart(rest[0])) {
			return true
		}
		for rest != "" && session.IsNamePart(rest[0]) { // the rest of another name
			rest = rest[1:]
		}
	}
}

// changesScope tells whether an input has loaded or bound something.
func (e *entry) changesScope() bool {
	if e.res == nil || e.does != nil || e.res.Kind != tui.ResultText && e.res.Kind != tui.ResultNothing {
		return false
	}
	command, _, _ := strings.Cut(strings.TrimSpace(e.input), " ")
	switch command {
	case ":l", ":load", ":a", ":add":
		return true
	}
	return !strings.HasPrefix(command, ":")
}

func (s *Screen) noCommand() string {
	ln, ok := s.line()
	if !ok {
		return "there are no results yet"
	}
	return s.whyNone(ln.entry)
}

func (s *Screen) copyCommand() tea.Cmd {
	ln, _ := s.line()
	line := s.commandOf(ln.entry)
	return s.env.Copy(line, "the command")
}

// ranBuild notes what does the same as a build that an input has set off: with links to the
// outputs, those too.
func (s *Screen) ranBuild(e *entry) {
	r := e.res
	if command, _, _ := strings.Cut(strings.TrimSpace(e.input), " "); command != ":bl" {
		s.env.Ran(buildCommand(r.Drv))
		return
	}
	var others []string
	for _, o := range r.Outputs {
		if o.Name == "out" { // whose link would else not be called after it
			s.env.Ran("nixbench build --out-link repl-result-out " + tui.Word(string(r.Drv)+"^out"))
			continue
		}
		others = append(others, text.SanitiseName(o.Name))
	}
	if others != nil {
		s.env.Ran("nixbench build --out-link repl-result " + tui.Word(string(r.Drv)+"^"+strings.Join(others, ",")))
	}
}
