package syntax

import (
	"slices"
	"strings"
)

// This file makes an LALR(1) automaton of a grammar the way Bison does, with
// its resolution of conflicts by precedence and its default reductions.
// Lookahead sets are computed by the method of DeRemer and Pennello.

type assoc uint8

const (
	assocLeft assoc = iota
	assocRight
	assocNone
)

// A lalr is the automaton. State 0 is the first.
type lalr struct {
	rules   []rule
	byLHS   [][]int // rules of each symbol
	states  []*lrState
	index   map[string]int // states by kernel
	nullSym []bool         // symbols that derive the empty string
}

// An item is a rule and how much of its right-hand side has been read.
type item struct{ rule, dot int }

type lrState struct {
	kernel []item
	next   map[symbol]int // transitions on terminals and nonterminals
	reduce []reduction    // by rule, ascending
	errors kindSet        // tokens that non-associativity forbids
	// dflt is the rule to reduce by when the token has no action of its
	// own; -1 if there is none and such a token is an error.
	dflt int
	// consistent is true if dflt applies whatever the token is.
	consistent bool
}

type reduction struct {
	rule  int
	ahead kindSet
}

// A kindSet is a set of terminals.
type kindSet [2]uint64

func (s *kindSet) add(k Kind)     { s[k/64] |= 1 << (k % 64) }
func (s *kindSet) remove(k Kind)  { s[k/64] &^= 1 << (k % 64) }
func (s kindSet) has(k Kind) bool { return s[k/64]>>(k%64)&1 != 0 }

// union adds the elements of t and reports whether any was new.
func (s *kindSet) union(t kindSet) bool {
	old := *s
	s[0] |= t[0]
	s[1] |= t[1]
	return *s != old
}

