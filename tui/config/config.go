// Package config reads the user's settings of the interface from
// config.toml in nixbench's configuration directory:
//
//	theme = "dark"      # auto, dark, light, neutral, or NAME for themes/NAME.toml beside this file
//	glyphs = "ascii"    # auto, ascii, unicode
//	mouse = false       # true
//
//	[keys.builds]       # a scope of tui/keymap
//	"builds.cancel" = "C"
//	"builds.rebuild" = ["r", "f6"]
//	"builds.view" = [] # no key
//
// A file that is not there is as good as an empty one. What is wrong in it is
// said in words, with the file's name.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/BurntSushi/toml"

	"nixbench/tui/action"
	"nixbench/tui/keymap"
)

// A Config is what the user has chosen. The zero value is what there is
// without a file.
type Config struct {
	Theme   string // "" and "auto": by the terminal's background
	Glyphs  string // "" and "auto": by the locale
	NoMouse bool
	Keys    map[keymap.Scope]map[action.ID][]string

	file string
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

// Load reads config.toml in dir, which may be "".
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
		return nil, fmt.Errorf("read settings: %w", err)
	}
	return Parse(name, data)
}

// file is config.toml as it is written.
type file struct {
	Theme  string                    `toml:"theme"`
	Glyphs string                    `toml:"glyphs"`
	Mouse  *bool                     `toml:"mouse"`
	Keys   map[string]map[string]any `toml:"keys"`
}

// Parse reads the text of a config.toml; name is for messages, and themes are
// looked for beside it.
func Parse(name string, data []byte) (*Config, error) {
	var f file
	meta, err := toml.Decode(string(data), &f)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", name, err)
	}
	for _, key := range meta.Undecoded() {
		if key[0] != "keys" {
			return nil, fmt.Errorf("%s: unknown setting %q; there are theme, glyphs, mouse and keys", name, key.String())
		}
	}
	c := &Config{Theme: f.Theme, Glyphs: f.Glyphs, NoMouse: f.Mouse != nil && !*f.Mouse, file: name}
	if !slices.Contains([]string{"", "auto", "ascii", "unicode"}, c.Glyphs) {
		return nil, fmt.Errorf("%s: glyphs = %q: want auto, ascii or unicode", name, c.Glyphs)
	}
	for scope, bindings := range f.Keys {
		for id, value := range bindings {
			keys, err := keyList(value)
			if err != nil {
				return nil, fmt.Errorf("%s: keys.%s: %s: %v", name, scope, id, err)
			}
			if c.Keys == nil {
				c.Keys = map[keymap.Scope]map[action.ID][]string{}
			}
			if c.Keys[keymap.Scope(scope)] == nil {
				c.Keys[keymap.Scope(scope)] = map[action.ID][]string{}
			}
			c.Keys[keymap.Scope(scope)][action.ID(id)] = keys
		}
	}
	if _, err := c.Keymap(); err != nil {
		return nil, err
	}
	return c, nil
}

// keyList reads a key or a list of keys.
func keyList(v any) ([]string, error) {
	switch v := v.(type) {
	case string:
		return []string{v}, nil
	case []any:
		keys := make([]string, len(v))
		for i, k := range v {
			s, ok := k.(string)
			if !ok || s == "" {
				return nil, fmt.Errorf("want a key or a list of keys, such as \"x\" or [\"x\", \"ctrl+x\"]")
			}
			keys[i] = s
		}
		return keys, nil
	}
	return nil, fmt.Errorf("want a key or a list of keys, such as \"x\" or [\"x\", \"ctrl+x\"]")
}

// Keymap returns the built-in bindings with the user's in their place.
func (c *Config) Keymap() (*keymap.Map, error) {
	m := keymap.Default()
	// First take away, so that two actions can change keys.
	for _, scope := range slices.Sorted(maps.Keys(c.Keys)) {
		for _, id := range slices.Sorted(maps.Keys(c.Keys[scope])) {
			if err := m.Override(scope, id, nil); err != nil {
				return nil, fmt.Errorf("%s: %v", c.file, err)
			}
		}
	}
	for _, scope := range slices.Sorted(maps.Keys(c.Keys)) {
		for _, id := range slices.Sorted(maps.Keys(c.Keys[scope])) {
			if err := m.Override(scope, id, c.Keys[scope][id]); err != nil {
				return nil, fmt.Errorf("%s: %v", c.file, err)
			}
		}
	}
	return m, nil
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
