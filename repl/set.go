package repl

// This file has the settings of a session.

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

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
func settings() []setting {
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

// cmdSet shows the settings, or one, or gives one a value. Those of nix.conf can
// only be looked at: builds that run have been told others.
func (s *sitting) cmdSet(_ context.Context, arg string) (*Result, error) {
	name, value, hasValue := strings.Cut(strings.Replace(arg, "=", " ", 1), " ")
	value = strings.TrimSpace(value)
	for _, set := range settings() {
		switch {
		case name == "":
		case set.name != name:
			continue
		case hasValue && value != "":
			if err := set.set(s, value); err != nil {
				return nil, fmt.Errorf(":set %s: %w", name, err)
			}
			fallthrough
		default:
			return textResult(fmt.Sprintf("%s = %s", set.name, set.get(s))), nil
		}
	}
	if name == "" {
		var lines []string
		for _, set := range settings() {
			lines = append(lines, fmt.Sprintf("%-14s %-8s %s", set.name, set.get(s), set.help))
		}
		return textResult(append(lines, "", ":set NAME shows a setting of nix.conf")...), nil
	}
	conf := s.eng.Settings()
	shown, ok := conf.Get(name)
	switch {
	case !ok || !conf.IsShown(name):
		return nil, fmt.Errorf("there is no setting '%s'", text.PlainLine(name))
	case value != "":
		return nil, errors.New("settings of nix.conf are given when nixbench starts: --option " + text.PlainLine(name) + " VALUE")
	}
	return textResult(fmt.Sprintf("%s = %s", name, text.PlainLine(shown))), nil
}

// completeSetting completes the name of a setting or its value.
func (s *sitting) completeSetting(typed string, start int) *Completions {
	name, value, hasValue := strings.Cut(typed, " ")
	if !hasValue {
		c := &Completions{Start: start}
		for _, set := range settings() {
			c.offer(name, set.name, set.get(s)+"  "+set.help)
		}
		conf := s.eng.Settings()
		for _, other := range conf.Names() {
			if v, _ := conf.Get(other); conf.IsShown(other) {
				c.offer(name, other, text.Cut(text.PlainLine(v), maxDetail))
			}
		}
		return c
	}
	c := &Completions{Start: start + len(name) + 1}
	for _, set := range settings() {
		if set.name == name {
			for _, v := range set.values {
				c.offer(value, v, "")
			}
		}
	}
	return c
}
