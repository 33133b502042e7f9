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
// A file that is not there is as good as an empty one. What is wrong in it is
// said in words, with the file's name, the line and the key.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

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
	Theme   string                    `toml:"theme"`
	Glyphs  string                    `toml:"glyphs"`
	Mouse   *bool                     `toml:"mouse"`
	Editing string                    `toml:"editing"`
	Columns map[string][]string       `toml:"columns"`
	Keys    map[string]map[string]any `toml:"keys"`
}

// Parse reads the text of a config.toml; name is for messages, and themes are
// looked for beside it.
func Parse(name string, data []byte) (*Config, error) {
	var f file
	meta, err := toml.Decode(string(data), &f)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	at := func(key string, err error) error {
		return fmt.Errorf("%s:%d: %s: %w", name, lineOf(data, key), key, err)
	}
	for _, key := range meta.Undecoded() {
		if key[0] != "keys" {
			return nil, at(key.String(), errors.New("there is no such setting, only theme, glyphs, mouse, editing, columns and keys"))
		}
	}
	c := &Config{Theme: f.Theme, Glyphs: f.Glyphs, NoMouse: f.Mouse != nil && !*f.Mouse, file: name}
	if !slices.Contains([]string{"", "auto", "ascii", "unicode"}, c.Glyphs) {
		return nil, at("glyphs", fmt.Errorf("got %q, want auto, ascii or unicode", c.Glyphs))
	}
	if c.Vi = f.Editing == "vi"; !c.Vi && f.Editing != "" && f.Editing != "emacs" {
		return nil, at("editing", fmt.Errorf("got %q, want emacs or vi", f.Editing))
	}
	for _, key := range slices.Sorted(maps.Keys(f.Columns)) {
		if err := table.Check(table.Name(key), f.Columns[key]); err != nil {
			return nil, at("columns."+key, err)
		}
		if c.Columns == nil {
			c.Columns = map[table.Name][]string{}
		}
		c.Columns[table.Name(key)] = f.Columns[key]
	}
	if err := c.readKeys(f.Keys, at); err != nil {
		return nil, err
	}
	return c, nil
}

// readKeys takes the bindings; at tells where a key of the file is.
func (c *Config) readKeys(scopes map[string]map[string]any, at func(key string, err error) error) error {
	for _, scope := range slices.Sorted(maps.Keys(scopes)) {
		for _, id := range slices.Sorted(maps.Keys(scopes[scope])) {
			keys, err := keyList(scopes[scope][id])
			if err != nil {
				return at("keys."+scope+"."+id, err)
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
	if _, key, err := c.bind(); err != nil {
		return at(key, err)
	}
	return nil
}

// wrongType is how the parser says that a value is of another type than wanted.
func wrongType() *regexp.Regexp {
	return regexp.MustCompile(`^toml: line (\d+) \(last key "(.*)"\): (.*)$`)
}

// syntaxError is what the parser says, with the place.
func syntaxError(name string, err error) error {
	var bad toml.ParseError
	if !errors.As(err, &bad) {
		if m := wrongType().FindStringSubmatch(err.Error()); m != nil {
			return fmt.Errorf("%s:%s: %s: %s", name, m[1], m[2], m[3])
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	key := ""
	if bad.LastKey != "" {
		key = bad.LastKey + ": "
	}
	return fmt.Errorf("%s:%d: %s%s", name, bad.Position.Line, key, bad.Message)
}

// lineOf is the line on which a key such as columns.closure stands, from 1; that of
// its table if the key is written in another way, and else the first.
func lineOf(data []byte, key string) int {
	table, line := "", 1
	for i, text := range strings.Split(string(data), "\n") {
		text = strings.TrimSpace(text)
		if head, ok := strings.CutPrefix(text, "["); ok {
			table, _, _ = strings.Cut(head, "]")
			if strings.HasPrefix(key, table+".") {
				line = i + 1
			}
			continue
		}
		name, _, ok := strings.Cut(text, "=")
		name = strings.Trim(strings.TrimSpace(name), `"'`)
		if ok && (key == name || key == table+"."+name) {
			return i + 1
		}
	}
	return line
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
	m, key, err := c.bind()
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", c.file, key, err)
	}
	return m, nil
}

// bind puts the user's bindings in the place of the built-in ones; key is the one that
// is wrong.
func (c *Config) bind() (m *keymap.Map, key string, err error) {
	m = keymap.Default()
	// First all are taken away, so that two actions can change keys.
	for _, first := range []bool{true, false} {
		for _, scope := range slices.Sorted(maps.Keys(c.Keys)) {
			for _, id := range slices.Sorted(maps.Keys(c.Keys[scope])) {
				keys := c.Keys[scope][id]
				if first {
					keys = nil
				}
				if err := m.Override(scope, id, keys); err != nil {
					return nil, "keys." + string(scope) + "." + string(id), err
				}
			}
		}
	}
	return m, "", nil
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
