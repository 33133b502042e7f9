package nixjson

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// A printer is a handler that writes what it gets, with keys in their order.
type printer struct {
	out   []byte
	comma bool
	open  []byte
}

func (p *printer) sep() {
	if p.comma {
		p.out = append(p.out, ',')
	}
	p.comma = true
}

func (p *printer) Null()           { p.sep(); p.out = append(p.out, "null"...) }
func (p *printer) Bool(b bool)     { p.sep(); p.out = strconv.AppendBool(p.out, b) }
func (p *printer) Int(i int64)     { p.sep(); p.out = strconv.AppendInt(p.out, i, 10) }
func (p *printer) Float(f float64) { p.sep(); p.out = AppendFloat(p.out, f) }
func (p *printer) String(s string) { p.sep(); p.out, _ = AppendString(p.out, s) }

func (p *printer) Key(s string) {
	p.String(s)
	p.out = append(p.out, ':')
	p.comma = false
}

func (p *printer) begin(open, end byte) {
	p.sep()
	p.out, p.open, p.comma = append(p.out, open), append(p.open, end), false
}

func (p *printer) BeginList()   { p.begin('[', ']') }
func (p *printer) BeginObject() { p.begin('{', '}') }

func (p *printer) End() {
	p.out = append(p.out, p.open[len(p.open)-1])
	p.open, p.comma = p.open[:len(p.open)-1], true
}

// TestParse compares with what Nix answers, error messages included.
func TestParse(t *testing.T) {
	file, err := os.ReadFile("testdata/parse.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		dec := json.NewDecoder(strings.NewReader(line))
		var text string
		var want any
		if err := dec.Decode(&text); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if err := dec.Decode(&want); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		var p printer
		err := Parse(text, &p)
		if m, ok := want.(map[string]any); ok {
			if err == nil || strings.ToValidUTF8(err.Error(), "\ufffd") != m["error"] {
				t.Errorf("parse %q:\n got %v\nwant %v", text, err, m["error"])
			}
			continue
		}
		if got := string(p.out); err != nil || got != want && sorted(t, got) != want {
			t.Errorf("parse %q: got %s, %v, want %s", text, got, err, want)
		}
	}
}

// sorted returns a JSON text with sorted keys, the last of equal ones kept.
func sorted(t *testing.T, text string) string {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Error(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Error(err)
	}
	return string(out)
}

// TestFloats pins the digits where Grisu2 differs from the shortest form, and
// where the notation changes.
func TestFloats(t *testing.T) {
	file, err := os.ReadFile("testdata/floats.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		in, want, _ := strings.Cut(strings.TrimSpace(line), " ")
		f, err := strconv.ParseFloat(in, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(AppendFloat(nil, f)); got != want {
			t.Errorf("write %s: got %s, want %s", in, got, want)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := string(AppendFloat(nil, f)); got != "null" {
			t.Errorf("write %v: got %s, want null", f, got)
		}
	}
}

func TestStrings(t *testing.T) {
	for _, tt := range []struct{ in, want, err string }{
		{"", `""`, ""},
		{"a\"\\/b", `"a\"\\/b"`, ""},
		{"\b\f\n\r\t\x01\x1f\x7f", `"\b\f\n\r\t\u0001\u001f` + "\x7f\"", ""},
		{"é€😀", `"é€😀"`, ""},
		{"\xff", "", "invalid UTF-8 byte at index 0: 0xFF"},
		{"ab\xc3(", "", "invalid UTF-8 byte at index 3: 0x28"},
		{"\xed\xa0\x80", "", "invalid UTF-8 byte at index 1: 0xA0"},
		{"x\xe2\x82", "", "incomplete UTF-8 string; last byte: 0x82"},
	} {
		got, err := AppendString(nil, tt.in)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("write %q: got %v, want %s", tt.in, err, tt.err)
			}
			continue
		}
		if string(got) != tt.want || err != nil {
			t.Errorf("write %q: got %s, %v, want %s", tt.in, got, err, tt.want)
		}
	}
}

// TestCutOffStrings pins what is written of a string before an error: the pieces, of at
// least 500 bytes, that come before the one with the error.
func TestCutOffStrings(t *testing.T) {
	line := strings.Repeat("x", 498) + "\n"
	for _, tt := range []struct{ in, want string }{
		{"\xff", `"`},
		{"a\nb\xff", `"`},
		{line[:498] + "\xff", `"`},
		{line + "\xff", `"` + line[:498] + `\n`},
		{line + line[:498] + "a\xff", `"` + line[:498] + `\n`},
		{line[:498] + "€b\xff", `"` + line[:498] + "€"},
	} {
		got, err := AppendString(nil, tt.in)
		if string(got) != tt.want || err == nil {
			t.Errorf("write %q: got %s, %v, want %s and an error", tt.in, got, err, tt.want)
		}
	}
}

// TestDeep pins that nesting does not use up the stack.
func TestDeep(t *testing.T) {
	const n = 1_000_000
	var p printer
	if err := Parse(strings.Repeat("[", n)+strings.Repeat("]", n), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.out) != 2*n {
		t.Errorf("got %d bytes, want %d", len(p.out), 2*n)
	}
}

// FuzzParse holds the parser against that of the standard library, and against
// what it read itself, printed.
func FuzzParse(f *testing.F) {
	f.Add(`{"a":[1,2.5,"\ud83d\ude00",null]}`)
	f.Add("[1e5,-0,true , {}]")
	f.Fuzz(func(t *testing.T, text string) {
		var p printer
		err := Parse(text, &p)
		if err == nil && !strings.HasPrefix(text, "\xef\xbb\xbf") && !json.Valid([]byte(text)) {
			t.Errorf("parse %q: got %s, want an error", text, p.out)
		}
		if err == nil && !json.Valid(p.out) {
			t.Errorf("parse %q: got %s", text, p.out)
		}
		if err != nil {
			return
		}
		var again printer
		if err := Parse(string(p.out), &again); err != nil || !bytes.Equal(again.out, p.out) {
			t.Errorf("parse %q: got %s, and of that %s, %v", text, p.out, again.out, err)
		}
	})
}

// FuzzFloat checks that what is written reads back.
func FuzzFloat(f *testing.F) {
	f.Add(0.1)
	f.Add(5e-324)
	f.Fuzz(func(t *testing.T, x float64) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return
		}
		text := string(AppendFloat(nil, x))
		if got, err := strconv.ParseFloat(text, 64); err != nil || got != x {
			t.Errorf("write %v: got %s, which is %v, %v", x, text, got, err)
		}
	})
}
