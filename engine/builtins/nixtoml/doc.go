// Package nixtoml reads TOML 1.0 for builtins.fromTOML.
//
// Dates and times become text in one spelling, since the language has no type
// for them: an upper-case T between date and time, seconds always, and the
// fraction in 3, 6 or 9 digits.
//
// Format: TOML 1.0.0, toml.io. Behaviour: Nix 2.34, builtins.fromTOML.
package nixtoml

import "fmt"

// A Table is a TOML table. Its values are string, int64, float64, bool,
// [Timestamp], []any of these, and Table.
type Table map[string]any

// A Timestamp is a date, a time, or both, with or without an offset.
type Timestamp string

// A SyntaxError says where a text is not TOML, and why.
type SyntaxError struct {
	Line, Column int // from 1; the column counts bytes
	Msg          string
	Shown        string // the whole text with the place, instead of Msg, if not ""
}

func (e *SyntaxError) Error() string {
	if e.Shown != "" {
		return e.Shown
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}
