package logview

import (
	"bytes"
	"strings"
)

// This file knows an error in a log when it sees one.

// errorWords are in lines that tell of errors, in lower case: of compilers, linkers,
// make, test runners, shells, and languages.
var errorWords = []string{
	"error:", "error[", "fatal:", "fatal error", " error ", "errors occurred",
	"*** [", "undefined reference", "cannot find ", "no such file or directory", "command not found",
	"permission denied", "segmentation fault", "core dumped", "assertion", "traceback (most recent call last)",
	"panic:", "panicked at", "--- fail", "failed", "failure:", "not ok ", "exception:", "killed",
}

// noErrors are in lines that have the words for another reason.
var noErrors = []string{"0 failed", "0 failures", "no error", "-werror", "0 errors"}

// errorIn says where in a line, which is in lower case, it tells of an error; from is
// -1 if it does not.
func errorIn(low string) (from, to int) {
	for _, no := range noErrors {
		if strings.Contains(low, no) {
			return -1, -1
		}
	}
	for _, word := range errorWords {
		if i := strings.Index(low, word); i >= 0 {
			word = strings.TrimRight(word, " ")
			skip := len(word) - len(strings.TrimLeft(word, " "))
			return i + skip, i + len(word)
		}
	}
	return -1, -1
}

// matcher says which lines are found.
func (s *finder) matcher() func(low []byte) bool {
	if s.errors {
		return func(low []byte) bool {
			from, _ := errorIn(string(low))
			return from >= 0
		}
	}
	want := []byte(s.query)
	return func(low []byte) bool { return bytes.Contains(low, want) }
}

// next says where the next thing that is looked for stands in low from at on; from is
// -1 for nowhere.
func (s *finder) next(low string, at int) (from, to int) {
	switch {
	case s.errors && at > 0:
		return -1, -1 // one in a line
	case s.errors:
		return errorIn(low)
	case s.query == "":
		return -1, -1
	}
	i := strings.Index(low[at:], s.query)
	if i < 0 {
		return -1, -1
	}
	return at + i, at + i + len(s.query)
}
