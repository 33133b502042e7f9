// Package themes gives colours to meanings. A [Token] says what a piece of
// text is (the name of a derivation, a build that failed, a path that is dead);
// a [Theme] says how each token looks. Nothing above this package names a
// colour.
//
// Themes are .toml files; [BuiltinNames] lists those built in. "neutral" uses only
// the terminal's own 16 colours and is readable on any background, "ansi" the same
// on dark ones. A file of the user may inherit from one of them, colours of the
// palette included:
//
//	base = "dark"
//	[palette]
//	rose = { rgb = "#ff9aa2", ansi = 9 }
//	[tokens]
//	Failed = "rose bold"
//	Selected = "default on #303848"
package themes

import "slices"

// A Token is the meaning of a piece of text on the screen.
type Token uint8

// The tokens. Text is the zero value: text without a special meaning.
const (
	Text     Token = iota
	Muted          // what matters less: units, hints, paths around a name
	Disabled       // what cannot be done now
	Title          // the title in a pane's border
	Heading        // the heads of columns and sections
	Border
	BorderFocus // the border of the pane that has the keys
	Tab         // a screen's name in the header
	TabActive
	Badge   // a counter beside a tab
	Key     // a key in the footer and the help
	KeyText // what the key does
	Prompt
	Cursor // the character under a drawn cursor

	// Backgrounds of whole rows: other tokens are drawn on them.
	Selected      // the row that has the cursor, in the pane with the keys
	SelectedFaint // the same in another pane
	Marked        // a row that the user marked
	Match         // what a search found
	MatchCurrent  // the match that the cursor is on

	// States of activities.
	Waiting
	Running
	Fetching
	Done
	Failed
	Cancelled

	// Things of the store.
	DrvName
	StorePath
	Size
	Bar  // the bar beside a size
	Live // kept by a GC root
	Dead // kept by nothing
	Root // a GC root's link
	Dangling

	// Differences.
	Up
	Down
	New
	Gone

	// Notices.
	Info
	Warning
	Error

	// Source text and values.
	Keyword
	String
	Escape // escapes and interpolation marks in strings
	Number
	Path
	Comment
	Operator
	Bracket
	BracketMatch
	Variable
	AttrName
	Builtin
	Invalid
	Thunk // a value that is not evaluated yet

	// Count is the number of tokens, itself none.
	Count
)

var names = [Count]string{
	Text: "Text", Muted: "Muted", Disabled: "Disabled", Title: "Title", Heading: "Heading",
	Border: "Border", BorderFocus: "BorderFocus", Tab: "Tab", TabActive: "TabActive",
	Badge: "Badge", Key: "Key", KeyText: "KeyText", Prompt: "Prompt", Cursor: "Cursor",
	Selected: "Selected", SelectedFaint: "SelectedFaint", Marked: "Marked", Match: "Match",
	MatchCurrent: "MatchCurrent",
	Waiting:      "Waiting", Running: "Running", Fetching: "Fetching", Done: "Done",
	Failed: "Failed", Cancelled: "Cancelled",
	DrvName: "DrvName", StorePath: "StorePath", Size: "Size", Bar: "Bar", Live: "Live",
	Dead: "Dead", Root: "Root", Dangling: "Dangling",
	Up: "Up", Down: "Down", New: "New", Gone: "Gone",
	Info: "Info", Warning: "Warning", Error: "Error",
	Keyword: "Keyword", String: "String", Escape: "Escape", Number: "Number", Path: "Path",
	Comment: "Comment", Operator: "Operator", Bracket: "Bracket", BracketMatch: "BracketMatch",
	Variable: "Variable", AttrName: "AttrName", Builtin: "Builtin", Invalid: "Invalid",
	Thunk: "Thunk",
}

// String returns the token's name as theme files spell it.
func (t Token) String() string {
	if t < Count {
		return names[t]
	}
	return "Count"
}

// IsBackground tells whether t is the background of a row, on which text of
// other tokens is drawn.
func (t Token) IsBackground() bool { return t >= Selected && t <= MatchCurrent }

// TokenNamed returns the token with the given name.
func TokenNamed(name string) (Token, bool) {
	for t, n := range names {
		if n == name {
			return Token(t), true
		}
	}
	return 0, false
}

// A Piece is a part of a text that has one meaning.
type Piece struct {
	Start, End int // byte offsets
	Token      Token
}

// Within returns those of pieces, in order and without overlap, that have a part from one
// offset to another.
func Within(pieces []Piece, from, to int) []Piece {
	first, _ := slices.BinarySearchFunc(pieces, from, func(p Piece, from int) int {
		if p.End <= from {
			return -1
		}
		return 1
	})
	last := first
	for last < len(pieces) && pieces[last].Start < to {
		last++
	}
	return pieces[first:last]
}
