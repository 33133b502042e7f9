package syntax

import (
	"strings"
	"testing"
)

// tokens returns the tokens of src as "name text", but for the end of the text.
func tokens(src string) []string {
	var out []string
	for s := NewScanner(src); ; {
		tok := s.Next()
		switch tok.Kind {
		case EndOfFile:
			return out
		case PathEnd:
			out = append(out, tok.Kind.String())
		case BadToken:
			_, msg := s.Err()
			out = append(out, "bad: "+msg)
			return out
		default:
			out = append(out, strings.Trim(tok.Kind.String(), "'")+" "+src[tok.Start:tok.End])
		}
	}
}

// The longest token wins; strings and paths have tokens of their own inside.
func TestScan(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"a b-c d'e _f", "identifier a|identifier b-c|identifier d'e|identifier _f"},
		{"if ifx if-x or or'", "if if|identifier ifx|identifier if-x|or or|identifier or'"},
		{"12 007", "integer 12|integer 007"},
		{"1.5 1. .5 0.5 1.e3 1.5E-3", "floating-point literal 1.5|floating-point literal 1.|floating-point literal .5|floating-point literal 0.5|floating-point literal 1.e3|floating-point literal 1.5E-3"},
		{"00.5 0. 1e3 1.5e", "integer 00|floating-point literal .5|integer 0|. .|integer 1|identifier e3|floating-point literal 1.5|identifier e"},
		{"9223372036854775807", "integer 9223372036854775807"},
		{"9223372036854775808", "bad: invalid integer '9223372036854775808'"},
		{"1.0e400", "bad: invalid float '1.0e400'"},
		{"1.0e-320", "bad: invalid float '1.0e-320'"},
		{"0.0e-999", "floating-point literal 0.0e-999"},

		{"a/b ./a ../b/c 1/2 -/x .../y", "path a/b|end of path|path ./a|end of path|path ../b/c|end of path|path 1/2|end of path|path -/x|end of path|path .../y|end of path"},
		{"a / b a/ b", "identifier a|/ /|identifier b|identifier a|/ /|identifier b"},
		{"1.5/a a.b/c", "path 1.5/a|end of path|path a.b/c|end of path"},
		{"a'b/c", "identifier a'b|path /c|end of path"},
		{"~/a ~b", "~/…' path ~/a|end of path|invalid token ~|identifier b"},
		{"./a/", "path ./a/|bad: path has a trailing slash"},
		{"a//b", "identifier a|// //|identifier b"},
		{"a/b//c", "path a/b/|string /c|end of path"},
		{"./${x}a", "path ./|${ ${|identifier x|} }|string a|end of path"},
		{"a/${x}/b/${y}", "path a/|${ ${|identifier x|} }|string /b/|${ ${|identifier y|} }|end of path"},
		{"~/${x}/", "~/…' path ~/|${ ${|identifier x|} }|string /|bad: path has a trailing slash"},
		{"a${x}", "identifier a|${ ${|identifier x|} }"},

		{"<a> <a/b.c> <a/> a<b", "<…>' path <a>|<…>' path <a/b.c>|< <|identifier a|/ /|> >|identifier a|< <|identifier b"},
		{"a<b>c <= <|", "identifier a|<…>' path <b>|identifier c|<= <=|<| <|"},

		{"x:x x: x http://a.b/c?d=e#f", "URI x:x|identifier x|: :|identifier x|URI http://a.b/c?d=e"},
		{"a_b:c a+b.c-d:e 1:x", "identifier a_b|: :|identifier c|URI a+b.c-d:e|integer 1|: :|identifier x"},

		{"== != <= >= && || -> // ++ |>", "== ==|!= !=|<= <=|>= >=|&& &&||| |||-> ->|// //|++ ++||> |>"},
		{"= ! < > + - * ? : @ , ; . ... .. ( ) [ ] { }", "= =|! !|< <|> >|+ +|- -|* *|? ?|: :|@ @|, ,|; ;|. .|... ...|. .|. .|( (|) )|[ [|] ]|{ {|} }"},
		{"^ % \\ é", "invalid token ^|invalid token %|invalid token \\|invalid token \xc3|invalid token \xa9"},

		{"a # b\nc /* d */ e /**/ f /** g **/", "identifier a|identifier c|identifier e|identifier f"},
		{"a #b\rc", "identifier a|identifier c"},
		{"a /* b", "identifier a|/ /|* *|identifier b"},
		{"a\x00b", "identifier a"},

		{`"a"`, `" "|string a|" "`},
		{`""`, `" "|" "`},
		{`"a${b}c"`, `" "|string a|${ ${|identifier b|} }|string c|" "`},
		{`"\" $ $$ $${ \${ $\{ $"`, `" "|string \" $ $$ $${ \${ $\{ $|" "`},
		{`"${"${a}"}"`, `" "|${ ${|" "|${ ${|identifier a|} }|" "|} }|" "`},
		{`"${{a=1;}}"`, `" "|${ ${|{ {|identifier a|= =|integer 1|; ;|} }|} }|" "`},
		{`"a`, `" "|string a`},
		{`"a$`, `" "|string a`},
		{`} "}"`, `} }|" "|string }|" "`},

		{"''a''", "start of an indented string ''|indented string a|end of an indented string ''"},
		{"''  \na''", "start of an indented string ''  \n|indented string a|end of an indented string ''"},
		{"''a'''b''$c''\\nd$e'f''", "start of an indented string ''|indented string a|indented string '''|indented string b|indented string ''$|indented string c|indented string ''\\n|indented string d$e'f|end of an indented string ''"},
		{"''$$${x}$''", "start of an indented string ''|indented string $$|${ ${|identifier x|} }|indented string $|end of an indented string ''"},
		{"''$${x}'${y}''", "start of an indented string ''|indented string $${x}|indented string '|${ ${|identifier y|} }|end of an indented string ''"},
	}
	for _, tt := range tests {
		got := strings.Join(tokens(tt.in), "|")
		if got != tt.want {
			t.Errorf("scan %q:\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

// Escapes in both kinds of strings.
func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		`a`:             "a",
		`\n\r\t\\\"\$x`: "\n\r\t\\\"$x",
		"a\r\nb\rc\n":   "a\nb\nc\n",
		"\\\r\n":        "\r\n",
		`$${`:           `$${`,
	} {
		if got := unescape(in); got != want {
			t.Errorf("unescape(%q): got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"'''": "''", "''$": "$", `''\n`: "\n", `''\x`: "x", "'": "'", "$": "$",
	} {
		if got := indEscape(in); got != want {
			t.Errorf("indEscape(%q): got %q, want %q", in, got, want)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"a", `"a${b}c"`, "''a''", "./a/${b}c", "/* a", "1.5e3", "<a/b>", "http://x", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		end := int32(0)
		for s := NewScanner(src); ; {
			tok := s.Next()
			if tok.Kind == PathEnd {
				continue
			}
			if tok.Kind == EndOfFile || tok.Kind == BadToken {
				break
			}
			if tok.Start < end || tok.End <= tok.Start || int(tok.End) > len(src) {
				t.Fatalf("token %v after %d, text has %d bytes", tok, end, len(src))
			}
			end = tok.End
		}
		checkSpans(t, src)
	})
}
