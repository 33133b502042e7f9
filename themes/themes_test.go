package themes

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// coloured returns the built-in themes that have colours of their own.
func coloured(t *testing.T) []*Theme {
	var list []*Theme
	for _, name := range BuiltinNames() {
		th, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != "neutral" && name != "ansi" {
			list = append(list, th)
		}
	}
	return list
}

// Every token must be readable on every background that the theme names, and
// on each of its own row backgrounds.
func TestContrast(t *testing.T) {
	for _, th := range coloured(t) {
		name, want := th.Name, 4.5
		if name == "high-contrast" {
			want = 7
		}
		if len(th.Backgrounds) < 2 {
			t.Errorf("%s names %d backgrounds, want at least 2", name, len(th.Backgrounds))
		}
		for tok := range Count {
			look := th.Look(tok)
			if tok.IsBackground() || look.Reverse || tok == Border || tok == BorderFocus {
				continue
			}
			if !look.Fg.HasRGB {
				t.Errorf("%s: %v has no colour to measure", name, tok)
				continue
			}
			for _, bg := range th.Backgrounds {
				if got := Contrast(look.Fg.RGB, bg); got < want {
					t.Errorf("%s: %v on %v: got %.2f, want %v", name, tok, bg, got, want)
				}
			}
			for on := range Count {
				bg := th.Look(on).Bg
				if !on.IsBackground() || !bg.HasRGB {
					continue
				}
				if got := Contrast(look.Fg.RGB, bg.RGB); got < want {
					t.Errorf("%s: %v on %v: got %.2f, want %v", name, tok, on, got, want)
				}
			}
		}
	}
}

// Borders carry no words: for them the ratio of graphical objects counts.
func TestBorderContrast(t *testing.T) {
	for _, th := range coloured(t) {
		for _, tok := range []Token{Border, BorderFocus} {
			for _, bg := range th.Backgrounds {
				if got := Contrast(th.Look(tok).Fg.RGB, bg); got < 3 {
					t.Errorf("%s: %v on %v: got %.2f, want 3", th.Name, tok, bg, got)
				}
			}
		}
	}
}

func TestContrastFormula(t *testing.T) {
	black, white := RGB{}, RGB{255, 255, 255}
	if got := Contrast(black, white); math.Abs(got-21) > 1e-9 {
		t.Errorf("black on white: got %v, want 21", got)
	}
	if got := Contrast(RGB{0x76, 0x76, 0x76}, white); math.Abs(got-4.54) > 0.01 {
		t.Errorf("#767676 on white: got %v, want 4.54", got)
	}
}

func TestEveryTokenHasAName(t *testing.T) {
	seen := map[string]bool{}
	for tok := range Count {
		name := tok.String()
		if name == "" || seen[name] {
			t.Errorf("token %d: name %q is empty or twice", tok, name)
		}
		seen[name] = true
		if got, ok := TokenNamed(name); !ok || got != tok {
			t.Errorf("TokenNamed(%q): got %v, %v", name, got, ok)
		}
	}
}

func TestParse(t *testing.T) {
	th, err := Parse("mine.toml", []byte(`
base = "light"
[palette]
rose = { rgb = "#ff0010", ansi = 9 }
[tokens]
Failed = "rose on #000000 bold underline"
`))
	if err != nil {
		t.Fatal(err)
	}
	want := Look{
		Fg:   Color{RGB: RGB{0xff, 0, 0x10}, HasRGB: true, ANSI: 9, HasANSI: true},
		Bg:   Color{HasRGB: true},
		Bold: true, Underline: true,
	}
	if got := th.Look(Failed); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	light, err := Named("light")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := th.Look(Done), light.Look(Done); got != want || th.Dark {
		t.Errorf("inherited: got %+v, want %+v", got, want)
	}
}

