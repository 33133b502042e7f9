package exprtest

import "testing"

// What two answers are to each other.
func TestCompare(t *testing.T) {
	const trace = "error:\n       … while calling the 'x' builtin\n         at /w/batch.nix:3:1:\n            2| (\n            3| x\n             | ^\n\n       error: "
	for _, tt := range []struct {
		ours, theirs string
		want         Verdict
	}{
		{"1", "1", Same},
		{"1", "2", Different},
		{"error: a", "error: a\n       at /w/0.nix:1:1:\n            1| a\n             | ^", TraceOnly},
		{trace + "a", trace + "a", Same},
		{trace + "a", trace + "b", Different},
		{"error: a", trace + "a", TraceOnly},
		{"error: a", "{\n  b = error: a", Same},
		{"error: a", "error: a\n{\n", Same},
		{"error:\n       … c\n\n       error:", "error:\n       … c\n\n       error:\n", Same},
		{"error: file '/d' is not a regular file", "error: read of 4096 bytes: Is a directory", Explained},
		{"[ «error: file '/d' is not a regular file» 1 ]", "[ «error: read of 12288 bytes: Is a directory» 1 ]", Explained},
		{"[ «error: file '/d' is not a regular file» 1 ]", "[ «error: read of 12288 bytes: Is a directory» 2 ]", Different},
		{"{\n  a = «error: while parsing TOML: x»;\n  b = 1;\n}", "{\n  a = «error: while parsing TOML: [error] y\n | z\n»;\n  b = 1;\n}", Different},
		{"warning:\n         … while evaluating derivation 'x'\n\n         warning: setting y\n         at /w/batch.nix:3:46:\n              2| (\n              3| x\n               | ^\nerror: z",
			"warning: In derivation 'x': setting y\nerror: z", Explained},
		{"error: a { b = «thunk»; }", "error: a { b = «lambda c @ /w/batch.nix:1:1»; }", Different},
		{"error: '/d'e' is not a directory", "error: path '/d'e' does not exist", Explained},
		{"{ a' = «error: '/d' is not a directory»; }", "{ a' = «error: cannot read directory \"/d\": Not a directory»; }", Explained},
		{"warning:\n         … while evaluating derivation 'x'\n\n         warning: setting y\n         at /w/batch.nix:3:46:\n              2| (\n              3| x\n               | ^\nerror: z { a = 1; }",
			"warning: In derivation 'x': setting y\nerror: z { a = 1; }", Explained},
		{"error: attribute 'a' missing\n       Did you mean b?", "error: attribute 'a' missing\n       at «string»:1:1:\n            1| a\n             | ^\n       Did you mean b?", Same},
	} {
		a := Answer{Ours: tt.ours, Theirs: tt.theirs}
		if got, rule := a.Compare(); got != tt.want {
			t.Errorf("%s\n%s\ngot %v %s, want %v", tt.ours, tt.theirs, got, rule, tt.want)
		}
	}
	a := Answer{Ours: "trace: x\n{\n  a = 1;\n}", Said: []string{"trace: x"}, Theirs: "{\n  a = trace: x\n1;\n}"}
	if got, _ := a.Compare(); got != Same {
		t.Errorf("a message amid a value: got %v, want %v", got, Same)
	}
	b := Answer{Ours: "trace: x\n\n{\n  a = «error: file '/d' is not a regular file»;\n}", Said: []string{"trace: x\n"},
		Theirs: "{\n  a = trace: x\n\n«error: read of 4096 bytes: Is a directory»;\n}"}
	if got, _ := b.Compare(); got != Explained {
		t.Errorf("a message amid a value that a rule knows: got %v, want %v", got, Explained)
	}
	a.Theirs = "{\n  a = trace: x\n2;\n}"
	if got, _ := a.Compare(); got != Different {
		t.Errorf("another value: got %v, want %v", got, Different)
	}
}

// With HEAD the whole of an error has to be the same, but for the steps of the question.
func TestCompareExact(t *testing.T) {
	const (
		asked = "error:\n       … while calling the 'elemAt' builtin\n         at «string»:1:1:\n            1| oracle-question 6\n             | ^\n\n       "
		step  = "… while calling the 'x' builtin\n         at /w/batch.nix:3:1:\n            2| (\n            3| x\n             | ^\n\n       "
	)
	for _, tt := range []struct {
		ours, theirs string
		want         Verdict
	}{
		{"1", "1", Same},
		{"1", "2", Different},
		{`"2.34.8"`, `"2.36.0"`, Same},
		{"error: a", asked + "error: a", Same},
		{"error: a\n       at /w/0.nix:1:1:", asked + "error: a", TraceOnly},
		{"error:\n       " + step + "error: a", asked + step + "error: a", Same},
		{"error:\n       " + step + "error: a", asked + "error: a", TraceOnly},
		{"error:\n       " + step + "error: a", asked + step + "error: b", Different},
		{"error: file '/d' is not a regular file", "error: read of 4096 bytes: Is a directory", Different},
	} {
		a := Answer{Ours: tt.ours, Theirs: tt.theirs, Exact: true}
		if got, rule := a.Compare(); got != tt.want {
			t.Errorf("%s\n%s\ngot %v %s, want %v", tt.ours, tt.theirs, got, rule, tt.want)
		}
	}
}
