package diff

import (
	"encoding/json"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/drv"
)

// renaming writes what a derivation says of its own outputs and of its inputs
// as its counterpart would.
type renaming struct{ old, new []string }

func (r *renaming) add(before, after string) {
	if before != after {
		r.old, r.new = append(r.old, before), append(r.new, after)
	}
}

// outputs takes the outputs of two derivations for the same, by name.
func (r *renaming) outputs(before, after store.Path, a, b *drv.Derivation) {
	for _, name := range a.OutputNames() {
		other, both := b.Outputs[name]
		if !both {
			continue
		}
		old, new := a.Outputs[name].Path, other.Path
		switch {
		case old != "" && new != "":
			r.add(string(old), string(new))
			r.add(old.Digest(), new.Digest())
		case old == "" && new == "":
			r.add(drv.UpstreamPlaceholder(before, name), drv.UpstreamPlaceholder(after, name))
		}
	}
	r.add(string(before), string(after))
	r.add(before.Digest(), after.Digest())
}

// sources takes sources for the same if only one on each side has the name.
func (r *renaming) sources(gone, added []store.Path) {
	byName := make(map[string][2][]store.Path)
	for side, list := range [][]store.Path{gone, added} {
		for _, p := range list {
			both := byName[p.Name()]
			both[side] = append(both[side], p)
			byName[p.Name()] = both
		}
	}
	for _, both := range byName {
		if len(both[0]) == 1 && len(both[1]) == 1 {
			r.add(both[0][0].Digest(), both[1][0].Digest())
		}
	}
}

// replacer writes text of before as after would. Of what begins at the same
// place, what was added first counts: whole paths before digests.
func (r *renaming) replacer() *strings.Replacer {
	pairs := make([]string, 0, 2*len(r.old))
	for i := range r.old {
		pairs = append(pairs, r.old[i], r.new[i])
	}
	return strings.NewReplacer(pairs...)
}

// compareFields returns what differs in two derivations, but for what they are
// built of.
func compareFields(a, b *drv.Derivation, rename *renaming) []Field {
	apply := rename.replacer().Replace
	var fields []Field
	compare := func(name, before, after string) {
		if before = apply(before); before != after {
			fields = append(fields, Field{Name: name, Before: before, After: after, HasBefore: true, HasAfter: true})
		}
	}
	compare("system", a.System, b.System)
	compare("builder", a.Builder, b.Builder)
	compare("args", words(a.Args), words(b.Args))
	sets := []struct {
		prefix        string
		before, after map[string]string
	}{
		{"env.", a.Env, b.Env}, {"outputs.", outputTexts(a), outputTexts(b)}, {"attrs.", attrTexts(a), attrTexts(b)},
	}
	for _, m := range sets {
		for name, before := range m.before {
			if after, both := m.after[name]; both {
				compare(m.prefix+name, before, after)
			} else {
				fields = append(fields, Field{Name: m.prefix + name, Before: before, HasBefore: true})
			}
		}
		for name, after := range m.after {
			if _, both := m.before[name]; !both {
				fields = append(fields, Field{Name: m.prefix + name, After: after, HasAfter: true})
			}
		}
	}
	return fields
}

// outputTexts says of each output how its path is found.
func outputTexts(d *drv.Derivation) map[string]string {
	texts := make(map[string]string)
	for name, o := range d.Outputs {
		texts[name] = o.Kind().String()
		if o.Algo != 0 {
			texts[name] += " " + string(o.Method) + o.Algo.String()
		}
		if !o.Hash.IsZero() {
			texts[name] += " " + o.Hash.SRI()
		}
	}
	return texts
}

// attrTexts returns the structured attributes as JSON texts, by name; all in
// one, named "", if they are no object.
func attrTexts(d *drv.Derivation) map[string]string {
	texts := make(map[string]string)
	var attrs map[string]json.RawMessage
	switch {
	case d.StructuredAttrs == "":
	case json.Unmarshal([]byte(d.StructuredAttrs), &attrs) != nil:
		texts[""] = d.StructuredAttrs
	}
	for name, raw := range attrs {
		texts[name] = string(raw)
	}
	return texts
}

// words joins strings so that they can be told apart.
func words(list []string) string {
	var quoted strings.Builder
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false) // > is what people write
	if err := enc.Encode(list); err != nil {
		return strings.Join(list, " ")
	}
	return strings.TrimSuffix(quoted.String(), "\n")
}

// apart returns the paths that only one of two sorted lists has, sorted.
func apart(before, after []store.Path) (gone, added []store.Path) {
	only := func(has, not []store.Path) (list []store.Path) {
		for _, p := range has {
			if _, both := slices.BinarySearch(not, p); !both {
				list = append(list, p)
			}
		}
		return list
	}
	return only(before, after), only(after, before)
}
