package engine

import (
	"slices"
	"strconv"
	"unsafe"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// This file walks a value for the derivations that it is or holds. It is the
// one place that says which are found and in which order.

// A Package is a derivation that was found in a value. Its methods evaluate what
// the derivation says about itself, in the State that they are given, and raise
// errors of the language there.
type Package struct {
	AttrPath string // where it was found, "" for the value itself
	Name     string // with the version
	attrs    eval.Attrs
}

// WalkOptions say how a value is walked. The zero value looks for the
// derivations that nix-build would build.
type WalkOptions struct {
	// Prefix is the attribute path of the value itself.
	Prefix string
	// Args are what functions are called with: --arg. Nil is none.
	Args *eval.Attrs
	// PassFailures passes over what throws or fails an assertion while it is
	// looked at.
	PassFailures bool
}

// Packages returns the derivations that v is or holds, each set once, in the
// order of attribute paths: in lists, and in sets that are the value itself or
// say recurseForDerivations. Names are known of all that it returns; nothing is
// instantiated. For values that can hold none it raises [ErrNotDerivation].
// Behaviour: getDerivations in Nix's get-drvs.cc.
func Packages(s *eval.State, v eval.Value, opts WalkOptions) []*Package {
	w := walker{s: s, opts: opts, args: eval.NoAttrs(), seen: make(map[unsafe.Pointer]bool)}
	if opts.Args != nil {
		w.args = *opts.Args
	}
	w.all(v, opts.Prefix, nil)
	return w.found
}

type walker struct {
	s     *eval.State
	opts  WalkOptions
	args  eval.Attrs
	seen  map[unsafe.Pointer]bool // the sets that were found
	found []*Package
}

// all adds the derivations that v is or holds. Below is what is known of its attributes,
// or nil.
func (w *walker) all(v eval.Value, attrPath string, below []looked) {
	w.s.Enter()
	v = w.s.AutoCall(v, w.args)
	switch {
	case !w.derivation(v, attrPath):
	case v.Kind() == eval.KindAttrs:
		w.set(v, attrPath, below)
	case v.Kind() == eval.KindList:
		for i, elem := range v.List() {
			if path := joinAttr(attrPath, strconv.Itoa(i)); w.derivation(elem, path) {
				w.all(elem, path, nil)
			}
		}
	default:
		w.s.FailWith(ErrNotDerivation)
	}
	w.s.Leave()
}

// set adds the derivations of a set that is none itself. Attributes whose names
// no attribute path could have are passed over, as Nix does. Below is what is known of
// the attributes; nil if they are to be looked at ahead.
func (w *walker) set(set eval.Value, attrPath string, below []looked) {
	combined := set.Attrs().Has(eval.Intern("_combineChannels"))
	attrs := pathAttrs(set)
	known := func(i int) looked { return below[i] }
	if below == nil {
		ahead := lookAhead(w.s, attrs)
		defer ahead.Stop()
		known = func(i int) looked { l, _ := ahead.Take(i); return l }
	}
	for i, attr := range attrs {
		l := known(i)
		if l.failed && w.opts.PassFailures && !combined {
			continue
		}
		name := eval.SymName(attr.Name)
		path := joinAttr(attrPath, name)
		w.s.While(attr.Pos, whileAttr(name), func() {
			if combined {
				w.all(attr.Value, path, nil)
			} else if w.derivation(attr.Value, path) && w.recurses(attr.Value) {
				w.all(attr.Value, path, l.below)
			}
		})
	}
}

// pathAttrs returns the attributes of a set whose names can stand in an attribute path.
func pathAttrs(set eval.Value) []eval.Attr {
	return slices.DeleteFunc(slices.Collect(set.Attrs().All()), func(a eval.Attr) bool {
		return !isPathComponent(eval.SymName(a.Name))
	})
}

func whileAttr(name string) syntax.Hint {
	return syntax.Hint("while evaluating the attribute '" + syntax.Magenta.Paint(name) + "'")
}

// isPathComponent reports whether a name can stand in an attribute path as it is.
func isPathComponent(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '-' || c == '+')) {
			return false
		}
	}
	return name != ""
}

func joinAttr(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// derivation adds v if it is a derivation that was not added yet. It reports
// whether there may be derivations in v instead.
func (w *walker) derivation(v eval.Value, attrPath string) (other bool) {
	look := func() {
		v = w.s.ForceFor(v, w.s.PlaceOf(v, 0))
		if other = !w.s.IsDerivation(v); other || w.seen[v.Identity()] {
			return
		}
		w.seen[v.Identity()] = true
		name, ok := v.Attrs().GetName("name")
		if !ok {
			w.s.Fail(eval.ErrorType, "derivation name missing")
		}
		p := &Package{AttrPath: attrPath, attrs: v.Attrs()}
		p.Name = w.s.ForceStringNoCtx(name, "while evaluating the 'name' attribute of a derivation")
		w.found = append(w.found, p)
	}
	if !w.opts.PassFailures {
		look()
		return other
	}
	if err := w.s.Try(look, catchable); err != nil {
		return false
	}
	return other
}

func catchable(err *eval.Error) bool { return err.Kind.Catchable() }

// recurses reports whether a value, which has been evaluated, is a set that
// wants the derivations in it to be found.
func (w *walker) recurses(v eval.Value) bool { return recurses(w.s, w.s.Force(v)) }

func recurses(s *eval.State, v eval.Value) bool {
	if v.Kind() != eval.KindAttrs {
		return false
	}
	r, pos, ok := v.Attrs().GetNameAt("recurseForDerivations")
	return ok && s.ForceBoolAt(r, pos, "while evaluating the attribute `recurseForDerivations`")
}