func (s kindSet) list() (kinds []Kind) {
	for k := range kindCount {
		if s.has(k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func isTerminal(y symbol) bool { return y < symbol(kindCount) }

func newLALR(rules []rule, symbols int) *lalr {
	a := &lalr{
		rules: rules, byLHS: make([][]int, symbols),
		index: map[string]int{}, nullSym: make([]bool, symbols),
	}
	for i, r := range rules {
		a.byLHS[r.lhs] = append(a.byLHS[r.lhs], i)
	}
	a.findNullable()
	a.state([]item{{0, 0}})
	for i := 0; i < len(a.states); i++ {
		a.addTransitions(i)
	}
	a.findLookaheads()
	for _, st := range a.states {
		a.resolveConflicts(st)
		st.chooseDefault()
	}
	return a
}

func (a *lalr) findNullable() {
	for changed := true; changed; {
		changed = false
		for _, r := range a.rules {
			if !a.nullSym[r.lhs] && a.nullable(r.rhs) {
				a.nullSym[r.lhs], changed = true, true
			}
		}
	}
}

func (a *lalr) nullable(rhs []symbol) bool {
	return !slices.ContainsFunc(rhs, func(y symbol) bool { return !a.nullSym[y] })
}

// state returns the number of the state with a kernel.
func (a *lalr) state(kernel []item) int {
	var key strings.Builder
	for _, it := range kernel {
		key.WriteByte(byte(it.rule))
		key.WriteByte(byte(it.dot))
	}
	if i, ok := a.index[key.String()]; ok {
		return i
	}
	a.index[key.String()] = len(a.states)
	a.states = append(a.states, &lrState{kernel: kernel, next: map[symbol]int{}, dflt: -1})
	return len(a.states) - 1
}

// closure returns the items of a state.
func (a *lalr) closure(kernel []item) []item {
	items := slices.Clone(kernel)
	seen := make([]bool, len(a.byLHS))
	for i := 0; i < len(items); i++ {
		y, ok := a.after(items[i])
		if !ok || seen[y] {
			continue
		}
		seen[y] = true
		for _, r := range a.byLHS[y] {
			items = append(items, item{r, 0})
		}
	}
	return items
}

// after returns the symbol after the dot.
func (a *lalr) after(it item) (y symbol, ok bool) {
	rhs := a.rules[it.rule].rhs
	if it.dot == len(rhs) {
		return 0, false
	}
	return rhs[it.dot], true
}

// addTransitions fills next and reduce of a state.
func (a *lalr) addTransitions(n int) {
	st := a.states[n]
	kernels := map[symbol][]item{}
	var order []symbol
	for _, it := range a.closure(st.kernel) {
		y, ok := a.after(it)
		if !ok {
			st.reduce = append(st.reduce, reduction{rule: it.rule})
			continue
		}
		if kernels[y] == nil {
			order = append(order, y)
		}
		kernels[y] = append(kernels[y], item{it.rule, it.dot + 1})
	}
	for _, y := range order {
		slices.SortFunc(kernels[y], func(p, q item) int {
			return (p.rule-q.rule)*256 + p.dot - q.dot
		})
		st.next[y] = a.state(kernels[y])
	}
	slices.SortFunc(st.reduce, func(p, q reduction) int { return p.rule - q.rule })
}

// A transition is a state and a nonterminal that can be read there.
type transition struct {
	state int
	sym   symbol
}

// findLookaheads computes, for each transition over a nonterminal, which
// tokens can follow, and from these the lookaheads of the reductions.
func (a *lalr) findLookaheads() {
	follow := map[transition]*kindSet{}
	var all []transition
	for n, st := range a.states {
		for y := range st.next {
			if !isTerminal(y) {
				tr := transition{n, y}
				all = append(all, tr)
				follow[tr] = a.directReads(st.next[y])
			}
		}
	}
	// includes lists pairs of which the second must hold all of the first.
	var includes [][2]*kindSet
	for _, tr := range all {
		after := a.states[tr.state].next[tr.sym]
		for y := range a.states[after].next {
			if a.nullSym[y] {
				includes = append(includes, [2]*kindSet{follow[transition{after, y}], follow[tr]})
			}
		}
	}
	propagate(includes)
	includes = includes[:0]
	type lookback struct{ from, to *kindSet }
	var lookbacks []lookback
	for _, tr := range all {
		for _, r := range a.byLHS[tr.sym] {
			n, rhs := tr.state, a.rules[r].rhs
			for i, y := range rhs {
				if !isTerminal(y) && a.nullable(rhs[i+1:]) {
					includes = append(includes, [2]*kindSet{follow[tr], follow[transition{n, y}]})
				}
				n = a.states[n].next[y]
			}
			lookbacks = append(lookbacks, lookback{follow[tr], a.states[n].lookahead(r)})
		}
	}
	propagate(includes)
	for _, lb := range lookbacks {
		lb.to.union(*lb.from)
	}
}

// directReads returns the tokens that can be shifted in a state.
func (a *lalr) directReads(n int) *kindSet {
	set := new(kindSet)
	for y := range a.states[n].next {
		if isTerminal(y) {
			set.add(Kind(y))
		}
	}
	return set
}

func propagate(includes [][2]*kindSet) {
	for changed := true; changed; {
		changed = false
		for _, inc := range includes {
			if inc[1].union(*inc[0]) {
				changed = true
			}
		}
	}
}

func (st *lrState) lookahead(rule int) *kindSet {
	for i := range st.reduce {
		if st.reduce[i].rule == rule {
			return &st.reduce[i].ahead
		}
	}
	panic("syntax: unreachable: rule is not reduced in the state it ends in")
}

// precedenceOf returns the level of an operator, 0 if k is none.
func precedenceOf(k Kind) (level int, as assoc) {
	for i, p := range precedences {
		if slices.Contains(p.kinds, k) {
			return i + 1, p.assoc
		}
	}
	return 0, 0
}

// resolveConflicts drops either the shift or the reduction where both are
// possible, by the precedences of the token and the rule.
func (a *lalr) resolveConflicts(st *lrState) {
	for i := range st.reduce {
		red := &st.reduce[i]
		ruleLevel, _ := precedenceOf(a.rules[red.rule].prec)
		for _, k := range red.ahead.list() {
			level, as := precedenceOf(k)
			if _, shifts := st.next[symbol(k)]; !shifts || ruleLevel == 0 || level == 0 {
				continue
			}
			if ruleLevel < level || ruleLevel == level && as != assocLeft {
				red.ahead.remove(k)
			}
			if ruleLevel > level || ruleLevel == level && as != assocRight {
				delete(st.next, symbol(k))
			}
			if ruleLevel == level && as == assocNone {
				st.errors.add(k)
			}
		}
	}
}

// chooseDefault makes the most frequent reduction the default.
func (st *lrState) chooseDefault() {
	shifts := false
	for y := range st.next {
		shifts = shifts || isTerminal(y)
	}
	st.consistent = len(st.reduce) == 1 && !shifts && st.errors == kindSet{}
	best := 0
	for _, red := range st.reduce {
		if n := len(red.ahead.list()); n > best || st.consistent {
			best, st.dflt = n, red.rule
		}
	}
}

// action returns what to do with a token: shift and go to a state, or reduce
// by a rule, or neither.
func (st *lrState) action(k Kind) (shift, reduce int) {
	if next, ok := st.next[symbol(k)]; ok {
		return next, -1
	}
	if st.errors.has(k) {
		return -1, -1
	}
	for _, red := range st.reduce {
		if red.ahead.has(k) {
			return -1, red.rule
		}
	}
	return -1, st.dflt
}

// expected returns the tokens that have an action of their own.
func (st *lrState) expected() []Kind {
	var set kindSet
	for y := range st.next {
		if isTerminal(y) {
			set.add(Kind(y))
		}
	}
	for _, red := range st.reduce {
		if red.rule != st.dflt {
			set.union(red.ahead)
		}
	}
	return set.list()
}
