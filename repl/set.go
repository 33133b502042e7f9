package repl

// This file has the settings of a session.

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"nixbench/engine/settings"
	"nixbench/repl/text"
)

// A setting of a session.
type setting struct {
	name, help string
	get        func(s *sitting) string
	set        func(s *sitting, value string) error
	values     []string // for completion
}

var truths = []string{"false", "true"}

// settings returns the table of settings that :set knows.
func ownSettings() []setting {
	return []setting{
		{
			"show-trace", "show the whole trace of errors",
			func(s *sitting) string { return strconv.FormatBool(s.tracing) },
			func(s *sitting, value string) (err error) { s.tracing, err = parseTruth(value); return err }, truths,
		},
		{
			"print-depth", "how many levels of a result are printed without screens",
			func(s *sitting) string { return strconv.Itoa(s.depth) },
			func(s *sitting, value string) error {
				n, err := strconv.Atoi(value)
				if err != nil || n < 1 || n > maxPrintDepth {
					return fmt.Errorf("got '%s', want a number from 1 to %d", text.PlainLine(value), maxPrintDepth)
				}
				s.depth = n
				return nil
			}, []string{"1", "2", "3"},
		},
	}
}

const maxPrintDepth = 100

func parseTruth(value string) (bool, error) {
	switch value {
	case "true", "false":
		return value == "true", nil
	}
	return false, fmt.Errorf("got '%s', want true or false", text.PlainLine(value))
}

// cmdSet shows the settings, or one, or gives one a value: one of the session, or one of
// nix.conf, for what is built from now on.
func (s *sitting) cmdSet(_ context.Context, arg string) (*Result, error) {
	name, value, _ := strings.Cut(strings.Replace(arg, "=", " ", 1), " ")
	value = strings.TrimSpace(value)
	if name == "" {
		return s.listSettings(), nil
	}
	for _, set := range ownSettings() {
		if set.name != name {
			continue
		}
		if value != "" {
			if err := set.set(s, value); err != nil {
				return nil, fmt.Errorf(":set %s: %w", name, err)
			}
		}
		return textResult(fmt.Sprintf("%s = %s", set.name, set.get(s))), nil
	}
	canonical := settings.Canonical(name)
	now := s.eng.Settings()
	if _, ok := now.Get(canonical); !ok || !now.IsShown(canonical) {
		return nil, fmt.Errorf("there is no setting '%s'", text.PlainLine(name))
	}
	about, _ := settings.AboutOf(canonical)
	note := about.Help
	if value != "" {
		if err := s.eng.ChangeSetting(name, strings.Trim(value, `"`)); err != nil {
			return nil, fmt.Errorf(":set: %w", err)
		}
		note = "from now on, until you leave"
	}
	shown, _ := s.eng.Settings().Get(canonical)
	return textResult(text.PlainLine(canonical+" = "+shown), note), nil
}

// listSettings shows the settings of the session, and those of nix.conf that were changed
// in it.
func (s *sitting) listSettings() *Result {
	t := text.Table{Columns: make([]text.Column, 3)}
	for _, set := range ownSettings() {
		t.Row(set.name, set.get(s), set.help)
	}
	now := s.eng.Settings()
	for _, name := range now.Names() {
		value, _ := now.Get(name)
		before, _ := s.given.Get(name)
		if about, _ := settings.AboutOf(name); value != before {
			t.Row(name, text.Cut(text.PlainLine(value), maxDetail), about.Help)
		}
	}
	lines := strings.Split(strings.TrimRight(t.String(), "\n"), "\n")
	return textResult(append(lines, "", ":set NAME shows any setting of nix.conf, :set NAME VALUE changes one for what is built from now on")...)
}

// completeSetting completes the name of a setting or its value.
func (s *sitting) completeSetting(typed string, start int) *Completions {
	name, value, hasValue := strings.Cut(typed, " ")
	if !hasValue {
		c := &Completions{Start: start}
		for _, set := range ownSettings() {
			c.offer(name, set.name, set.get(s)+"  "+set.help)
		}
		now := s.eng.Settings()
		for _, other := range now.Names() {
			about, _ := settings.AboutOf(other)
			if v, _ := now.Get(other); now.IsShown(other) {
				c.offer(name, other, text.Cut(strings.TrimSpace(text.PlainLine(v)+"  "+about.Help), maxDetail))
			}
		}
		return c
	}
	c := &Completions{Start: start + len(name) + 1}
	values := settings.Values(settings.Canonical(name))
	for _, set := range ownSettings() {
		if set.name == name {
			values = set.values
		}
	}
	for _, v := range values {
		c.offer(value, v, "")
	}
	return c
}
