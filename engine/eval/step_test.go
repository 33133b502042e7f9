package eval

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// describeSteps writes a line for each step of the error of a text, and below
// it, indented, a line for each scope.
func describeSteps(t *testing.T, ev *Evaluator, text string) string {
	t.Helper()
	_, err := ev.EvalString(context.Background(), text, "/")
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%s: got error %v, want one of the language", text, err)
	}
	var b strings.Builder
	for _, st := range e.Steps() {
		fmt.Fprintf(&b, "%s @ %d:%d\n", st.Text, st.Pos.Line, st.Pos.Column)
		for _, l := range st.Levels() {
			b.WriteString(" ")
			for _, v := range l.Names {
				b.WriteString(" " + v.Name + "=" + ev.Snapshot(v.Value).Text)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// TestSteps pins what variables the steps of an error know.
func TestSteps(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a function, merged with another", `let f = x: y: x + y.z; in f 1 2`, `
expected a set but found an integer: 2 @ 0:0
  x=1 y=2
  f=«lambda f @ «string»:1:9»
while selecting an attribute @ 1:19
  x=1 y=2
  f=«lambda f @ «string»:1:9»
while evaluating the attribute 'z' @ 1:19
  x=1 y=2
  f=«lambda f @ «string»:1:9»
in an operand of '+' @ 1:19
  x=1 y=2
  f=«lambda f @ «string»:1:9»
while calling 'f' @ 1:12
  x=1 y=2
  f=«lambda f @ «string»:1:9»
from call site @ 1:27
  f=«lambda f @ «string»:1:9»
`},
		{"a let in an argument", `let f = x: x; in f (let a = 1; b = a.q; in b + 1)`, `
expected a set but found an integer: 1 @ 0:0
  a=1 b=«thunk»
  f=«lambda f @ «string»:1:9»
while selecting an attribute @ 1:36
  a=1 b=«thunk»
  f=«lambda f @ «string»:1:9»
while evaluating the attribute 'q' @ 1:36
  a=1 b=«thunk»
  f=«lambda f @ «string»:1:9»
in an operand of '+' @ 1:44
  a=1 b=«thunk»
  f=«lambda f @ «string»:1:9»
while calling 'f' @ 1:9
 
  f=«lambda f @ «string»:1:9»
from call site @ 1:18
  f=«lambda f @ «string»:1:9»
`},
		{"a let in a function", `let f = x: let y = x + 1; z = throw "no"; in y + z; in f 1`, `
no @ 0:0
  y=2 z=«thunk»
  x=1
  f=«lambda f @ «string»:1:9»
while calling the 'throw' builtin @ 1:31
  y=2 z=«thunk»
  x=1
  f=«lambda f @ «string»:1:9»
in an operand of '+' @ 1:50
  y=2 z=«thunk»
  x=1
  f=«lambda f @ «string»:1:9»
while calling 'f' @ 1:9
  y=2 z=«thunk»
  x=1
  f=«lambda f @ «string»:1:9»
from call site @ 1:56
  f=«lambda f @ «string»:1:9»
`},
		{"formals", `let f = args@{ a, b ? 2, ... }: a + b + args.c; in f { a = 1; c = "s"; }`, `
cannot add a string to an integer @ 1:41
  args={ a = 1; c = "s"; } a=1 b=2
  f=«lambda f @ «string»:1:9»
while calling 'f' @ 1:9
  args={ a = 1; c = "s"; } a=1 b=2
  f=«lambda f @ «string»:1:9»
from call site @ 1:52
  f=«lambda f @ «string»:1:9»
`},
		{"with", `with { q = 1; }; let g = with { r = q; }; throw "r"; in g`, `
r @ 0:0
 
  g=«thunk»
 
while calling the 'throw' builtin @ 1:43
 
  g=«thunk»
 
`},
		{"an attribute of a rec", `(rec { a = 1; b = a.x; }).b`, `
expected a set but found an integer: 1 @ 0:0
  a=1 b=«thunk»
while selecting an attribute @ 1:19
  a=1 b=«thunk»
while evaluating the attribute 'x' @ 1:19
  a=1 b=«thunk»
from the definition of 'b' @ 1:15
while evaluating the attribute 'b' @ 1:1
`},
		{"an attribute of a large set", `let n = 5; s = { ` + manyAttrs + ` z = if n == 5 then throw "z" else 0; }; in s.z`, `
z @ 0:0
  n=5 s={ a = 1; b = 2; c = 3; d = 4; e = 5; f = 6; g = 7; h = 8; «9 attributes elided» }
while calling the 'throw' builtin @ 1:156
  n=5 s={ a = 1; b = 2; c = 3; d = 4; e = 5; f = 6; g = 7; h = 8; «9 attributes elided» }
from the definition of 'z' @ 1:137
  n=5 s={ a = 1; b = 2; c = 3; d = 4; e = 5; f = 6; g = 7; h = 8; «9 attributes elided» }
while evaluating the attribute 'z' @ 1:180
  n=5 s={ a = 1; b = 2; c = 3; d = 4; e = 5; f = 6; g = 7; h = 8; «9 attributes elided» }
`},
		{"shadowing", `let x = 1; in (x: let x = "in"; in throw x) 2`, `
in @ 0:0
  x="in"
  x=2
  x=1
while calling the 'throw' builtin @ 1:36
  x="in"
  x=2
  x=1
while calling anonymous lambda @ 1:16
  x="in"
  x=2
  x=1
from call site @ 1:15
  x=1
`},
		{"an element", `let xs = map (i: if i == 1 then throw "one" else i) [ 0 1 ]; in builtins.foldl' (a: b: a + b) 0 xs`, `
one @ 0:0
  i=1
  xs=[ 0 «thunk» ]
while calling the 'throw' builtin @ 1:33
  i=1
  xs=[ 0 «thunk» ]
while calling anonymous lambda @ 1:15
  i=1
  xs=[ 0 «thunk» ]
from call site @ 1:92
in an operand of '+' @ 1:92
  a=0 b=«thunk»
  xs=[ 0 «thunk» ]
while calling anonymous lambda @ 1:85
  a=0 b=«thunk»
  xs=[ 0 «thunk» ]
while calling the 'foldl'' builtin @ 1:65
  xs=[ 0 «thunk» ]
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := describeSteps(t, newTestEvaluator(nil), c.text)
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

const manyAttrs = "a = 1; b = 2; c = 3; d = 4; e = 5; f = 6; g = 7; h = 8; i = 9; j = 10; k = 11; l = 12; m = 13; o = 14; p = 15; q = 16;"
