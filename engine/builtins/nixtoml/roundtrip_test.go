package nixtoml

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// FuzzRoundTrip checks that what is read, when written plainly, reads as the same.
func FuzzRoundTrip(f *testing.F) {
	f.Add("a.b = [1, 2.5, {x = '''y'''}]\n[[c]]\nd = 1979-05-27 07:32:00.5Z\n[[c]]\n")
	f.Add("[a]\nb = \"\\u00e9\\n\" # comment\nc = [inf, -nan, 1e3, 0x10, true]\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := Parse(text, nil)
		if err != nil {
			return
		}
		var b strings.Builder
		for _, key := range slices.Sorted(maps.Keys(table)) {
			b.WriteString(quote(key) + " = ")
			write(&b, table[key])
			b.WriteString("\n")
		}
		again, err := Parse(b.String(), nil)
		if err != nil {
			t.Fatalf("parse %q: written as %q: %v", text, b.String(), err)
		}
		if diff := cmp.Diff(table, again, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("parse %q: written as %q:\n%s", text, b.String(), diff)
		}
	})
}

// write writes a value as TOML, with tables inline.
func write(b *strings.Builder, v any) {
	switch v := v.(type) {
	case Table:
		sep := ""
		b.WriteString("{")
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(sep + quote(key) + " = ")
			write(b, v[key])
			sep = ", "
		}
		b.WriteString("}")
	case []any:
		b.WriteString("[")
		for _, x := range v {
			write(b, x)
			b.WriteString(", ")
		}
		b.WriteString("]")
	case string:
		b.WriteString(quote(v))
	case float64:
		text := strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'e', -1, 64), "+"))
		b.WriteString(text)
	default:
		fmt.Fprint(b, v)
	}
}

// quote writes a basic string with an escape for each rune.
func quote(s string) string {
	var b strings.Builder
	b.WriteString(`"`)
	for _, r := range s {
		fmt.Fprintf(&b, `\U%08x`, r)
	}
	return b.String() + `"`
}
