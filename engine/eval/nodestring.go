package eval

import (
	"path"

	"nixbench/engine/syntax"
)

// An addNode is x + y.
type addNode struct {
	base
	x, y            node
	xpos, ypos, pos Pos
}

func (n *addNode) Eval(s *State, fr *Value) Value {
	x := n.x.Eval(s, fr)
	if !x.isInt() && !x.is(rawFloat) {
		return n.join(s, fr, x)
	}
	y := n.y.Eval(s, fr)
	if x.is(rawInt) && y.is(rawInt) {
		return MakeInt(x.int() + y.int()) // of 56 bits each
	}
	if x.isInt() {
		return s.addToInt(x, y, n.ypos)
	}
	if !y.isInt() && !y.is(rawFloat) {
		s.Raise(ErrorType, syntax.Hintf("cannot add %s to a float", ShowType(y)), At(n.ypos), Framed())
	}
	return addFloats(x.float(), y.number())
}

// addFloats adds as Nix does, to a sum that begins with 0: it is never -0.
func addFloats(x, y float64) Value {
	if sum := x + y; sum != 0 {
		return MakeFloat(sum)
	}
	return MakeFloat(0)
}

// join adds to a path or to what is made a string, before the right operand
// is evaluated.
func (n *addNode) join(s *State, fr *Value, x Value) Value {
	a, ctx := s.part(x, n.xpos, x.isString())
	b, ctx2 := s.part(n.y.Eval(s, fr), n.ypos, x.isString())
	s.MakeText(len(a) + len(b))
	if x.is(rawPath) {
		return s.joinPath(a+b, ctx.Union(ctx2), n.pos)
	}
	return MakeContextString(a+b, ctx.Union(ctx2))
}

func (s *State) addToInt(x, y Value, pos Pos) Value {
	if y.is(rawFloat) {
		return MakeFloat(x.number() + y.float())
	}
	if !y.isInt() {
		s.Raise(ErrorType, syntax.Hintf("cannot add %s to an integer", ShowType(y)), At(pos), Framed())
	}
	a, b := x.int(), y.int()
	r := a + b
	if (r > a) != (b > 0) && b != 0 {
		s.Raise(ErrorOther, syntax.Hintf("integer overflow in adding %d + %d", a, b), At(pos))
	}
	return MakeInt(r)
}

// An interpNode is a string with interpolated expressions.
type interpNode struct {
	base
	parts []node
	pos   []Pos // of the parts
	at    Pos
}

func (n *interpNode) Eval(s *State, fr *Value) Value {
	var buf [8]string
	text, ctx := n.join(s, fr, buf[:0], true)
	return MakeContextString(text, ctx)
}

// join evaluates the parts and joins them. It uses the room of texts.
func (n *interpNode) join(s *State, fr *Value, texts []string, copyToStore bool) (string, StringContext) {
	var ctx StringContext
	size := 0
	for i, p := range n.parts {
		text, c := s.part(p.Eval(s, fr), n.pos[i], copyToStore)
		if c != nil {
			ctx = ctx.Union(c)
		}
		size += len(text)
		texts = append(texts, text)
	}
	if len(texts) == 1 {
		return texts[0], ctx
	}
	s.MakeText(size)
	joined := make([]byte, 0, size)
	for _, t := range texts {
		joined = append(joined, t...)
	}
	return bytesToString(joined), ctx
}

// part returns the text of a part of a string or path.
func (s *State) part(v Value, pos Pos, copyToStore bool) (string, StringContext) {
	if v.is(rawString) && s.depth < s.ev.maxDepth {
		return v.text(), nil
	}
	return s.CoerceToString(v, "while evaluating a path segment", CoerceOpts{CopyToStore: copyToStore, Pos: pos})
}

// pathCopies is how much more room it takes to work with a path than with another text:
// each look at a file copies it.
const pathCopies = 4

// joinPath makes a path of its joined parts.
func (s *State) joinPath(text string, ctx StringContext, pos Pos) Value {
	if len(ctx) > 0 {
		s.Raise(ErrorOther, "a string that refers to a store path cannot be appended to a path", At(pos), Framed())
	}
	s.roomToWork(pathCopies * len(text))
	return MakePath(path.Clean("/" + text))
}

// A pathNode is a path with interpolated expressions.
type pathNode struct {
	interpNode
}

func (n *pathNode) Eval(s *State, fr *Value) Value {
	var buf [8]string
	text, ctx := n.join(s, fr, buf[:0], false)
	return s.joinPath(text, ctx, n.at)
}
