package syntax

import "strings"

// diagnose reads a text with the automaton of the grammar and returns the first
// error in the order of its tokens, or nil if there is none.
// The second result is the offset of the error.
func diagnose(src string, noPipes, prompt bool) (err *Error, offset int) {
	a, s := automaton(), NewScanner(src)
	s.noPipes = noPipes
	stack := []int{0}
	if prompt {
		stack = append(stack, a.states[0].next[symbol(replBindings)])
	}
	var tok Token
	have := false
	for {
		st := a.states[stack[len(stack)-1]]
		shift, reduce := -1, st.dflt
		if !st.consistent {
			if !have {
				tok, have = s.Next(), true
			}
			if tok.Kind == BadToken {
				at, msg := s.Err()
				return &Error{Msg: msg}, at
			}
			shift, reduce = st.action(tok.Kind)
		}
		switch {
		case shift >= 0 && tok.Kind == EndOfFile:
			return nil, 0
		case shift >= 0:
			stack = append(stack, shift)
			have = false
		case reduce >= 0:
			r := a.rules[reduce]
			stack = stack[:len(stack)-len(r.rhs)]
			stack = append(stack, a.states[stack[len(stack)-1]].next[r.lhs])
		default:
			return unexpected(tok, st, s.openComment)
		}
	}
}

// unexpected words the error of a token that has no action in a state.
func unexpected(tok Token, st *lrState, openComment int) (*Error, int) {
	msg := "syntax error, unexpected " + tok.Kind.String()
	if want := st.expected(); 0 < len(want) && len(want) <= maxExpected {
		names := make([]string, len(want))
		for i, k := range want {
			names[i] = k.String()
		}
		msg += ", expecting " + strings.Join(names, " or ")
	}
	offset := int(tok.Start)
	if tok.Kind == EndOfFile {
		offset = int(tok.End)
	}
	return &Error{
		Msg:        msg,
		Incomplete: tok.Kind == EndOfFile || openComment > 0 && offset >= openComment-1,
	}, offset
}

// maxExpected is how many tokens a message lists: if there are more, it lists none.
const maxExpected = 4
