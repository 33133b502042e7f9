// Package mistakes collects what is wrong in a TOML file that a user wrote, so that all of
// it can be said at once, each mistake with the file, the line and the key.
package mistakes

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// A List is what is wrong in a file. Its zero value but for File and Data is ready to use.
type List struct {
	File string // its name, for messages
	Data []byte // its text
	all  []mistake
}

// A mistake is what is wrong on a line of the file, counted from 1.
type mistake struct {
	line int
	err  error
}

// Decode reads the text of the file. The error is that of a text that is no TOML.
func (l *List) Decode() (map[string]any, error) {
	var all map[string]any
	_, err := toml.Decode(string(l.Data), &all)
	var bad toml.ParseError
	switch {
	case err == nil:
		return all, nil
	case !errors.As(err, &bad):
		return nil, fmt.Errorf("%s: %w", l.File, err)
	case bad.LastKey != "":
		return nil, fmt.Errorf("%s:%d: %s: %s", l.File, bad.Position.Line, bad.LastKey, bad.Message)
	}
	return nil, fmt.Errorf("%s:%d: %s", l.File, bad.Position.Line, bad.Message)
}

// Add notes what is wrong with a key, such as columns.closure.
func (l *List) Add(key string, err error) {
	line := lineOf(l.Data, key)
	l.all = append(l.all, mistake{line, fmt.Errorf("%s:%d: %s: %w", l.File, line, key, err)})
}

// Err returns the mistakes in the order of the file, a line each; nil for none.
func (l *List) Err() error {
	slices.SortStableFunc(l.all, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	errs := make([]error, len(l.all))
	for i, m := range l.all {
		errs[i] = m.err
	}
	return errors.Join(errs...)
}

// Typed returns the value of a key if it has the type that is wanted, which it notes
// otherwise.
func Typed[T any](l *List, key string, v any, want string) T {
	t, ok := v.(T)
	if !ok {
		l.Add(key, fmt.Errorf("got %s, want %s", Shown(v), want))
	}
	return t
}

// Shown is a value for a message.
func Shown(v any) string {
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
