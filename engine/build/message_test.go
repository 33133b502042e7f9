package build

import "testing"

// What builders say wrongly is told in the words of Nix and of its JSON library.
func TestMessageProblem(t *testing.T) {
	const head = "warning: Unable to handle a JSON message from the derivation builder: "
	for _, test := range []struct{ message, want string }{
		{`{"action":"setPhase","phase":"build"}`, ""},
		{`{"action":"msg","level":3,"msg":"hello"}`, ""},
		{`{"action":"other"}`, ""},
		{`true`, head + "[json.exception.type_error.305] cannot use operator[] with a string argument with boolean"},
		{`null`, head + "[json.exception.type_error.302] type must be string, but is null"},
		{`{"action":[]}`, head + "[json.exception.type_error.302] type must be string, but is array"},
		{`{"action":"setPhase","phase":{}}`, head + "[json.exception.type_error.302] type must be string, but is object"},
		{`{"action":"msg","msg":"hello"}`, head + "[json.exception.type_error.302] type must be number, but is null"},
		{`{"action":"stop"}`, head + "[json.exception.type_error.302] type must be number, but is null"},
		{`}`, "bad JSON log message from the derivation builder: [json.exception.parse_error.101] parse error at line 1, column 1: syntax error while parsing value - unexpected '}'; expected '[', '{', or a literal"},
		{`{bad`, "bad JSON log message from the derivation builder: [json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing object key - invalid literal; last read: '{b'; expected string literal"},
	} {
		got := ""
		if problem := CheckMessage(test.message); problem != nil {
			got = problem.String()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.message, got, test.want)
		}
	}
}
