package themes

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

// An RGB is a colour in sRGB.
type RGB struct{ R, G, B uint8 }

// A Color is one of the terminal's 16 colours, a colour of 24 bits, or both,
// the first then standing in where a terminal has only 16. The zero value is
// the terminal's default colour.
type Color struct {
	RGB     RGB
	HasRGB  bool
	ANSI    uint8 // 0 to 15
	HasANSI bool
}

// IsDefault tells whether c is the terminal's default colour.
func (c Color) IsDefault() bool { return !c.HasRGB && !c.HasANSI }

// A Look is how a token is drawn.
type Look struct {
	Fg, Bg                                          Color
	Bold, Faint, Italic, Underline, Reverse, Strike bool
}

// A Theme gives each token its look. It is read-only once parsed.
type Theme struct {
	Name string
	// Dark tells what background the theme is made for; Neutral that it
	// reads on both.
	Dark, Neutral bool
	// Backgrounds are those of the terminals that it must be readable on;
	// the contrast test measures against each. None for a neutral theme.
	Backgrounds []RGB

	looks [Count]Look
}

// Look returns how t is drawn.
func (th *Theme) Look(t Token) Look { return th.looks[t] }

//go:embed *.toml
var files embed.FS

// BuiltinNames lists the built-in themes, sorted.
func BuiltinNames() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("themes: unreachable: " + err.Error()) // embedded
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".toml")
	}
	slices.Sort(names)
	return names
}

// Named returns the built-in theme of that name.
func Named(name string) (*Theme, error) {
	data, err := builtin(name)
	if err != nil {
		return nil, err
	}
	return Parse(name+".toml", data)
}

// builtin returns the file of the built-in theme of that name.
func builtin(name string) ([]byte, error) {
	if !slices.Contains(BuiltinNames(), name) {
		return nil, fmt.Errorf("there is no theme %q, only %s", name, strings.Join(BuiltinNames(), ", "))
	}
	return files.ReadFile(name + ".toml")
}
