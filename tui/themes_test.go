package tui_test

import (
	"context"
	"errors"
	"testing"

	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// changing has the built-in themes and one that a test changes.
type changing struct {
	data    string
	changed chan struct{}
}

func (c *changing) ThemeNames() []string { return append(themes.BuiltinNames(), "mine") }

func (c *changing) LoadTheme(name string) (*themes.Theme, error) {
	if name == "mine" {
		return themes.Parse("/a/long/way/to/the/home/of/me/.config/nixbench/themes/"+name+".toml", []byte(c.data))
	}
	return themes.Named(name)
}

// WaitTheme never waits: the driver carries commands out in turn.
func (c *changing) WaitTheme(context.Context) error {
	select {
	case <-c.changed:
		return nil
	default:
		return errors.New("nothing has changed")
	}
}

func TestThemePicker(t *testing.T) {
	source := &changing{data: `base = "nord"`}
	d := tuitest.New(t, tuitest.NewBackend(t), 80, 24, tuitest.Blanks,
		func(o *tui.Options) { o.Themes = source })
	theme := func() string { return d.Model.Env().Styles.Theme().Name }

	d.Keys("alt+t")
	d.Type("gruvbox-l")
	if got := theme(); got != "gruvbox-light" {
		t.Errorf("while choosing: got theme %s, want gruvbox-light", got)
	}
	d.Keys("esc")
	if got := theme(); got != "dark" {
		t.Errorf("after leaving the list: got theme %s, want dark", got)
	}
	d.Keys("alt+t")
	d.Type("mine")
	d.Keys("enter")
	if got := theme(); got != "mine" {
		t.Errorf("after choosing: got theme %s, want mine", got)
	}
	d.Keys("alt+t")
	d.Golden("themes")
}

func TestThemeThatCannotBeRead(t *testing.T) {
	source := &changing{data: `base = "nord`}
	d := tuitest.New(t, tuitest.NewBackend(t), 80, 24, tuitest.Blanks,
		func(o *tui.Options) { o.Themes = source })
	d.Keys("alt+t")
	d.Type("mine")
	d.Wants("esc close   mine.toml:1: ")
	d.Keys("enter esc")
	if got := d.Model.Env().Styles.Theme().Name; got != "dark" {
		t.Errorf("got theme %s, want dark", got)
	}
}

func TestThemeReloaded(t *testing.T) {
	source := &changing{data: `base = "nord"`, changed: make(chan struct{}, 1)}
	source.changed <- struct{}{}
	mine, err := source.LoadTheme("mine")
	if err != nil {
		t.Fatal(err)
	}
	source.data = "base = \"nord\"\n[palette]\nred = { rgb = \"#ff0000\" }"
	d := tuitest.New(t, tuitest.NewBackend(t), 80, 24, tuitest.Blanks,
		func(o *tui.Options) { o.Theme, o.Themes = mine, source })
	want := themes.RGB{R: 0xff}
	if got := d.Model.Env().Styles.Theme().Look(themes.Failed).Fg.RGB; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The themes can be had while text is typed, as in the REPL.
func TestThemePickerWhileTyping(t *testing.T) {
	d, s, _ := start(t, 80, 24)
	s.typing = true
	d.Keys("alt+t")
	d.Wants("themes", "high-contrast")
}
