package themes

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
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
	return Parse(name, data)
}

// builtin returns the file of the built-in theme of that name.
func builtin(name string) ([]byte, error) {
	if !slices.Contains(BuiltinNames(), name) {
		return nil, fmt.Errorf("theme %q: no such theme; there are %s", name, strings.Join(BuiltinNames(), ", "))
	}
	data, err := files.ReadFile(name + ".toml")
	if err != nil {
		return nil, fmt.Errorf("theme %q: %w", name, err)
	}
	return data, nil
}

// file is a theme as it is written.
type file struct {
	Base        string            `toml:"base"`
	Dark        *bool             `toml:"dark"`
	Neutral     *bool             `toml:"neutral"`
	Backgrounds []string          `toml:"backgrounds"`
	Palette     map[string]swatch `toml:"palette"`
	Tokens      map[string]string `toml:"tokens"`
}

type swatch struct {
	RGB  string `toml:"rgb"`
	ANSI *int   `toml:"ansi"`
}

// Parse reads a theme file; name is for messages and [Theme.Name]. What the theme
// does not give it has from its base: colours of the palette, tokens and backgrounds.
// A theme without a base must give every token.
func Parse(name string, data []byte) (*Theme, error) {
	f, err := parseFile(data)
	if err != nil {
		return nil, fmt.Errorf("theme %q: %w", name, err)
	}
	th := &Theme{Name: name, Dark: f.Dark == nil || *f.Dark, Neutral: f.Neutral != nil && *f.Neutral}
	given := [Count]bool{}
	if err := th.fill(f, &given); err != nil {
		return nil, fmt.Errorf("theme %q: %w", name, err)
	}
	var missing []string
	for t, ok := range given {
		if !ok {
			missing = append(missing, Token(t).String())
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("theme %q: no look for %s (a base = \"dark\" would give one)", name, strings.Join(missing, ", "))
	}
	return th, nil
}

// parseFile reads a theme file and, below it, its base: a built-in theme, of which none
// is based on itself.
func parseFile(data []byte) (*file, error) {
	f := &file{}
	meta, err := toml.Decode(string(data), f)
	if err != nil {
		return nil, err
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return nil, fmt.Errorf("unknown key %q", extra[0].String())
	}
	if f.Base == "" {
		return f, nil
	}
	base, err := builtin(f.Base)
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	under, err := parseFile(base)
	if err != nil {
		return nil, fmt.Errorf("base: theme %q: %w", f.Base, err)
	}
	return f.over(under), nil
}

// over returns f with what only its base gives.
func (f *file) over(base *file) *file {
	out := *base
	if f.Dark != nil {
		out.Dark, out.Neutral = f.Dark, nil
	}
	if f.Neutral != nil {
		out.Neutral = f.Neutral
	}
	if f.Backgrounds != nil {
		out.Backgrounds = f.Backgrounds
	}
	out.Palette, out.Tokens = maps.Clone(base.Palette), maps.Clone(base.Tokens)
	maps.Copy(out.Palette, f.Palette)
	maps.Copy(out.Tokens, f.Tokens)
	return &out
}

// fill sets what f says.
func (th *Theme) fill(f *file, given *[Count]bool) error {
	for _, s := range f.Backgrounds {
		rgb, err := parseRGB(s)
		if err != nil {
			return fmt.Errorf("backgrounds: %v", err)
		}
		th.Backgrounds = append(th.Backgrounds, rgb)
	}
	palette := make(map[string]Color, len(f.Palette))
	for _, name := range slices.Sorted(maps.Keys(f.Palette)) {
		c, err := f.Palette[name].color()
		if err != nil {
			return fmt.Errorf("palette %s: %v", name, err)
		}
		palette[name] = c
	}
	for _, name := range slices.Sorted(maps.Keys(f.Tokens)) {
		t, ok := TokenNamed(name)
		if !ok {
			return fmt.Errorf("tokens: %q is not a token; they are %s", name, strings.Join(names[:], ", "))
		}
		look, err := parseLook(f.Tokens[name], palette)
		if err != nil {
			return fmt.Errorf("token %s: %v", name, err)
		}
		th.looks[t] = look
		given[t] = true
	}
	return nil
}

func (s swatch) color() (c Color, err error) {
	if s.RGB != "" {
		if c.RGB, err = parseRGB(s.RGB); err != nil {
			return Color{}, err
		}
		c.HasRGB = true
	}
	if s.ANSI != nil {
		if *s.ANSI < 0 || *s.ANSI > 15 {
			return Color{}, fmt.Errorf("ansi = %d: want 0 to 15", *s.ANSI)
		}
		c.ANSI, c.HasANSI = uint8(*s.ANSI), true
	}
	return c, nil
}

// parseLook reads "[fg] [on bg] [bold] [faint] [italic] [underline] [reverse]
// [strike]", where a colour is a name of the palette, #rrggbb or default.
func parseLook(s string, palette map[string]Color) (Look, error) {
	var l Look
	target, colours := &l.Fg, 0
	for _, word := range strings.Fields(s) {
		switch word {
		case "on":
			target, colours = &l.Bg, 0
		case "bold":
			l.Bold = true
		case "faint":
			l.Faint = true
		case "italic":
			l.Italic = true
		case "underline":
			l.Underline = true
		case "reverse":
			l.Reverse = true
		case "strike":
			l.Strike = true
		default:
			c, err := parseColor(word, palette)
			if err != nil {
				return Look{}, err
			}
			if colours++; colours > 1 {
				return Look{}, fmt.Errorf("%q has two colours; write the background as \"on COLOUR\"", s)
			}
			*target = c
		}
	}
	return l, nil
}

func parseColor(word string, palette map[string]Color) (Color, error) {
	if word == "default" {
		return Color{}, nil
	}
	if c, ok := palette[word]; ok {
		return c, nil
	}
	if !strings.HasPrefix(word, "#") {
		return Color{}, fmt.Errorf("%q is neither a colour of the palette, #rrggbb, default, nor an attribute", word)
	}
	rgb, err := parseRGB(word)
	return Color{RGB: rgb, HasRGB: true}, err
}

func parseRGB(s string) (RGB, error) {
	hex, ok := strings.CutPrefix(s, "#")
	n, err := strconv.ParseUint(hex, 16, 32)
	if !ok || err != nil || len(hex) != 6 {
		return RGB{}, fmt.Errorf("%q is no colour, want #rrggbb", s)
	}
	return RGB{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}
