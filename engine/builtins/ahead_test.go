package builtins

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/store"
)

// TestAhead pins that builtins which let others evaluate elements ahead give the value,
// the messages and the error that one goroutine gives.
func TestAhead(t *testing.T) {
	defer goleak.VerifyNone(t)
	// What is small is not shared: fib 18 allocates enough.
	const fib = `let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2);
		fill = builtins.length (builtins.filter (x: x > 0) (builtins.genList (i: i) 40000));
		say = i: x: if i == 3 then builtins.trace "three" x else x;
		fail = i: x: if i == 5 then throw "five" else if i == 6 then throw "six" else x;
		range = builtins.genList (i: i + 1) 9;
		in builtins.seq fill (`
	for _, text := range []string{
		`builtins.filter (i: say i (fib (10 + i)) > 400) range`,
		`builtins.filter (i: fail i (fib (10 + i)) > 400) range`,
		`builtins.filter (i: if i == 4 then fib 15 else fib 12 > 3) range`,
		`builtins.concatMap (i: say i [ (fib (8 + i)) i ]) range`,
		`builtins.concatMap (i: if fib (8 + i) > 400 then fail i [ i ] else [ ]) range`,
		`builtins.concatMap (i: if i == 7 then fib 15 else [ (fib i) ]) range`,
		`builtins.concatLists (map (i: builtins.seq (fib (8 + i)) (say i [ i ])) range)`,
		`builtins.concatLists (map (i: builtins.seq (fib (8 + i)) (fail i [ i ])) range)`,
		`builtins.zipAttrsWith (n: vs: vs) (map (i: builtins.seq (fib (8 + i)) (say i { a = i; ${toString i} = fib i; })) range)`,
		`builtins.zipAttrsWith (n: vs: vs) (map (i: builtins.seq (fib (8 + i)) (fail i { a = i; })) range)`,
		`builtins.listToAttrs (map (i: builtins.seq (fib (8 + i)) (say i { name = toString i; value = fib i; })) range)`,
		`builtins.listToAttrs (map (i: builtins.seq (fib (8 + i)) (fail i { name = toString i; value = fib i; })) range)`,
		`builtins.toJSON (map (i: { a = say i (fib (8 + i)); b = [ (fib i) (fib (i + 1)) ]; }) range)`,
		`builtins.toJSON (map (i: { a = fail i (fib (8 + i)); b = [ (fib i) (fib (i + 1)) ]; }) range)`,
		`builtins.concatStringsSep "-" (map (i: toString [ (fib (8 + i)) (say i i) ]) range)`,
		`builtins.concatStringsSep "-" (map (i: toString [ (fib (8 + i)) (fail i i) ]) range)`,
		`builtins.filter (i: builtins.length (builtins.concatMap (k: builtins.filter (x: fib x > k) range) range) > i) range`,
	} {
		text = fib + text + ")"
		want := outcome(t, text, 1)
		for range 4 {
			if diff := cmp.Diff(want, outcome(t, text, 4)); diff != "" {
				t.Fatalf("%s (-one goroutine +four):\n%s", text, diff)
			}
		}
	}
}

// outcome returns what evaluating a text with so many goroutines shows: messages,
// then the value or the error with its whole trace.
func outcome(t *testing.T, text string, cores int) string {
	t.Helper()
	w := newTestWorld()
	ev := eval.New(eval.Options{
		World: w, Cores: cores, Builtins: Table(Options{Derivations: instantiate.New(store.DefaultDir, w), Store: w}),
	})
	v, err := ev.EvalString(t.Context(), text, "/")
	if err == nil {
		v, err = ev.ForceDeep(t.Context(), v)
	}
	printed := ""
	if err == nil {
		printed, err = ev.PrintPlain(t.Context(), v)
	}
	shown := strings.Join(w.said, "\n") + "\n"
	var e *eval.Error
	if errors.As(err, &e) {
		return shown + e.Format(true)
	}
	return shown + printed
}
