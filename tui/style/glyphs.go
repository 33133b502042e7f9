package style

import "strings"

// Glyphs are the characters that are drawn beside words, never instead of
// them. Each takes one cell.
type Glyphs struct {
	Cursor       string // before the selected row
	Open, Closed string // fold state of a row
	Tee, Elbow   string // a branch that goes on, the last branch
	Pipe         string // a branch passing by
	Branch       string // after Tee or Elbow
	Full, Dot    string // of a bar: a cell of it, and one that is too short for a cell
	Track        string // of a bar that grows: what is left
	Shade        string // of the part of a bar that is told apart
	Check, Cross string
	Arrow        string
	Bullet       string
	MarkOn       string // inside the brackets of a mark
	Light        Border
	Double       Border
}

// A Border is the set of lines around a pane.
type Border struct {
	Horizontal, Vertical, TopLeft, TopRight, BottomLeft, BottomRight string
}

// glyphSet returns the ASCII or the Unicode glyphs. Neither has characters
// that some terminals show as emoji two cells wide.
func glyphSet(ascii bool) Glyphs {
	light := Border{"─", "│", "┌", "┐", "└", "┘"}
	double := Border{"═", "║", "╔", "╗", "╚", "╝"}
	if ascii {
		return Glyphs{
			Cursor: ">", Open: "v", Closed: ">",
			Tee: "+", Elbow: "`", Pipe: "|", Branch: "-",
			Full: "#", Dot: ".", Track: ".", Shade: "=", Check: "+", Cross: "x", Arrow: ">", Bullet: "*", MarkOn: "x",
			Light: light, Double: double,
		}
	}
	return Glyphs{
		Cursor: "›", Open: "▾", Closed: "▸",
		Tee: "├", Elbow: "└", Pipe: "│", Branch: "─",
		Full: "█", Dot: "▏", Track: "░", Shade: "▒", Check: "✓", Cross: "✗", Arrow: "→", Bullet: "•", MarkOn: "x",
		Light: light, Double: double,
	}
}

// HasUTF8 tells whether env, as os.Environ gives it, names a UTF-8 locale, so
// that the Unicode glyphs can be shown.
func HasUTF8(env []string) bool {
	vars := map[string]string{}
	for _, kv := range env {
		k, v, _ := strings.Cut(kv, "=")
		vars[k] = v
	}
	for _, k := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := vars[k]; v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}
