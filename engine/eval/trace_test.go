package eval

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFormat pins how errors are laid out, with and without all frames. The file
// has cases divided by lines of =====: an expression, then after ----- the error
// as it is shown, then after ----- the error with all frames.
func TestFormat(t *testing.T) {
	data, err := os.ReadFile("testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	for c := range strings.SplitSeq(string(data), "=====\n") {
		parts := strings.Split(c, "-----\n")
		ev := newTestEvaluator(nil)
		v, err := ev.EvalString(context.Background(), strings.TrimSuffix(parts[0], "\n"), "/")
		if err == nil {
			_, err = ev.ForceDeep(context.Background(), v)
		}
		e, ok := err.(*Error)
		if !ok {
			t.Errorf("%s: got %v, want an *Error", parts[0], err)
			continue
		}
		for i, want := range parts[1:] {
			if diff := cmp.Diff(want, e.Format(i == 1)+"\n"); diff != "" {
				t.Errorf("%s(-want +got)\n%s", parts[0], diff)
			}
		}
	}
}

// White space at the ends of lines is not shown, carriage returns included.
func TestFormatTrims(t *testing.T) {
	e := Errorf(ErrorOther, "one \t\r\n two\r\nthree\t ")
	if got, want := e.Format(false), "error: one\n        two\n       three"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
