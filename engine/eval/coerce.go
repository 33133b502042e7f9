package eval

import (
	"errors"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
	"syscall"

	"nixbench/engine/syntax"
	"nixbench/store"
)

// CoerceOpts say what CoerceToString takes.
type CoerceOpts struct {
	// More also takes numbers, Booleans, null and lists, as toString does.
	More bool
	// CopyToStore copies paths to the store and refers to the copies.
	CopyToStore bool
	// Pos is the place for traces.
	Pos Pos
}

// CoerceToString makes a string of v: a string, a path, or a set with
// __toString or outPath. Ctx is for the trace.
// Behaviour: coerceToString in Nix's eval.cc.
func (s *State) CoerceToString(v Value, ctx string, opts CoerceOpts) (string, StringContext) {
	slot := v
	v = v.peek()
	if s.depth < s.ev.maxDepth {
		switch v.raw() {
		case rawString, rawContextString, rawPath:
			return s.coerceText(v, opts)
		}
	}
	s.EnterAt(opts.Pos)
	text, c := s.coerce(slot, s.ForceFor(v, opts.Pos), ctx, opts)
	s.Leave()
	return text, c
}

// coerceText is CoerceToString for a string or path.
func (s *State) coerceText(v Value, opts CoerceOpts) (string, StringContext) {
	switch {
	case !v.is(rawPath):
		return v.str(), v.Context()
	case !opts.CopyToStore:
		return PlainPath(ShowPath(v.text())), nil
	}
	p := s.CopyPathToStore(v.text())
	return string(p), NewStringContext(OpaqueElem(p))
}

// coerce is CoerceToString for what a slot holds, evaluated.
func (s *State) coerce(slot, v Value, ctx string, opts CoerceOpts) (string, StringContext) {
	switch v.raw() {
	case rawString, rawContextString, rawPath:
		return s.coerceText(v, opts)
	case rawAttrs:
		var text string
		var c StringContext
		s.Peel(v, opts.Pos, false, func(v Value, _ bool) {
			if v.is(rawAttrs) {
				s.cannotCoerce(v, ctx, opts)
			}
			text, c = s.CoerceToString(v, ctx, opts)
		})
		return text, c
	}
	if opts.More {
		switch v.raw() {
		case rawBool:
			if v.n>>8 != 0 {
				return "1", nil
			}
			return "", nil
		case rawNull:
			return "", nil
		case rawInt, rawBigInt:
			return strconv.FormatInt(v.int(), 10), nil
		case rawFloat:
			if f := v.float(); math.IsInf(f, 0) || math.IsNaN(f) {
				return FormatFloat(f), nil
			}
			return strconv.FormatFloat(v.float(), 'f', 6, 64), nil
		case rawList:
			return s.coerceList(v.list(), ctx, opts)
		}
	}
	s.cannotCoerce(slot, ctx, opts)
	return "", nil
}

func (s *State) cannotCoerce(slot Value, ctx string, opts CoerceOpts) {
	s.Raise(ErrorCoerce, syntax.Hintf("cannot coerce %s to a string: %s", ShowType(slot.peek()), s.showArgument(slot)),
		While(opts.Pos, syntax.Hint(ctx)))
}

func (s *State) coerceList(elems []Value, ctx string, opts CoerceOpts) (string, StringContext) {
	var b strings.Builder
	var c ContextSum
	ahead := s.CoerceAhead(elems, opts)
	defer ahead.Stop()
	for i, e := range elems {
		ahead.Take(i)
		s.push(textFrame(opts.Pos, syntax.Hint(ctx)))
		text, ec := s.CoerceToString(e, "while evaluating one element of the list", opts)
		s.pop()
		s.AppendText(&b, text)
		c.Add(ec)
		// An empty list leaves no space behind it.
		if e = e.peek(); i < len(elems)-1 && !(e.is(rawList) && e.n>>8 == 0) {
			b.WriteByte(' ')
		}
	}
	return b.String(), c.Context()
}

// CoerceToPath makes an absolute path of v. Ctx is for the trace.
// Behaviour: coerceToPath in Nix's eval.cc.
func (s *State) CoerceToPath(v Value, ctx string) (text string, c StringContext) {
	return s.CoerceToPathAt(v, 0, ctx)
}

