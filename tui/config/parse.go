package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"nixbench/themes/mistakes"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/table"
)

// Parse reads the text of a config.toml; name is for messages, and themes are
// looked for beside it. The error has a line for each mistake, in the order of the
// file; of a text that is no TOML, one. What is right is in the settings all the same.
func Parse(name string, data []byte) (*Config, error) {
	p := &parser{mistakes.List{File: name, Data: data}, &Config{file: name}}
	all, err := p.Decode()
	if err != nil {
		return p.c, err
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		p.setting(key, all[key])
	}
	p.c.bind(keymap.Default(), p.Add)
	return p.c, p.Err()
}

// parser is the state of [Parse].
type parser struct {
	mistakes.List
	c *Config
}

// setting takes a setting or a table of the file.
func (p *parser) setting(key string, v any) {
	c := p.c
	switch key {
	case "theme":
		c.Theme = mistakes.Typed[string](&p.List, key, v, "text")
	case "glyphs":
		c.Glyphs = mistakes.Typed[string](&p.List, key, v, "text")
		p.oneOf(key, c.Glyphs, "auto", "ascii", "unicode")
	case "mouse":
		b, isBool := v.(bool)
		c.NoMouse = isBool && !b
		mistakes.Typed[bool](&p.List, key, v, "true or false")
	case "editing":
		editing := mistakes.Typed[string](&p.List, key, v, "text")
		p.oneOf(key, editing, "emacs", "vi")
		c.Vi = editing == "vi"
	case "columns":
		tables := mistakes.Typed[map[string]any](&p.List, key, v, "a table")
		for _, name := range slices.Sorted(maps.Keys(tables)) {
			p.columns(name, tables[name])
		}
	case "keys":
		scopes := mistakes.Typed[map[string]any](&p.List, key, v, "a table")
		for _, scope := range slices.Sorted(maps.Keys(scopes)) {
			p.keys(keymap.Scope(scope), mistakes.Typed[map[string]any](&p.List, "keys."+scope, scopes[scope], "a table"))
		}
	default:
		p.Add(key, errors.New("there is no such setting, only theme, glyphs, mouse, editing, columns and keys"))
	}
}

// oneOf notes a value that is neither "" nor one of those that there are.
func (p *parser) oneOf(key, got string, want ...string) {
	if got != "" && !slices.Contains(want, got) {
		last := len(want) - 1
		p.Add(key, fmt.Errorf("got %q, want %s or %s", got, strings.Join(want[:last], ", "), want[last]))
	}
}

// columns takes the columns of a table.
func (p *parser) columns(name string, v any) {
	key := "columns." + name
	list, ok := v.([]any)
	titles := make([]string, len(list))
	for i, title := range list {
		if titles[i], ok = title.(string); !ok {
			break
		}
	}
	if !ok {
		p.Add(key, fmt.Errorf("got %s, want a list of texts", mistakes.Shown(v)))
		return
	}
	if err := table.Check(table.Name(name), titles); err != nil {
		p.Add(key, err)
		return
	}
	if p.c.Columns == nil {
		p.c.Columns = map[table.Name][]string{}
	}
	p.c.Columns[table.Name(name)] = titles
}

// keys takes the bindings of a scope. What is bound in a table is written without quotes:
// a scope or an action with a dot in its name.
func (p *parser) keys(scope keymap.Scope, bindings map[string]any) {
	for _, id := range slices.Sorted(maps.Keys(bindings)) {
		if inner, ok := bindings[id].(map[string]any); ok {
			if name := scope + "." + keymap.Scope(id); slices.Contains(keymap.Default().Scopes(), name) {
				p.keys(name, inner)
				continue
			}
			outer := make(map[string]any, len(inner))
			for rest, v := range inner {
				outer[id+"."+rest] = v
			}
			p.keys(scope, outer)
			continue
		}
		keys, err := keyList(bindings[id])
		if err != nil {
			p.Add("keys."+string(scope)+"."+id, err)
			continue
		}
		if p.c.Keys == nil {
			p.c.Keys = map[keymap.Scope]map[action.ID][]string{}
		}
		if p.c.Keys[scope] == nil {
			p.c.Keys[scope] = map[action.ID][]string{}
		}
		p.c.Keys[scope][action.ID(id)] = keys
	}
}

// keyList reads a key or a list of keys.
func keyList(v any) ([]string, error) {
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	keys := make([]string, len(list))
	for i, k := range list {
		s, ok := k.(string)
		if !ok || s == "" {
			return nil, errors.New(`want a key or a list of keys, such as "x" or ["x", "ctrl+x"]`)
		}
		if err := keymap.CheckKeys(s); err != nil {
			return nil, err
		}
		keys[i] = s
	}
	return keys, nil
}

// bind puts the user's bindings into the place of those of m; wrong is told of those
// that cannot be.
func (c *Config) bind(m *keymap.Map, wrong func(key string, err error)) {
	// First all are taken away, so that two actions can change keys.
	for _, first := range []bool{true, false} {
		for _, scope := range slices.Sorted(maps.Keys(c.Keys)) {
			for _, id := range slices.Sorted(maps.Keys(c.Keys[scope])) {
				keys := c.Keys[scope][id]
				if first {
					keys = nil
				}
				if err := m.Override(scope, id, keys); err != nil && first == !m.Has(scope, id) {
					wrong("keys."+string(scope)+"."+string(id), err)
				}
			}
		}
	}
}
