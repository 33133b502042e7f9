package exprtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A Generator makes expressions. It is not safe for concurrent use.
type Generator struct {
	// Lies is how many of 1,000 subexpressions have a type other than the one
	// that is wanted.
	Lies int
	// Traces lets expressions write messages while they are evaluated.
	Traces bool

	r     *rand.Rand
	scope []variable
	fuel  int // subexpressions that may still be made before only leaves are
	fresh int
}

// A variable is a name in scope.
type variable struct {
	name string
	typ  typ
}

// NewGenerator returns a generator whose expressions depend on the seed alone.
func NewGenerator(seed uint64) *Generator {
	return &Generator{r: rand.New(rand.NewPCG(seed, 0x6e6978)), Lies: 4}
}

// Expr returns an expression of about size subexpressions.
func (g *Generator) Expr(size int) string {
	g.scope, g.fuel, g.fresh = g.scope[:0], size, 0
	return g.gen(g.typ(2)).text
}

// A piece is the text of an expression and how tightly it binds.
type piece struct {
	text string
	prec int
}

// How tightly expressions bind, loosest first, as in the grammar.
const (
	precExpr = iota // let, with, if, assert, functions
	precPipe
	precImplies
	precOr
	precAnd
	precEqual
	precLess
	precUpdate
	precNot
	precAdd
	precMul
	precConcat
	precHas
	precNeg
	precCall
	precSelect
	precAtom
)

func atom(text string) piece { return piece{text, precAtom} }

func atomf(format string, args ...any) piece { return atom(fmt.Sprintf(format, args...)) }

// chance reports true in n of 100 cases.
func (g *Generator) chance(n int) bool { return g.r.IntN(100) < n }

// pick returns one of the words.
func (g *Generator) pick(words ...string) string { return words[g.r.IntN(len(words))] }

// at returns an expression of type t that stands where prec is needed.
func (g *Generator) at(prec int, t typ) string {
	p := g.gen(t)
	if p.prec < prec || g.chance(3) {
		return "(" + p.text + ")"
	}
	return p.text
}

// arg returns an expression of type t in the place of an argument.
func (g *Generator) arg(t typ) string { return g.at(precSelect, t) }

// call returns an application to arguments of the given types.
func (g *Generator) call(f string, args ...typ) piece {
	var b strings.Builder
	b.WriteString(f)
	for _, t := range args {
		b.WriteString(" " + g.arg(t))
	}
	return piece{b.String(), precCall}
}

// builtin is call for a builtin by its name.
func (g *Generator) builtin(name string, args ...typ) piece {
	return g.call(g.builtinName(name), args...)
}

// builtinName spells a builtin.
func (g *Generator) builtinName(name string) string {
	if globalBuiltins[name] && g.chance(50) {
		return name
	}
	if g.chance(5) && !globalBuiltins[name] && name != "builtins" {
		return "__" + name
	}
	return "builtins." + name
}

// binary returns an operation whose operands bind at least as tightly as given.
func (g *Generator) binary(op string, prec, left, right int, a, b typ) piece {
	space := g.pick(" ", " ", " ", "\n")
	return piece{g.at(left, a) + space + op + " " + g.at(right, b), prec}
}

// typ returns a random type of limited depth.
func (g *Generator) typ(depth int) typ {
	k := kind(g.r.IntN(int(kinds)))
	if depth <= 0 && k >= kList {
		k = kind(g.r.IntN(int(kList)))
	}
	switch k {
	case kList:
		return listOf(g.typ(depth - 1))
	case kFunc:
		return funcType(g.typ(depth-1), g.typ(depth-1))
	case kSet:
		t := typ{kind: kSet}
		for range g.r.IntN(4) {
			if name := g.attrName(); t.field(name) == nil {
				t.fields = append(t.fields, field{name, g.typ(depth - 1)})
			}
		}
		return t
	}
	return typ{kind: k}
}

// attrName returns a name that is an identifier.
func (g *Generator) attrName() string {
	return g.pick("a", "b", "c", "d", "x", "y", "name", "value", "a'", "foo-bar", "_", "z1")
}

// name returns a new name for a variable, or one that shadows.
func (g *Generator) name() string {
	if g.chance(10) && len(g.scope) > 0 {
		return g.scope[g.r.IntN(len(g.scope))].name
	}
	g.fresh++
	return fmt.Sprintf("%s%d", g.pick("v", "f", "x", "y'", "k-"), g.fresh)
}

// in makes an expression with more variables in scope.
func (g *Generator) in(vars []variable, make func() piece) piece {
	n := len(g.scope)
	g.scope = append(g.scope, vars...)
	p := make()
	g.scope = g.scope[:n]
	return p
}

// variables returns the names in scope, not shadowed, of values that fit t.
func (g *Generator) variables(t typ) []string {
	var names []string
	for i, v := range g.scope {
		if !v.typ.fits(t) {
			continue
		}
		shadowed := false
		for _, later := range g.scope[i+1:] {
			shadowed = shadowed || later.name == v.name
		}
		if !shadowed {
			names = append(names, v.name)
		}
	}
	return names
}

// gen makes an expression of type t.
func (g *Generator) gen(t typ) piece {
	g.fuel--
	if g.r.IntN(1000) < g.Lies {
		t = g.typ(1)
	}
	if names := g.variables(t); len(names) > 0 && g.chance(35) {
		return atom(names[g.r.IntN(len(names))])
	}
	switch {
	case g.fuel <= 0:
		return g.leaf(t)
	case g.chance(30):
		return g.anyForm(t)
	}
	switch t.kind {
	case kInt:
		return g.intForm()
	case kFloat:
		return g.floatForm()
	case kBool:
		return g.boolForm()
	case kString:
		return g.stringForm()
	case kPath:
		return g.pathForm()
	case kList:
		return g.listForm(*t.elem)
	case kSet:
		return g.setForm(t)
	case kFunc:
		return g.funcForm(*t.arg, *t.res)
	}
	return g.leaf(t)
}

// leaf makes an expression without subexpressions, or nearly so.
func (g *Generator) leaf(t typ) piece {
	switch t.kind {
	case kInt:
		return g.intLiteral()
	case kFloat:
		return g.floatLiteral()
	case kBool:
		return atom(g.pick("true", "false"))
	case kString:
		return atom(g.stringLiteral())
	case kPath:
		return atom(g.pick("./.", "./a", "./a/b.nix", "/.", "/nix/var", "./a-b/c.txt", "../x", "/etc/hosts/a"))
	case kList:
		if g.chance(50) {
			return atom("[ ]")
		}
		return atom("[ " + g.parenLeaf(*t.elem) + " ]")
	case kSet:
		var b strings.Builder
		for _, f := range t.fields {
			b.WriteString(f.name + " = " + g.leaf(f.typ).text + "; ")
		}
		return atom("{ " + b.String() + "}")
	case kFunc:
		return piece{"_: " + g.leaf(*t.res).text, precExpr}
	}
	return atom("null")
}

func (g *Generator) parenLeaf(t typ) string {
	p := g.leaf(t)
	if p.prec < precSelect {
		return "(" + p.text + ")"
	}
	return p.text
}