// CoerceToPathAt is CoerceToPath for what is at pos.
func (s *State) CoerceToPathAt(v Value, pos Pos, ctx string) (text string, c StringContext) {
	s.Peel(v, pos, false, func(peeled Value, _ bool) {
		if peeled.is(rawPath) {
			text = peeled.text()
			return
		}
		if peeled == v.peek() {
			peeled = v
		}
		text, c = s.CoerceToString(peeled, ctx, CoerceOpts{Pos: pos})
		if !strings.HasPrefix(text, "/") {
			s.Raise(ErrorOther, syntax.Hintf("string '%s' doesn't represent an absolute path", text), While(pos, syntax.Hint(ctx)))
		}
		text = path.Clean(text)
	})
	return text, c
}

// RealisePath is CoerceToPath for a path whose file is going to be read: what
// the string refers to is realised first.
func (s *State) RealisePath(v Value, ctx string) string {
	p, c := s.CoerceToPath(v, ctx)
	if len(c) > 0 {
		s.While(0, whileRealising(p), func() { p = s.Realise(c, p) })
	}
	return p
}

// whileRealising says what fails where a path's context cannot be realised, or the
// path leads to itself.
func whileRealising(file string) syntax.Hint {
	return syntax.Hint("while realising the context of path '" + syntax.Magenta.Paint(file) + "'")
}

// Realise makes the store objects that a context refers to valid, building
// them if need be. It returns text with the paths of outputs in the places of what
// stood for them.
func (s *State) Realise(c StringContext, text string) string {
	text, err := s.realise(c, text)
	if err != nil {
		s.FailWith(err)
	}
	return text
}

func (s *State) realise(c StringContext, text string) (string, error) {
	built, err := s.world.Realise(s.ctx, c)
	if err != nil {
		s.poll()
	}
	for placeholder, p := range built {
		text = strings.ReplaceAll(text, placeholder, string(p))
	}
	return text, err
}

// TryRealise is Realise that fails with another message, of invalid, where the
// store has not got a path, which the World says by an error with a method
// InvalidPath.
func (s *State) TryRealise(c StringContext, text string, invalid func(store.Path) string) string {
	text, err := s.realise(c, text)
	var not interface{ InvalidPath() store.Path }
	switch {
	case errors.As(err, &not):
		s.Fail(ErrorOther, "%s", invalid(not.InvalidPath()))
	case err != nil:
		s.FailWith(err)
	}
	return text
}

// CoerceToStorePath makes a store path of v, which is at pos.
func (s *State) CoerceToStorePath(v Value, pos Pos, ctx string) (store.Path, StringContext) {
	text, c := s.CoerceToString(v, ctx, CoerceOpts{Pos: pos})
	p, err := s.world.StoreDir().ParsePath(text)
	if err != nil {
		s.Raise(ErrorOther, syntax.Hintf("path '%s' is not in the Nix store", text), While(pos, syntax.Hint(ctx)))
	}
	return p, c
}

// SourceName returns the name that a file has in the store.
func SourceName(file string) string {
	if file == "/" {
		return "source"
	}
	return path.Base(file)
}

// CopyPathToStore adds a file or tree to the store, once in the life of the
// Evaluator, and returns its store path. The caller adds it to a context.
func (s *State) CopyPathToStore(file string) store.Path {
	if strings.HasSuffix(file, ".drv") {
		s.Fail(ErrorOther, "file names are not allowed to end in '.drv'")
	}
	if p, ok := s.ev.copied.Load(file); ok {
		return p.(store.Path)
	}
	p := s.CopyPathAs(file, SourceName(file))
	s.ev.copied.Store(file, p)
	return p
}

// CopyPathAs copies a file or directory to the store under a name.
func (s *State) CopyPathAs(file, name string) store.Path {
	p, err := s.world.AddPath(s.ctx, AddPath{Name: name, Path: file, Method: "r:"})
	if err != nil {
		s.poll()
		file = s.ResolveParents(file)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			s.Raise(ErrorOther, syntax.Hintf("path '%s' does not exist", ShowPath(file)), Because(err), Foreign())
		}
		s.FailFile(file, err)
	}
	return p
}
