package syntax

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A taped text is all that is made of it.
type tapedText struct {
	Code, Stored string
	Names        []string
	Err          string
	Line, Docs   int
}

// tapeText parses a text with a table of names of its own.
func tapeText(text string, opts Options) (made tapedText) {
	opts.Symbols = NewSymbols()
	tape, f, err := ParseTape("/file", text, &opts, func(Expr, *File) error { return nil })
	if err != nil {
		made.Err = err.Error()
		made.Line = f.Position(f.Pos(len(text))).Line
		return made
	}
	made.Code = tape.code
	for _, y := range tape.syms {
		made.Names = append(made.Names, opts.Symbols.Name(y))
	}
	f.Drop(func() ([]byte, error) { return []byte(text), nil })
	made.Stored, made.Line = f.stored, f.Position(f.Pos(len(text))).Line
	made.Docs = len(f.docs)
	return made
}

// TestScanBeside pins that a text that is scanned beside the parser becomes what it becomes
// without, and that whoever scans it ends.
func TestScanBeside(t *testing.T) {
	part := "  /** what a is */ a0 = { x, y ? ./b, ... }@args: \"s ${x + ''i${y}''} t\" ++ [ or1 1.5 <z> http://a ];\n"
	long := func(eol string) string {
		var b strings.Builder
		b.WriteString("rec {" + eol)
		for b.Len() < 3*minScannedAhead {
			b.WriteString(strings.Replace(strings.TrimSuffix(part, "\n"), "a0", name(b.Len()), 1) + eol)
		}
		return b.String()
	}
	for kind, text := range map[string]string{
		"right":              long("\n") + "}",
		"other line ends":    long("\r\n") + "}",
		"ends too soon":      long("\n"),
		"wrong at the start": "{ = " + long("\n") + "}",
		"wrong token":        long("\n") + "a = ./b/; }",
		"twice":              long("\n") + "dup = 1; dup = 2; }" + long("\n"),
		"open comment":       long("\n") + "} /* " + long("\n"),
	} {
		t.Run(kind, func(t *testing.T) {
			ended := make(chan struct{})
			opts := Options{PipeOperators: true, Beside: func(work func()) bool {
				go func() {
					defer close(ended)
					work()
				}()
				return true
			}}
			got := tapeText(text, opts)
			if diff := cmp.Diff(tapeText(text, Options{PipeOperators: true}), got); diff != "" {
				t.Errorf("scanned beside the parser: %.1000s", diff)
			}
			if right := kind == "right" || kind == "other line ends"; right != (got.Err == "") {
				t.Errorf("error %q", got.Err)
			}
			select {
			case <-ended:
			case <-time.After(time.Minute):
				t.Error("the scan does not end")
			}
		})
	}
}

// name makes a name of a number.
func name(n int) string {
	return "a" + strings.Repeat("b", n%7) + string(rune('a'+n%26)) + strconv.Itoa(n)
}

// TestScanBesideCancelled pins that whoever scans a text ends when the parser is unwound.
func TestScanBesideCancelled(t *testing.T) {
	cancelled := errors.New("cancelled")
	ended := make(chan struct{})
	opts := Options{
		Poll: func() { panic(cancelled) },
		Beside: func(work func()) bool {
			go func() {
				defer close(ended)
				work()
			}()
			return true
		},
	}
	func() {
		defer func() {
			if recover() != cancelled {
				t.Error("the parser was not unwound")
			}
		}()
		tapeText(strings.Repeat("1 + ", minScannedAhead)+"1", opts)
	}()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Error("the scan does not end")
	}
}
