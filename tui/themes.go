package tui

// This file chooses the theme: by the terminal's background, or as the user does.

import (
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/themes"
	"nixbench/tui/style"
	"nixbench/tui/widget/palette"
)

// A ThemeSource has the themes that there are. It is safe for concurrent use.
type ThemeSource interface {
	// ThemeNames lists them, sorted.
	ThemeNames() []string
	// LoadTheme reads one.
	LoadTheme(name string) (*themes.Theme, error)
	// WaitTheme waits until a theme of the user's has changed, or ctx ends.
	WaitTheme(ctx context.Context) error
}

// builtinThemes are the themes that nobody changes.
type builtinThemes struct{}

func (builtinThemes) ThemeNames() []string                         { return themes.BuiltinNames() }
func (builtinThemes) LoadTheme(name string) (*themes.Theme, error) { return themes.Named(name) }

func (builtinThemes) WaitTheme(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// themeMsg says that a theme of the user's has changed.
type themeMsg struct{}

// awaitTheme waits for changes of the user's themes, if there can be any.
func (m *Model) awaitTheme() tea.Cmd {
	ctx, source := m.env.ctx, m.o.Themes
	if source == (builtinThemes{}) {
		return nil
	}
	return func() tea.Msg {
		if source.WaitTheme(ctx) != nil {
			return nil
		}
		return themeMsg{}
	}
}

// themeChanged reads the theme that is shown again.
func (m *Model) themeChanged() tea.Cmd {
	wait := m.awaitTheme()
	if m.o.Theme == nil {
		return wait
	}
	th, err := m.o.Themes.LoadTheme(m.o.Theme.Name)
	if err != nil {
		return tea.Batch(wait, m.notify(themes.Error, mistakeOf(m.o.Theme.Name, err)))
	}
	m.o.Theme = th
	m.restyle()
	return wait
}

// autoTheme is the choice that leaves it to the terminal's background.
const autoTheme = "auto"

// pickTheme asks for a theme and shows each that the cursor comes to.
func (m *Model) pickTheme() tea.Cmd {
	before, chosen := m.o.Theme, m.chosen
	items := []palette.Item{{Key: autoTheme, Title: autoTheme, Side: "by the terminal"}}
	for _, name := range m.o.Themes.ThemeNames() {
		it := palette.Item{Key: name, Title: name}
		if th, err := m.o.Themes.LoadTheme(name); err != nil {
			it.Disabled = mistakeOf(name, err)
		} else {
			it.Side = groundOf(th)
		}
		items = append(items, it)
	}
	o := newPaletteOverlay(m.env.Styles, palette.Options{
		Title: "themes", Items: items, Bright: true,
		OnMove: func(name string) { m.preview(name) },
		OnPick: m.takeTheme,
		OnCancel: func() tea.Cmd {
			m.o.Theme, m.chosen = before, chosen
			m.restyle()
			return nil
		},
	})
	if chosen {
		o.Select(before.Name)
	}
	m.overlay = o
	return nil
}

// mistakeOf is the first of what is wrong with a theme, in a line; its file is named
// without the directory, which is that of all of them.
func mistakeOf(name string, err error) string {
	line, rest, _ := strings.Cut(err.Error(), "\n")
	if i := strings.Index(line, "/"+name+".toml:"); i >= 0 {
		line = line[i+1:]
	}
	if rest != "" {
		line += "; and " + strconv.Itoa(strings.Count(rest, "\n")+1) + " more"
	}
	return line
}

// groundOf says what a theme is made for.
func groundOf(th *themes.Theme) string {
	switch {
	case th.Neutral:
		return "any"
	case th.Dark:
		return "dark"
	}
	return "light"
}

// preview shows a theme, without an error if it cannot be read.
func (m *Model) preview(name string) {
	if name == autoTheme {
		m.background(m.dark)
	} else if th, err := m.o.Themes.LoadTheme(name); err == nil {
		m.o.Theme = th
	}
	m.restyle()
}

// takeTheme is what the user chose.
func (m *Model) takeTheme(name string) tea.Cmd {
	m.chosen, m.picked = name != autoTheme, true
	if !m.chosen {
		m.background(m.dark)
		return tea.Batch(tea.RequestBackgroundColor, m.notify(themes.Info, "theme by the terminal's background"))
	}
	th, err := m.o.Themes.LoadTheme(name)
	if err != nil {
		return m.notify(themes.Error, err.Error())
	}
	m.o.Theme = th
	m.restyle()
	return m.notify(themes.Info, "theme "+name)
}

// ground takes what the terminal says of its background.
func (m *Model) ground(dark bool) {
	m.dark = dark
	if !m.chosen {
		m.background(dark)
	}
}

// background takes the built-in theme for a dark or light terminal.
func (m *Model) background(dark bool) {
	name := "light"
	if dark {
		name = "dark"
	}
	if th, err := themes.Named(name); err == nil {
		m.o.Theme = th
		m.restyle()
	}
}

func (m *Model) restyle() {
	m.env.Styles.Apply(style.Options{Theme: m.o.Theme, Profile: m.profile, ASCII: m.o.ASCII})
}
