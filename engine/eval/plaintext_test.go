package eval

import "testing"

// TestPlainText pins what becomes of escape sequences, tabs and bytes that are no text.
func TestPlainText(t *testing.T) {
	for msg, want := range map[string]string{
		"plain":                        "plain",
		"a\tb":                         "a       b",
		"aé\tb\nc\td":                  "aé      b\nc      d", // the second tab is at column 10
		"\x1b[31;1merror:\x1b[0m\rx\a": "error:x",
		"\x1b]8;;http://x\x1b\\y":      "y",
		"\x1b]0;title\az":              "z",
		"\x1bMup\x1b":                  "up",
		"nul\x00 and \xff\xfe":         "nul\x00 and \xff\xfe",
	} {
		if got := PlainText(msg); got != want {
			t.Errorf("PlainText(%q) = %q, want %q", msg, got, want)
		}
	}
}
