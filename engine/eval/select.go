package eval

import (
	"context"
	"strconv"
	"strings"

	"nixbench/engine/syntax"
)

// SelectPath selects what an attribute path such as a.b.0 leads to from v. On
// the way, functions are called with arguments from args, as --arg gives them.
// Names may be in quotation marks. The result is neither forced nor called. pos is
// where the attribute that holds it is defined, if one does.
// Behaviour: findAlongAttrPath in Nix's attr-path.cc.
func (s *State) SelectPath(v Value, attrPath string, args Attrs) (_ Value, pos Pos) {
	for _, name := range s.ParseAttrPath(attrPath) {
		v = s.AutoCall(v, args)
		if i, err := strconv.ParseUint(name, 10, 32); err == nil {
			if !v.is(rawList) {
				s.Fail(ErrorType, "the expression selected by the selection path '%s' should be a list but is %s",
					attrPath, ShowType(v))
			}
			if i >= uint64(v.Len()) {
				s.Fail(ErrorMissingAttr, "list index %d in selection path '%s' is out of range", i, attrPath)
			}
			v, pos = v.list()[i], 0
			continue
		}
		if !v.is(rawAttrs) {
			s.Fail(ErrorType, "the expression selected by the selection path '%s' should be a set but is %s",
				attrPath, ShowType(v))
		}
		if name == "" {
			s.Fail(ErrorOther, "empty attribute name in selection path '%s'", attrPath)
		}
		a := v.Attrs()
		next, ok := a.GetName(name)
		if !ok {
			s.Raise(ErrorMissingAttr, syntax.Hintf("attribute '%s' in selection path '%s' not found", name, attrPath),
				Suggest(suggestions(a.Names(), name)))
		}
		v, pos = next, a.Pos(Intern(name))
	}
	return v, pos
}

// ParseAttrPath splits an attribute path at its dots. A missing closing
// quotation mark is an error.
func (s *State) ParseAttrPath(text string) []string {
	var path []string
	var cur strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '.':
			path = append(path, cur.String())
			cur.Reset()
		case '"':
			for i++; ; i++ {
				if i >= len(text) {
					s.Fail(ErrorOther, "missing closing quote in selection path '%s'", text)
				}
				if text[i] == '"' {
					break
				}
				cur.WriteByte(text[i])
			}
		default:
			cur.WriteByte(text[i])
		}
	}
	if cur.Len() > 0 {
		path = append(path, cur.String())
	}
	return path
}

const missingAutoArg = `cannot evaluate a function that has an argument without a value ('%s')
Nix attempted to evaluate a function as a top level expression; in
this case it must have its arguments supplied either by default
values, or passed explicitly with '--arg' or '--argstr'. See
https://nix.dev/manual/nix/stable/language/syntax.html#functions.`

// AutoCall calls v, as long as it is a function with formals, with those of args
// that it names, and returns the result, forced.
// Behaviour: autoCallFunction in Nix's eval.cc.
func (s *State) AutoCall(v Value, args Attrs) Value {
	pos := s.PlaceOf(v, 0)
	v = s.ForceFor(v, pos)
	if v.is(rawAttrs) {
		if f := get(v, symFunctor); f != nil {
			return s.AutoCall(s.callAt(*f, v, pos), args)
		}
		return v
	}
	formals, ok := s.FunctionArgs(v)
	if !ok {
		return v
	}
	b := s.NewAttrs(len(formals))
	if s.lambdaOf(v).formals.ellipsis {
		for a := range args.BySymbol() {
			b.Add(a)
		}
	} else {
		for _, f := range formals {
			if a, ok := args.Get(f.Name); ok {
				b.Add(Attr{f.Name, a, args.Pos(f.Name)})
			} else if !f.HasDefault {
				s.Raise(ErrorType, syntax.Hintf(missingAutoArg, SymName(f.Name)), At(f.Pos), Framed())
			}
		}
	}
	return s.callAt(v, b.Value(), pos)
}

// NoAttrs is the empty set.
func NoAttrs() Attrs { return Attrs{EmptyAttrs} }

// Select selects along an attribute path, as nix-instantiate -A does. If call is set,
// it calls what that leads to.
func (ev *Evaluator) Select(ctx context.Context, v Value, attrPath string, args Attrs, call bool) (Value, error) {
	return ev.value(ctx, func(s *State) Value {
		v, _ := s.SelectPath(v, attrPath, args)
		v = s.ForceFor(v, s.PlaceOf(v, 0))
		if call {
			v = s.AutoCall(v, args)
		}
		return v
	})
}
