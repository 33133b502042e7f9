package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/table"
)

// Parse reads the text of a config.toml; name is for messages, and themes are
// looked for beside it. The error has a line for each mistake, in the order of the
// file; of a text that is no TOML, one.
func Parse(name string, data []byte) (*Config, error) {
	var all map[string]any
	if _, err := toml.Decode(string(data), &all); err != nil {
		return nil, syntaxError(name, err)
	}
	p := &parser{name: name, data: data, c: &Config{file: name}}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		p.setting(key, all[key])
	}
	p.c.bind(keymap.Default(), p.wrong)
	if len(p.mistakes) == 0 {
		return p.c, nil
	}
	slices.SortStableFunc(p.mistakes, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	errs := make([]error, len(p.mistakes))
	for i, m := range p.mistakes {
		errs[i] = m.err
	}
	return nil, errors.Join(errs...)
}

// parser is the state of [Parse].
type parser struct {
	name     string
	data     []byte
	c        *Config
	mistakes []mistake
}

// A mistake is what is wrong on a line of the file, counted from 1.
type mistake struct {
	line int
	err  error
}

// wrong notes what is wrong with a key.
func (p *parser) wrong(key string, err error) {
	line := lineOf(p.data, key)
	p.mistakes = append(p.mistakes, mistake{line, fmt.Errorf("%s:%d: %s: %w", p.name, line, key, err)})
}

// setting takes a setting or a table of the file.
func (p *parser) setting(key string, v any) {
	c := p.c
	switch key {
	case "theme":
		c.Theme = typed[string](p, key, v, "text")
	case "glyphs":
		c.Glyphs = typed[string](p, key, v, "text")
		p.oneOf(key, c.Glyphs, "auto", "ascii", "unicode")
	case "mouse":
		b, isBool := v.(bool)
		c.NoMouse = isBool && !b
		typed[bool](p, key, v, "true or false")
	case "editing":
		editing := typed[string](p, key, v, "text")
		p.oneOf(key, editing, "emacs", "vi")
		c.Vi = editing == "vi"
	case "columns":
		tables := typed[map[string]any](p, key, v, "a table")
		for _, name := range slices.Sorted(maps.Keys(tables)) {
			p.columns(name, tables[name])
		}
	case "keys":
		scopes := typed[map[string]any](p, key, v, "a table")
		for _, scope := range slices.Sorted(maps.Keys(scopes)) {
			p.keys(keymap.Scope(scope), typed[map[string]any](p, "keys."+scope, scopes[scope], "a table"))
		}
	default:
		p.wrong(key, errors.New("there is no such setting, only theme, glyphs, mouse, editing, columns and keys"))
	}
}

// typed returns a value if it has the type that is wanted, which it notes otherwise.
func typed[T any](p *parser, key string, v any, want string) T {
	t, ok := v.(T)
	if !ok {
		p.wrong(key, fmt.Errorf("got %s, want %s", shown(v), want))
	}
	return t
}

// shown is a value for a message.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case []any, []map[string]any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return fmt.Sprint(v)
}

// oneOf notes a value that is neither "" nor one of those that there are.
func (p *parser) oneOf(key, got string, want ...string) {
	if got != "" && !slices.Contains(want, got) {
		last := len(want) - 1
		p.wrong(key, fmt.Errorf("got %q, want %s or %s", got, strings.Join(want[:last], ", "), want[last]))
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
		p.wrong(key, fmt.Errorf("got %s, want a list of texts", shown(v)))
		return
	}
	if err := table.Check(table.Name(name), titles); err != nil {
		p.wrong(key, err)
		return
	}
	if p.c.Columns == nil {
		p.c.Columns = map[table.Name][]string{}
	}
	p.c.Columns[table.Name(name)] = titles
}

// keys takes the bindings of a scope.
func (p *parser) keys(scope keymap.Scope, bindings map[string]any) {
	for _, id := range slices.Sorted(maps.Keys(bindings)) {
		keys, err := keyList(bindings[id])
		if err != nil {
			p.wrong("keys."+string(scope)+"."+id, err)
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

// syntaxError is what the parser says of a text that is no TOML, with the place.
func syntaxError(name string, err error) error {
	var bad toml.ParseError
	if !errors.As(err, &bad) {
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
			if key == table || strings.HasPrefix(key, table+".") {
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
