package nixtoml

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// plain turns a value to what encoding/json would read.
func plain(v any) any {
	switch v := v.(type) {
	case Table:
		m := map[string]any{}
		for key, x := range v {
			m[key] = plain(x)
		}
		return m
	case []any:
		list := []any{}
		for _, x := range v {
			list = append(list, plain(x))
		}
		return list
	case Timestamp:
		return map[string]any{"_type": "timestamp", "value": string(v)}
	case int64:
		return float64(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	}
	return v
}

// TestCases compares with what Nix makes of the documents.
func TestCases(t *testing.T) {
	file, err := os.ReadFile("testdata/cases.txt")
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
		table, err := Parse(text, nil)
		if want == "ERR" {
			if err == nil {
				t.Errorf("parse %q: got %v, want an error", text, table)
			}
			continue
		}
		if err != nil {
			t.Errorf("parse %q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, plain(table)); diff != "" {
			t.Errorf("parse %q: (-want +got)\n%s", text, diff)
		}
	}
}

// TestErrors checks what is said of texts that are no TOML: in the words of the library
// that Nix reads them with, and where that does not come to an end, in ours. The file has a
// text and what is said of it in each line, quoted as in Go.
func TestErrors(t *testing.T) {
	file, err := os.ReadFile("testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		quoted, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		text, err := strconv.Unquote(quoted)
		want, wantErr := strconv.Unquote(rest)
		if err != nil || wantErr != nil {
			t.Fatalf("%s: %v, %v", line, err, wantErr)
		}
		if _, err := Parse(text, nil); err == nil {
			t.Errorf("parse %q: no error", text)
		} else if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("parse %q: (-want +got)\n%s", text, diff)
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"a = " + strings.Repeat("[", 10_000), "line 1, column 2005: values are nested too deeply"},
		{"# bad \x01\n# ok\na = 1", "line 1, column 7: control character 0x1 in a comment"},
	} {
		_, err := Parse(tt.text, nil)
		if err == nil || err.Error() != tt.want {
			t.Errorf("parse %.20q: got %v, want %s", tt.text, err, tt.want)
		}
	}
}

// FuzzParse looks for panics and for strings that are not UTF-8.
func FuzzParse(f *testing.F) {
	f.Add("a.b = [1, 2.5, {x = '''y'''}]\n[[c]]\nd = 1979-05-27 07:32:00.5Z\n")
	f.Add("[a]\nb = \"\\u00e9\" # comment\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := Parse(text, nil)
		if err != nil {
			return
		}
		for key, v := range table {
			if s, ok := v.(string); !utf8.ValidString(key) || ok && !utf8.ValidString(s) {
				t.Errorf("parse %q: got %q = %q", text, key, v)
			}
		}
	})
}
