// Package keymap says which keys do what, and nothing else does. It binds keys
// to the IDs of tui/action in named scopes; the footer, the help overlay, the
// palette and the documentation read the keys from here.
//
// A key is spelled as Bubble Tea spells it ("j", "G", "ctrl+c", "alt+enter",
// "space", "f1"); two strokes after one another are separated by a blank:
// "ctrl+x ctrl+e".
package keymap

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"nixbench/tui/action"
)

// A Scope is a part of the interface with its own bindings. Scopes are
// searched from the innermost to the outermost, and the first that binds a key
// takes it.
type Scope string

// A Binding is what keys do in a scope.
type Binding struct {
	ID   action.ID
	Keys []string // the first is the one shown
	// Help says what an intent does; an action has its own title.
	Help string
}

// A Map holds the bindings of all scopes. It is not changed once the interface
// runs.
type Map struct {
	scopes map[Scope][]Binding
}

// Bindings returns the bindings of a scope in the order of the help. The
// slice must not be modified.
func (m *Map) Bindings(s Scope) []Binding { return m.scopes[s] }

// Scopes returns the names of all scopes, sorted.
func (m *Map) Scopes() []Scope { return slices.Sorted(maps.Keys(m.scopes)) }

// Lookup finds what keys, one stroke or several separated by blanks, mean in
// the first of scopes that binds them. more tells that no scope binds them,
// but that they begin a binding of several strokes.
func (m *Map) Lookup(scopes []Scope, keys string) (id action.ID, more bool) {
	for _, s := range scopes {
		for _, b := range m.scopes[s] {
			for _, k := range b.Keys {
				if k == keys {
					return b.ID, false
				}
				more = more || strings.HasPrefix(k, keys+" ")
			}
		}
		if more {
			return "", true
		}
	}
	return "", false
}

// Keys returns the keys that lead to id when scopes are active, the one to
// show first, without those that an inner scope takes for something else.
func (m *Map) Keys(scopes []Scope, id action.ID) []string {
	var out []string
	for _, s := range scopes {
		for _, b := range m.scopes[s] {
			if b.ID != id {
				continue
			}
			for _, k := range b.Keys {
				if got, _ := m.Lookup(scopes, k); got == id {
					out = append(out, k)
				}
			}
		}
	}
	return out
}

// Override gives id the keys in scope s in place of those it had; no keys
// unbinds it. It fails if the scope does not bind id or a key is bound twice.
func (m *Map) Override(s Scope, id action.ID, keys []string) error {
	bindings, ok := m.scopes[s]
	if !ok {
		var names []string
		for _, scope := range m.Scopes() {
			names = append(names, string(scope))
		}
		return fmt.Errorf("bind %s: no scope %q; there are %s", id, s, strings.Join(names, ", "))
	}
	i := slices.IndexFunc(bindings, func(b Binding) bool { return b.ID == id })
	if i < 0 {
		return fmt.Errorf("bind %s: scope %q has no such action", id, s)
	}
	for _, k := range keys {
		for _, b := range bindings {
			if b.ID != id && slices.Contains(b.Keys, k) {
				return fmt.Errorf("bind %s: key %q already does %s in scope %q", id, k, b.ID, s)
			}
		}
	}
	bindings[i].Keys = slices.Clone(keys)
	return nil
}

// Has tells whether there is such an action in a scope.
func (m *Map) Has(s Scope, id action.ID) bool {
	return slices.ContainsFunc(m.scopes[s], func(b Binding) bool { return b.ID == id })
}

// Show spells keys for people: "^C", "alt+enter", "^X ^E".
func Show(keys string) string {
	strokes := strings.Split(keys, " ")
	for i, k := range strokes {
		if c, ok := strings.CutPrefix(k, "ctrl+"); ok && len(c) == 1 {
			strokes[i] = "^" + strings.ToUpper(c)
		} else if ok {
			strokes[i] = "^" + c
		}
		switch k {
		case "pgdown":
			strokes[i] = "PgDn"
		case "pgup":
			strokes[i] = "PgUp"
		case "home", "end":
			strokes[i] = strings.ToUpper(k[:1]) + k[1:]
		}
		if len(k) > 1 && k[0] == 'f' && strings.Trim(k[1:], "0123456789") == "" {
			strokes[i] = strings.ToUpper(k)
		}
	}
	return strings.Join(strokes, " ")
}

// A Resolver turns strokes into IDs and remembers the first stroke of a
// binding of two. The zero value needs Map to be set.
type Resolver struct {
	Map     *Map
	pending string
}

// Pending is the first stroke of a binding of two, "" if none is waiting.
func (r *Resolver) Pending() string { return r.pending }

// Press returns what key means in scopes. It returns "" if it means nothing,
// and also while more strokes are needed; pending tells these apart.
func (r *Resolver) Press(scopes []Scope, key string) (id action.ID, pending bool) {
	if r.pending != "" {
		key = r.pending + " " + key
		r.pending = ""
	}
	id, more := r.Map.Lookup(scopes, key)
	if more {
		r.pending = key
	}
	return id, more
}
