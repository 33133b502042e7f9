package syntax

import "testing"

// The grammar has no conflicts beyond those that precedence resolves.
func TestGrammarIsUnambiguous(t *testing.T) {
	rules, symbols := parseGrammar()
	a := newLALR(rules, symbols)
	for n, st := range a.states {
		var seen kindSet
		for _, red := range st.reduce {
			for _, k := range red.ahead.list() {
				if _, shifts := st.next[symbol(k)]; shifts && !st.consistent {
					t.Errorf("state %d: %v can be shifted and reduced", n, k)
				}
				if seen.has(k) {
					t.Errorf("state %d: %v can be reduced in two ways", n, k)
				}
				seen.add(k)
			}
		}
	}
	t.Logf("%d states", len(a.states))
}

func BenchmarkAutomaton(b *testing.B) {
	for b.Loop() {
		rules, symbols := parseGrammar()
		newLALR(rules, symbols)
	}
}
