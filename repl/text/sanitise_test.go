package text

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSanitise(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "checking for gcc... yes", "checking for gcc... yes"},
		{"colour is kept and reset", "\x1b[31mred", "\x1b[31mred\x1b[m"},
		{"reset already there", "\x1b[1;31mred\x1b[0m tail", "\x1b[1;31mred\x1b[m tail"},
		{"colour without text", "\x1b[31m", ""},
		{"combined reset at the end", "\x1b[31ma\x1b[31;0m", "\x1b[31ma\x1b[m"},
		{"blink and conceal go", "\x1b[5;8;31mx\x1b[8my", "\x1b[31mxy\x1b[m"},
		{"256 colours are not blinking", "\x1b[38;5;8mx", "\x1b[38;5;8mx\x1b[m"},
		{"true colour", "\x1b[48;2;1;5;8mx", "\x1b[48;2;1;5;8mx\x1b[m"},
		{"extended colour cut short", "\x1b[38;5mx", "x"},
		{"modifyOtherKeys is no SGR", "\x1b[>4;1mx", "x"},
		{"progress bar", "10%\r50%\r100%", "100%"},
		{"progress bar ended by return", "10%\r99%\r", "99%"},
		{"progress bar erased at the end", "50%\r   \x1b[K\r", "50%"},
		{"indented after return", "10%\r  done", "  done"},
		{"tabs", "a\tb", "a       b"},
		{"clear screen and home", "a\x1b[2J\x1b[Hb", "ab"},
		{"title", "\x1b]0;owned\x07x", "x"},
		{"clipboard", "\x1b]52;c;ZXZpbA==\x1b\\x", "x"},
		{"link", "\x1b]8;;http://evil\x1b\\text\x1b]8;;\x1b\\", "text"},
		{"unterminated OSC", "ok\x1b]0;rest", "ok"},
		{"OSC ended by another sequence", "\x1b]0;a\x1b[31mb", "\x1b[31mb\x1b[m"},
		{"DCS", "\x1bP1$r\x1b\\x", "x"},
		{"APC and PM", "\x1b_a\x1b\\x\x1b^b\x1b\\y", "xy"},
		{"RIS and charset", "\x1bc\x1b(0x", "x"},
		{"C1 CSI in UTF-8", "\u009b31mx", "x"},
		{"C1 OSC in UTF-8", "\u009d0;t\u009cx", "x"},
		{"C1 CSI raw", "\x9b2Jx", "x"},
		{"a letter whose second byte is 0x9c", "Ü\x1b]0;Ü\x07x", "Üx"},
		{"other C1", "a\u0085b\x85c", "abc"},
		{"C0", "a\x07\x08\x0e\x00b\x7f", "ab"},
		{"invalid UTF-8", "a\xffb\xc3", "a\ufffdb\ufffd"},
		{"bidi and zero width", "a\u202eb\u200bc\u2066d\ufeff", "abcd"},
		{"many combining marks", "e" + strings.Repeat("\u0301", 30), "e" + strings.Repeat("\u0301", 8)},
		{"wide", "世界", "世界"},
		{"lone escape", "a\x1b", "a"},
		{"lone CSI", "a\x1b[", "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Sanitise(tt.in); got != tt.want {
				t.Errorf("Sanitise(%q)\ngot  %q\nwant %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestSanitiseCapsLine(t *testing.T) {
	got := Sanitise("\x1b[31m" + strings.Repeat("世", 10_000))
	if w := Width(got); w != MaxCells {
		t.Errorf("got %d cells, want %d", w, MaxCells)
	}
	if !strings.HasSuffix(got, reset) {
		t.Errorf("got no reset at the end: %q", got[len(got)-10:])
	}
	if got := Sanitise(strings.Repeat("\x1b[31m", 100_000) + "x"); len(got) > 200 {
		t.Errorf("got %d bytes for one visible character", len(got))
	}
}

func TestSanitiseName(t *testing.T) {
	tests := []struct{ in, want string }{
		{"hello-2.12.2", "hello-2.12.2"},
		{"naïve", "naïve"},
		{"a\x1b[31mb", `a\x1b[31mb`},
		{"a\u202eb", `a\u202eb`},
		{"a\u200bb", `a\u200bb`},
		{"a\nb\tc\rd", `a\nb\tc\rd`},
		{"a\xffb", `a\xffb`},
		{"a\U000e0041b", `a\u{e0041}b`},
		{"\u009b31m", `\u009b31m`},
	}
	for _, tt := range tests {
		if got := SanitiseName(tt.in); got != tt.want {
			t.Errorf("SanitiseName(%q): got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestPlain(t *testing.T) {
	got := Plain("\x1b[31mred\x1b[m\n10%\r20%\nt\tab\n\x1b]0;x\x07last")
	want := "red\n20%\nt\tab\nlast"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := PlainLine("a\nb\x1b[1mc"), "a bc"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

var sgr = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

func FuzzSanitise(f *testing.F) {
	for _, s := range []string{"a\x1b[31mb", "\x1b]8;;x\x07y", "\u009b1m", "a\rb\r", "\t\u202e\xff\x9c", "\x1b[38;5;1;5;8mq"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := Sanitise(in)
		check(t, sgr.ReplaceAllString(got, ""))
		if w := Width(got); w > MaxCells {
			t.Errorf("got %d cells", w)
		}
		if again := Sanitise(got); again != got {
			t.Errorf("not idempotent: %q, then %q", got, again)
		}
		name := SanitiseName(in)
		check(t, name)
		if again := SanitiseName(name); again != name {
			t.Errorf("name not idempotent: %q, then %q", name, again)
		}
		check(t, PlainLine(in))
		plain := Plain(in)
		check(t, strings.NewReplacer("\n", "", "\t", "").Replace(plain))
		if again := Plain(plain); again != plain {
			t.Errorf("plain not idempotent: %q, then %q", plain, again)
		}
	})
}

// check fails if s holds anything that a terminal would obey.
func check(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("not UTF-8: %q", s)
	}
	for _, r := range s {
		if r < 0x20 || isHidden(r) || r == 0x7f {
			t.Errorf("%U left in %q", r, s)
		}
	}
}

func BenchmarkSanitise(b *testing.B) {
	line := "\x1b[32m[ 42%]\x1b[0m Building CXX object src/CMakeFiles/nix.dir/libexpr/primops/context.cc.o and then some"
	b.ReportAllocs()
	for b.Loop() {
		Sanitise(line)
	}
}
