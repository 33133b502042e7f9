package syntax

import (
	"strings"
	"sync"
)

// This file holds the grammar of Nix as an LALR(1) generator reads it.
// It serves error messages only: expressions are parsed by recursive descent,
// and a text that turns out to be wrong is read once more by an automaton
// made from this grammar (lalr.go), because what Nix says it expected depends on
// the states of such an automaton, down to which reductions are its default.
//
// Format: Nix manual, "Nix Language"; the division into rules is observable in
// messages and therefore Nix's.

// precedences lists the operators, loosest first.
var precedences = []struct {
	assoc assoc
	kinds []Kind
}{
	{assocRight, []Kind{Arrow}},
	{assocLeft, []Kind{OrOr}},
	{assocLeft, []Kind{AndAnd}},
	{assocNone, []Kind{EqualEqual, BangEqual}},
	{assocNone, []Kind{Less, Greater, LessEqual, GreaterEqual}},
	{assocRight, []Kind{SlashSlash}},
	{assocLeft, []Kind{precNot}},
	{assocLeft, []Kind{Plus, Minus}},
	{assocLeft, []Kind{Star, Slash}},
	{assocRight, []Kind{PlusPlus}},
	{assocNone, []Kind{Question}},
	{assocNone, []Kind{precNegate}},
}

// grammarText has a line for each nonterminal, with its right-hand sides
// between bars. Terminals are written as they are in Nix programs, or in
// capitals; %NOT and %NEGATE give the rule that precedence.
const grammarText = `
start     : expr | REPL binds1
expr      : function
function  : ID : function | formalset : function | formalset @ ID : function | ID @ formalset : function | assert expr ; function | with expr ; function | let binds in function | cond
cond      : if expr then expr else expr | pipefrom | pipeinto | op
pipefrom  : op <| pipefrom | op <| op
pipeinto  : pipeinto |> op | op |> op
op        : ! op %NOT | - op %NEGATE | op == op | op != op | op < op | op <= op | op > op | op >= op | op && op | op OROR op | op -> op | op // op | op ? attrpath | op + op | op - op | op * op | op / op | op ++ op | app
app       : app select | select
select    : simple . attrpath | simple . attrpath or select | simple or | simple
simple    : ID | INT | FLOAT | " parts " | INDOPEN indparts INDCLOSE | pathstart PATHEND | pathstart mixed PATHEND | SPATH | URI | ( expr ) | let { binds } | rec { binds } | { binds1 } | { } | [ list ]
parts     : STR | mixed |
mixed     : mixed STR | mixed ${ expr } | ${ expr } | STR ${ expr }
pathstart : PATH | HPATH
indparts  : indparts INDSTR | indparts ${ expr } |
binds     : binds1 |
binds1    : binds1 attrpath = expr ; | binds inherit attrs ; | binds inherit ( expr ) attrs ; | attrpath = expr ;
attrs     : attrs attr | attrs strattr |
attrpath  : attrpath . attr | attrpath . strattr | attr | strattr
attr      : ID | or
strattr   : " parts " | ${ expr }
list      : list select |
formalset : { formals , ... } | { ... } | { formals , } | { formals } | { }
formals   : formals , formal | formal
formal    : ID | ID ? expr
`

// capitals are the terminals that grammarText does not write as in programs.
var capitals = map[string]Kind{
	"REPL": replBindings, "ID": Ident, "INT": IntLit, "FLOAT": FloatLit, "STR": StrText,
	"INDSTR": IndText, "INDOPEN": IndOpen, "INDCLOSE": IndClose, "PATH": PathText,
	"HPATH": HomePathText, "SPATH": SearchPathLit, "PATHEND": PathEnd, "URI": URILit,
	"OROR": OrOr,
}

// A rule is lhs: rhs. Symbols below kindCount are terminals.
type rule struct {
	lhs  symbol
	rhs  []symbol
	prec Kind // whose precedence the rule has; 0 for none
}

type symbol int

// parseGrammar reads grammarText. Rule 0 is the added $accept: start EOF.
func parseGrammar() (rules []rule, symbols int) {
	terminals := map[string]symbol{}
	for k := BadToken + 1; k < kindCount; k++ {
		terminals[strings.Trim(kindNames[k], "'")] = symbol(k)
	}
	terminals[`"`] = symbol(Quote)
	for name, k := range capitals {
		terminals[name] = symbol(k)
	}
	nonterminals := map[string]symbol{}
	lines := strings.Split(strings.TrimSpace(grammarText), "\n")
	for i, line := range lines {
		nonterminals[strings.Fields(line)[0]] = symbol(kindCount) + 1 + symbol(i)
	}
	accept := symbol(kindCount)
	rules = append(rules, rule{lhs: accept, rhs: []symbol{accept + 1, symbol(EndOfFile)}})
	for _, line := range lines {
		fields := strings.Fields(line)
		r := rule{lhs: nonterminals[fields[0]]}
		for _, f := range fields[2:] {
			switch y, isNonterminal := nonterminals[f]; {
			case f == "|":
				rules = append(rules, r)
				r = rule{lhs: r.lhs}
			case f == "%NOT":
				r.prec = precNot
			case f == "%NEGATE":
				r.prec = precNegate
			case isNonterminal:
				r.rhs = append(r.rhs, y)
			default:
				r.rhs = append(r.rhs, terminals[f])
				r.prec = Kind(terminals[f])
			}
		}
		rules = append(rules, r)
	}
	return rules, int(accept) + 1 + len(lines)
}

// automaton returns the automaton of the grammar, which is made when the first
// syntax error is met.
var automaton = sync.OnceValue(func() *lalr {
	rules, symbols := parseGrammar()
	return newLALR(rules, symbols)
})
