// Package config reads the user's settings of the interface from
// config.toml in nixbench's configuration directory:
//
//	theme = "dark"      # auto, dark, light, neutral, or NAME for themes/NAME.toml beside this file
//	glyphs = "ascii"    # auto, ascii, unicode
//	mouse = false       # true
//	editing = "vi"      # emacs, vi: the keys of the REPL's input
//
//	[columns]           # of the tables of tui/table
//	closure = ["adds", "closure"]
//
//	[keys.builds]       # a scope of tui/keymap
//	"builds.cancel" = "C"
//	"builds.rebuild" = ["r", "f6"]
//	"builds.view" = [] # no key
//
// A file that is not there is as good as an empty one. All that is wrong in it is said in
// words, with the file's name, the line and the key; the rest holds.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/table"
)

// A Config is what the user has chosen. The zero value is what there is
// without a file.
type Config struct {
	Theme   string // "" and "auto": by the terminal's background
	Glyphs  string // "" and "auto": by the locale
	NoMouse bool
	Vi      bool // edit with the keys of vi
	Columns map[table.Name][]string
	Keys    map[keymap.Scope]map[action.ID][]string

	file   string
	themes folder // as WaitTheme has told of it
}

// Dir returns nixbench's configuration directory, by the environment that
// getenv reads: $XDG_CONFIG_HOME/nixbench, by default ~/.config/nixbench. It is
// "" if there is no home.
func Dir(getenv func(string) string) string {
	if dir := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "nixbench")
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".config", "nixbench")
	}
	return ""
}

// Load reads config.toml in dir, which may be "". The settings are there also with an
// error, as those of [Parse]; of a file that cannot be read there are none.
func Load(dir string) (*Config, error) {
	if dir == "" {
		return &Config{}, nil
	}
	name := filepath.Join(dir, "config.toml")
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return &Config{file: name}, nil
	}
	if err != nil {
		return &Config{file: name}, fmt.Errorf("read settings: %w", err)
	}
	return Parse(name, data)
}

// Keymap returns the built-in bindings with the user's in their place, as far as those
// can be.
func (c *Config) Keymap() *keymap.Map {
	m := keymap.Default()
	c.bind(m, func(string, error) {}) // Parse has told of them
	return m
}

// ASCII tells whether to draw with ASCII glyphs; utf8 tells whether the locale
// has others.
func (c *Config) ASCII(utf8 bool) bool {
	switch c.Glyphs {
	case "ascii":
		return true
	case "unicode":
		return false
	}
	return !utf8
}
