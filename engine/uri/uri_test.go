package uri_test

import (
	"fmt"
	"testing"

	"nixbench/engine/uri"
)

// What is read is written again with all escaped that can be.
func TestParse(t *testing.T) {
	for _, test := range []struct {
		text    string
		lenient bool
		want    string // URL, error or warning
	}{
		{"a://b/c?d=e#f", false, "a://b/c?d=e#f"},
		{"a:b%2fc%20d", false, "a:b%2Fc%20d"},
		{"a://u:p@[::1]:80/x", false, "a://u:p@[::1]:80/x"},
		{"a:?x=1&x=2&y", false, "a:?x=1; dubious URI query 'y' is missing equal sign '=', ignoring"},
		{"a:?x=b c", true, "a:?x=b%20c"},
		{"a:?x=b c", false, "'a:?x=b c' is not a valid URL: leftover"},
		{"a:b\nc", false, "'a:b\nc' is not a valid URL: leftover"},
		{"a/b", true, "'a/b' doesn't have a scheme"},
		{"a://b:99999/", false, "port '99999' is invalid"},
		{"file://b/c", false, "file:// URL 'file://b/c' has unexpected authority 'b'"},
		{"file:", false, "file:/"},
	} {
		got := ""
		u, err := uri.Parse(test.text, test.lenient, func(format string, args ...any) { got = "; " + fmt.Sprintf(format, args...) })
		if err != nil {
			got = err.Error()
		} else {
			got = u.String() + got
		}
		if got != test.want {
			t.Errorf("%q: got %s, want %s", test.text, got, test.want)
		}
	}
}

func TestDecodeQuery(t *testing.T) {
	for text, want := range map[string]string{
		"":          "map[]",
		`a=b c"&d=`: `map[a:b c" d:]`,
		"a=1&a=2":   "map[a:1]",
		"%61=%2b+":  "map[a:++]",
		"a=%z":      "invalid URI query 'a=%z': leftover",
		"a#b":       "invalid URI query 'a#b': leftover",
	} {
		query, err := uri.DecodeQuery(text, nil)
		got := fmt.Sprint(query)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