// All that is wrong in a file is said at once, each with its line.
func TestAllMistakes(t *testing.T) {
	const text = `base = "dark"
dark = "yes"
colour = 1
backgrounds = ["#000000", "black", 3]
[palette]
red = { rgb = "red", ansi = 16 }
blue = "#0000ff"
pink = { rgb = "#ff00ff", alpha = 1 }
[tokens]
failed = "red"
Failed = "reddish"
Done = "pink #00ff00"
Text = 7
`
	want := []string{
		`/home/mine.toml:2: dark: got "yes", want true or false`,
		`/home/mine.toml:3: colour: there is no such setting, only base, dark, neutral, backgrounds, palette and tokens`,
		`/home/mine.toml:4: backgrounds: "black" is no colour, want #rrggbb`,
		`/home/mine.toml:4: backgrounds: got 3, want a list of texts`,
		`/home/mine.toml:6: palette.red: ansi = 16: want 0 to 15`,
		`/home/mine.toml:6: palette.red: "red" is no colour, want #rrggbb`,
		`/home/mine.toml:7: palette.blue: got "#0000ff", want a colour such as { rgb = "#ff8800", ansi = 3 }`,
		`/home/mine.toml:8: palette.pink: there is no alpha, only rgb and ansi`,
		`/home/mine.toml:10: tokens.failed: there is no such token; they are ` + strings.Join(names[:], ", "),
		`/home/mine.toml:11: tokens.Failed: "reddish" is neither a colour of the palette, #rrggbb, default, nor an attribute`,
		`/home/mine.toml:12: tokens.Done: "pink #00ff00" has two colours; write the background as "on COLOUR"`,
		`/home/mine.toml:13: tokens.Text: got 7, want text`,
	}
	_, err := Parse("/home/mine.toml", []byte(text))
	if err == nil {
		t.Fatal("got no error, want all")
	}
	if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"x = ", "mine.toml:1: x: unexpected EOF; expected value"},
		{"colour = 1", "mine.toml:1: colour: there is no such setting"},
		{"base = \"solar\"", "mine.toml:1: base: there is no theme \"solar\", only ansi, catppuccin, "},
		{"[tokens]\nText = \"default\"", "no look for Muted, Disabled"},
		{"base = \"dark\"\n[tokens]\nfailed = \"red\"", "tokens.failed: there is no such token"},
		{"base = \"dark\"\n[tokens]\nFailed = \"reddish\"", "\"reddish\" is neither"},
		{"base = \"dark\"\n[tokens]\nFailed = \"#ff00zz\"", "want #rrggbb"},
		{"base = \"dark\"\n[tokens]\nFailed = \"#ff0000 #00ff00\"", "two colours"},
		{"base = \"dark\"\n[palette]\nx = { ansi = 16 }", "want 0 to 15"},
		{"base = \"dark\"\nbackgrounds = [\"black\"]", "want #rrggbb"},
	}
	for _, tt := range tests {
		_, err := Parse("mine.toml", []byte(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Parse(%q): got %v, want …%s…", tt.in, err, tt.want)
		}
	}
	if _, err := Parse("mine.toml", []byte("base = \"mine\"")); err == nil {
		t.Error("a theme that is its own base: got no error")
	}
	if _, err := Named("x"); err == nil {
		t.Error("Named(x): got no error")
	}
}

func TestNeutralUsesTheTerminalsColours(t *testing.T) {
	for _, name := range []string{"neutral", "ansi"} {
		th, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for tok := range Count {
			if l := th.Look(tok); l.Fg.HasRGB || l.Bg.HasRGB || !l.Bg.IsDefault() {
				t.Errorf("%s: %v: got %+v, want only the 16 colours on the default background", name, tok, l)
			}
		}
	}
}

// A colour of the palette that a theme changes is changed wherever its base uses it.
func TestPaletteOfTheBase(t *testing.T) {
	th, err := Parse("mine.toml", []byte("base = \"nord\"\n[palette]\nred = { rgb = \"#ff0000\" }"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := th.Look(Failed).Fg.RGB, (RGB{R: 0xff}); got != want || !th.Look(Failed).Bold || !th.Dark {
		t.Errorf("got %v, want %v, bold, dark", got, want)
	}
}
