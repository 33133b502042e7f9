package themes

// This file reads themes.

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"nixbench/themes/mistakes"
)

// A file is a theme as it is written.
type file struct {
	base          string
	dark, neutral *bool // nil: it does not say
	backgrounds   []RGB // nil: it does not say
	palette       map[string]Color
	tokens        map[string]string
}

// Parse reads a theme file; its name is for messages and [Theme.Name]. What the theme
// does not give it has from its base: colours of the palette, tokens and backgrounds.
// A theme without a base must give every token. The error has a line for each mistake, in
// the order of the file; of a text that is no TOML, one.
func Parse(name string, data []byte) (*Theme, error) {
	p := &parser{mistakes.List{File: name, Data: data}}
	f, err := p.whole()
	if err != nil {
		return nil, err
	}
	th := &Theme{
		Name: strings.TrimSuffix(filepath.Base(name), ".toml"), Backgrounds: f.backgrounds,
		Dark: f.dark == nil || *f.dark, Neutral: f.neutral != nil && *f.neutral,
	}
	missing := p.fill(th, f)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		p.Add("tokens", fmt.Errorf("no look for %s (a base = \"dark\" would give one)", strings.Join(missing, ", ")))
	}
	return th, p.Err()
}

// whole reads the file and, below it, its base: a built-in theme, of which none is based
// on itself. The error is that of a text that is no TOML.
func (p *parser) whole() (*file, error) {
	f, err := p.file()
	if err != nil || f.base == "" {
		return f, err
	}
	data, err := builtin(f.base)
	if err != nil {
		p.Add("base", err)
		return f, nil
	}
	base := &parser{mistakes.List{File: f.base + ".toml", Data: data}}
	under, err := base.whole()
	if err != nil {
		return nil, err
	}
	return f.over(under), nil
}

// over returns f with what only its base gives.
func (f *file) over(base *file) *file {
	out := *base
	if f.dark != nil {
		out.dark, out.neutral = f.dark, nil
	}
	if f.neutral != nil {
		out.neutral = f.neutral
	}
	if f.backgrounds != nil {
		out.backgrounds = f.backgrounds
	}
	out.palette, out.tokens = maps.Clone(base.palette), maps.Clone(base.tokens)
	maps.Copy(out.palette, f.palette)
	maps.Copy(out.tokens, f.tokens)
	return &out
}

// parser is the state of [Parse].
type parser struct{ mistakes.List }

// file reads the file without its base.
func (p *parser) file() (*file, error) {
	all, err := p.Decode()
	if err != nil {
		return nil, err
	}
	f := &file{palette: map[string]Color{}, tokens: map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		v := all[key]
		switch key {
		case "base":
			f.base = mistakes.Typed[string](&p.List, key, v, "text")
		case "dark":
			f.dark = p.flag(key, v)
		case "neutral":
			f.neutral = p.flag(key, v)
		case "backgrounds":
			f.backgrounds = p.backgrounds(key, v)
		case "palette":
			colours := mistakes.Typed[map[string]any](&p.List, key, v, "a table")
			for _, name := range slices.Sorted(maps.Keys(colours)) {
				f.palette[name] = p.swatch("palette."+name, colours[name])
			}
		case "tokens":
			looks := mistakes.Typed[map[string]any](&p.List, key, v, "a table")
			for _, name := range slices.Sorted(maps.Keys(looks)) {
				f.tokens[name] = mistakes.Typed[string](&p.List, "tokens."+name, looks[name], "text")
			}
		default:
			p.Add(key, errors.New("there is no such setting, only base, dark, neutral, backgrounds, palette and tokens"))
		}
	}
	return f, nil
}

// flag reads true or false.
func (p *parser) flag(key string, v any) *bool {
	b := mistakes.Typed[bool](&p.List, key, v, "true or false")
	return &b
}

// backgrounds reads a list of colours.
func (p *parser) backgrounds(key string, v any) []RGB {
	out := []RGB{}
	for _, item := range mistakes.Typed[[]any](&p.List, key, v, "a list of texts") {
		s, ok := item.(string)
		if !ok {
			p.Add(key, fmt.Errorf("got %s, want a list of texts", mistakes.Shown(item)))
			continue
		}
		rgb, err := parseRGB(s)
		if err != nil {
			p.Add(key, err)
		}
		out = append(out, rgb)
	}
	return out
}

// swatch reads a colour of the palette. One that is wrong is the default colour, so that
// what is drawn in it is not wrong, too.
func (p *parser) swatch(key string, v any) (c Color) {
	fields, ok := v.(map[string]any)
	if !ok {
		p.Add(key, fmt.Errorf("got %s, want a colour such as { rgb = \"#ff8800\", ansi = 3 }", mistakes.Shown(v)))
		return c
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch name {
		case "ansi":
			n, isInt := fields[name].(int64)
			if !isInt || n < 0 || n > 15 {
				p.Add(key, fmt.Errorf("ansi = %s: want 0 to 15", mistakes.Shown(fields[name])))
				continue
			}
			c.ANSI, c.HasANSI = uint8(n), true
		case "rgb":
			s, isText := fields[name].(string)
			if !isText {
				s = mistakes.Shown(fields[name])
			}
			rgb, err := parseRGB(s)
			if err != nil {
				p.Add(key, err)
				continue
			}
			c.RGB, c.HasRGB = rgb, true
		default:
			p.Add(key, fmt.Errorf("there is no %s, only rgb and ansi", name))
		}
	}
	return c
}

// fill sets the looks that f says, and returns the tokens that it does not give.
func (p *parser) fill(th *Theme, f *file) (missing []string) {
	for _, name := range slices.Sorted(maps.Keys(f.tokens)) {
		t, ok := TokenNamed(name)
		if !ok {
			p.Add("tokens."+name, fmt.Errorf("there is no such token; they are %s", strings.Join(names[:], ", ")))
			continue
		}
		look, err := parseLook(f.tokens[name], f.palette)
		if err != nil {
			p.Add("tokens."+name, err)
		}
		th.looks[t] = look
	}
	for t := range Count {
		if _, ok := f.tokens[Token(t).String()]; !ok {
			missing = append(missing, Token(t).String())
		}
	}
	return missing
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
