package aterm

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStrings(t *testing.T) {
	for s, want := range map[string]string{
		"":                      `""`,
		"plain":                 `"plain"`,
		"a\"b\\c\nd\re\tf":      `"a\"b\\c\nd\re\tf"`,
		"\x00\x7f\xff\x1b ö":    "\"\x00\x7f\xff\x1b ö\"",
		"\n\n":                  `"\n\n"`,
		strings.Repeat("\\", 3): `"\\\\\\"`,
	} {
		got := string(AppendString(nil, s))
		if got != want {
			t.Errorf("AppendString(%q) = %s, want %s", s, got, want)
		}
		sc := NewScanner(got)
		back := sc.Text()
		sc.End()
		if sc.Err() != nil || back != s {
			t.Errorf("Text of %s = %q, %v, want %q", got, back, sc.Err(), s)
		}
	}
}

// Only n, r and t mean another byte after a backslash.
func TestOddEscapes(t *testing.T) {
	if got, want := NewScanner(`"\a\0\x\""`).Text(), `a0x"`; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
}

func TestList(t *testing.T) {
	for src, want := range map[string][]string{`[]`: nil, `["a"]`: {"a"}, `["a","b"]`: {"a", "b"}} {
		sc := NewScanner(src)
		got := sc.Strings()
		sc.End()
		if diff := cmp.Diff(want, got); diff != "" || sc.Err() != nil {
			t.Errorf("Strings of %s: %v (-want +got):\n%s", src, sc.Err(), diff)
		}
		if string(AppendStrings(nil, got)) != src {
			t.Errorf("AppendStrings(%q) is not %s", got, src)
		}
	}
}

func TestErrorsSayWhere(t *testing.T) {
	for src, want := range map[string]string{
		``:         `offset 0: got "", want "["`,
		`["a"`:     `offset 4: got "", want "\""`,
		`["a""b"]`: `offset 4: got "\"b\"]", want ","`,
		`[,"a"]`:   `offset 1: got ",\"a\"]", want "\""`,
		`["a",]`:   `offset 5: got "]", want "\""`,
		`["a`:      `offset 1: string does not end`,
		`["a\`:     `offset 1: string does not end`,
		`["a\"]`:   `offset 1: string does not end`,
		`["a"]b`:   `offset 5: 1 bytes follow the end`,
		`[ "a"]`:   `offset 1: got " \"a\"]", want "\""`,
	} {
		sc := NewScanner(src)
		sc.Strings()
		sc.End()
		var where *Error
		if !errors.As(sc.Err(), &where) || where.Error() != want {
			t.Errorf("%s: error %v, want %s", src, sc.Err(), want)
		}
	}
}

func FuzzATerm(f *testing.F) {
	f.Add(`["a","b\n\"\\"]`)
	f.Fuzz(func(t *testing.T, src string) {
		sc := NewScanner(src)
		list := sc.Strings()
		sc.End()
		if sc.Err() != nil {
			return
		}
		printed := string(AppendStrings(nil, list))
		again := NewScanner(printed)
		if diff := cmp.Diff(list, again.Strings()); diff != "" || again.Err() != nil {
			t.Fatalf("%q prints as %q, which reads differently: %v\n%s", src, printed, again.Err(), diff)
		}
	})
}

func BenchmarkString(b *testing.B) {
	s := string(AppendString(nil, strings.Repeat("export PATH=$out/bin\n", 500)))
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		NewScanner(s).Text()
	}
}
