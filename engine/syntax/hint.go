package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Hint is the text of a message in which what was filled in has the colours
// that Nix gives it on a terminal.
// Source: HintFmt in Nix's fmt.hh.
type Hint string

// A Colour is an escape sequence that Nix begins a colour with.
// Source: ansicolor.hh.
type Colour string

// The colours of messages and of the values in them.
const (
	Bold    Colour = "\x1b[1m"
	Faint   Colour = "\x1b[2m"
	Red     Colour = "\x1b[31;1m"
	Green   Colour = "\x1b[32;1m"
	Blue    Colour = "\x1b[34;1m"
	Magenta Colour = "\x1b[35;1m"
	Cyan    Colour = "\x1b[36;1m"
)

const endOfColour = "\x1b[0m"

// What messages begin with, before a space.
var (
	ErrorHead             = Red.Paint("error:")
	IgnoredHead           = Red.Paint("error (ignored):")
	WarningHead           = Magenta.Paint("warning:")
	EvaluationWarningHead = Magenta.Paint("evaluation warning:") // those of builtins.warn
)

// Paint returns a text in the colour.
func (c Colour) Paint(text string) string { return string(c) + text + endOfColour }

// maxTold is how many bytes of one text a message tells.
const maxTold = 16 << 20

// Told returns a text as messages tell it: of a very long one the beginning, and how
// much else there is.
func Told(text string) string {
	if len(text) <= maxTold {
		return text
	}
	n := maxTold
	for n > maxTold-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return fmt.Sprintf("%s«%d bytes elided»", text[:n], len(text)-n)
}

// Hintf is fmt.Sprintf with what is filled in in its colour. A Hint among the
// arguments has its own.
func Hintf(format string, args ...any) Hint {
	shown := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case Hint:
			shown[i] = string(arg)
		case string:
			shown[i] = filledIn{Told(arg)}
		default:
			shown[i] = filledIn{arg}
		}
	}
	return Hint(fmt.Sprintf(format, shown...))
}

// filledIn is an argument of Hintf.
type filledIn struct{ arg any }

// Format does what the verb says, in colour.
func (f filledIn) Format(st fmt.State, verb rune) {
	fmt.Fprintf(st, Magenta.Paint(fmt.FormatString(st, verb)), f.arg)
}

// Split returns the text without its colours, and with them if it has any.
func (h Hint) Split() (plain string, coloured Hint) {
	if plain = h.Plain(); plain != string(h) {
		coloured = h
	}
	return plain, coloured
}

// Plain returns the text without its colours.
func (h Hint) Plain() string {
	s := string(h)
	if !strings.Contains(s, "\x1b[") {
		return s
	}
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(s, "\x1b[")
		b.WriteString(text)
		if !found {
			return b.String()
		}
		if end := strings.TrimLeft(rest, "0123456789;"); strings.HasPrefix(end, "m") {
			s = end[1:]
		} else {
			b.WriteString("\x1b[")
			s = rest
		}
	}
}
