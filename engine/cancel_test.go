package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"nixbench/engine"
	"nixbench/engine/eval"

	"golang.org/x/sys/unix"
)

// cancelCases are evaluations that take long in one place. NUM stands for a number
// of elements, DIR for a directory with a large file and many small ones.
var cancelCases = []struct {
	name, text string
	num        int // for the test; the benchmark takes more
}{
	{"calls", `let f = n: if n == 0 then 0 else f (n - 1); in builtins.foldl' (a: i: a + f 1000) 0 (builtins.genList (x: x) NUM)`, 1_000},
	{"sort", `builtins.length (builtins.sort builtins.lessThan (builtins.genList (x: builtins.bitXor x 87381) NUM))`, 100_000},
	{"sort by a function", `builtins.length (builtins.sort (a: b: a < b) (builtins.genList (x: builtins.bitXor x 87381) NUM))`, 100_000},
	{"match", `builtins.match "(a*)*b|(a|aa)*c" (builtins.concatStringsSep "" (builtins.genList (x: "a") NUM))`, 2_000},
	{"split", `builtins.length (builtins.split "(a)(b?)" (builtins.concatStringsSep "" (builtins.genList (x: "ab") NUM)))`, 200_000},
	{"replaceStrings", `builtins.stringLength (builtins.replaceStrings [ "x" "yy" "a" ] [ "1" "2" "3" ] (builtins.concatStringsSep "" (builtins.genList (x: "abcd") NUM)))`, 500_000},
	{"genericClosure", `builtins.length (builtins.genericClosure { startSet = [ { key = 0; } ]; operator = x: if x.key < NUM then [ { key = x.key + 1; } ] else [ ]; })`, 100_000},
	{"fromJSON", `builtins.length (builtins.fromJSON ("[" + builtins.concatStringsSep "," (builtins.genList (x: "{\"a\": [1, 2.5, \"text\"]}") NUM) + "]"))`, 200_000},
	{"fromTOML", `builtins.length (builtins.attrNames (builtins.fromTOML (builtins.concatStringsSep "\n" (builtins.genList (x: "k${toString x} = [1, 2]") NUM))))`, 20_000},
	{"toJSON", `builtins.stringLength (builtins.toJSON (builtins.genList (x: { a = [ x 2.5 "text" ]; }) NUM))`, 100_000},
	{"toXML", `builtins.stringLength (builtins.toXML (builtins.genList (x: { a = [ x 2.5 "text" ]; }) NUM))`, 100_000},
	{"concatStringsSep", `let s = builtins.genList (x: "s") NUM; in builtins.stringLength (builtins.concatStringsSep "," (builtins.deepSeq s s))`, 1_000_000},
	{"listToAttrs", `builtins.length (builtins.attrNames (builtins.listToAttrs (builtins.genList (x: { name = "n${toString x}"; value = x; }) NUM)))`, 100_000},
	{"attrNames", `let s = builtins.listToAttrs (builtins.genList (x: { name = "n${toString x}"; value = x; }) NUM); in builtins.length (builtins.attrValues (builtins.mapAttrs (n: v: n) (s // { a = 1; })))`, 100_000},
	{"equality", `builtins.genList (x: { a = x; }) NUM == builtins.genList (x: { a = x; }) NUM`, 200_000},
	{"elem", `builtins.elem (-1) (builtins.genList (x: x) NUM)`, 500_000},
	{"deepSeq", `builtins.deepSeq (builtins.genList (x: [ x [ x ] ]) NUM) 1`, 200_000},
	{"concatLists", `builtins.length (builtins.concatLists (builtins.genList (x: [ 1 2 3 ]) NUM))`, 500_000},
	{"groupBy", `builtins.length (builtins.attrNames (builtins.groupBy (x: toString x) (builtins.genList (x: x) NUM)))`, 100_000},
	{"zipAttrsWith", `builtins.length (builtins.attrNames (builtins.zipAttrsWith (n: v: v) (builtins.genList (x: { "a${toString x}" = 1; b = 2; }) NUM)))`, 50_000},
	{"hashString", `builtins.hashString "sha256" (builtins.concatStringsSep "" (builtins.genList (x: "0123456789abcdef0123456789abcdef") NUM))`, 300_000},
	{"parsing", `import DIR/large.nix`, 0},
	{"readFile", `builtins.stringLength (builtins.readFile DIR/large.json)`, 0},
	{"JSON of a file", `builtins.length (builtins.fromJSON (builtins.readFile DIR/large.json))`, 0},
	{"hashFile", `builtins.hashFile "sha256" DIR/large.json`, 0},
	{"copying a tree", `builtins.path { path = DIR; name = "tree"; }`, 0},
	{"filterSource", `builtins.filterSource (p: t: true) DIR`, 0},
	{"readDir", `builtins.length (builtins.attrNames (builtins.readDir DIR/many))`, 0},
	{"printing", `builtins.genList (x: { a = [ x 2.5 "text" ]; }) NUM`, 100_000},
}

// cancelWorld makes the directory of the cases.
func cancelWorld(t *testing.T, scale int) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("large.json", "["+strings.Repeat(`{"name": [1, 2.5, "text", null]},`, 50_000*scale)+"0]")
	write("large.nix", "["+strings.Repeat("{ a.b = x: x + 1; c = [ 1 \"${toString 2}\" ]; }\n", 8_000*scale)+"]")
	if err := os.Mkdir(filepath.Join(dir, "many"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range 500 * scale {
		write(fmt.Sprintf("many/%d", i), "x")
	}
	return dir
}

// evalPrinted evaluates and prints a text, as the command :p does.
func evalPrinted(ctx context.Context, ev *eval.Evaluator, text string) error {
	return ev.Do(ctx, func(s *eval.State) {
		s.Print(s.EvalText("«string»", text, "/", nil), eval.PrintOptions{Force: true})
	})
}

// TestCancel pins that every evaluation that takes long notices that it is
// cancelled, wherever it is, and that the evaluator is good for the same
// afterwards. With BENCH_CANCEL=1 it cancels at more moments of larger
// evaluations and prints how long they go on: make bench-cancel.
func TestCancel(t *testing.T) {
	scale, moments := 1, 1
	measure := os.Getenv("BENCH_CANCEL") != ""
	if measure {
		scale, moments = 4, 8
	}
	dir := cancelWorld(t, scale)
	e := openEngine(t, nil, engine.Options{})
	for _, c := range cancelCases {
		text := strings.NewReplacer("NUM", fmt.Sprint(c.num*scale), "DIR", dir).Replace(c.text)
		t.Run(c.name, func(t *testing.T) {
			newEvaluator := func() *eval.Evaluator {
				ev, err := e.NewEvaluator(t.Context(), engine.EvalOptions{ReadOnly: true})
				if err != nil {
					t.Fatal(err)
				}
				return ev
			}
			started := time.Now()
			if err := evalPrinted(t.Context(), newEvaluator(), text); err != nil && !errors.Is(err, context.Canceled) {
				t.Log(err) // a limit is as good as a value here
			}
			whole := time.Since(started)
			var late, cpu []time.Duration
			for i := range moments {
				if d, used, ok := cancelAfter(t, newEvaluator(), text, whole*time.Duration(i+1)/time.Duration(moments+1)); ok {
					late, cpu = append(late, d), append(cpu, used)
				}
			}
			if measure && len(late) > 0 {
				slices.Sort(late)
				fmt.Printf("%-20s takes %8.1f ms, cancelled %2d times: median %6.1f ms, longest %6.1f ms, %6.1f ms of CPU\n", c.name,
					ms(whole), len(late), ms(late[len(late)/2]), ms(late[len(late)-1]), ms(slices.Max(cpu)))
			}
		})
	}
}

// TestCancelContexts pins that errors in the texts of errors in the texts of errors …
// can be cancelled: this goes on for hours, as in Nix, which does not notice.
func TestCancelContexts(t *testing.T) {
	const text = `let f = n: builtins.addErrorContext "while counting ${f n}" (if n == 0 then throw "done" else f (n - 1)); in f 2`
	ev, err := openEngine(t, nil, engine.Options{}).NewEvaluator(t.Context(), engine.EvalOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	late, _, ok := cancelAfter(t, ev, text, 300*time.Millisecond)
	if !ok {
		t.Fatal("ended by itself")
	}
	if late > 5*time.Second {
		t.Errorf("went on for %v", late)
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// cpuTime returns the CPU time that the process has used.
func cpuTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cancelAfter cancels an evaluation after some time and returns how long it went
// on, and the CPU time that it used; ok is false if it had ended by then.
func cancelAfter(t *testing.T, ev *eval.Evaluator, text string, after time.Duration) (late, cpu time.Duration, ok bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cancelled := make(chan time.Time, 1)
	var before time.Duration
	timer := time.AfterFunc(after, func() {
		before = cpuTime()
		cancelled <- time.Now()
		cancel()
	})
	err := evalPrinted(ctx, ev, text)
	ended := time.Now()
	if timer.Stop() {
		return 0, 0, false
	}
	late = ended.Sub(<-cancelled)
	cpu = cpuTime() - before
	switch {
	case errors.Is(err, context.Canceled):
	case late > 10*time.Second:
		t.Errorf("cancelled after %v: went on for %v to its end, with error %v", after, late, err)
	default:
		return late, cpu, err == nil && late > 20*time.Millisecond // it was about to end, or did not look
	}
	var v eval.Value
	if v, err = ev.EvalString(t.Context(), "1 + 1", "/"); err != nil || v.AsInt() != 2 {
		t.Errorf("after cancelling: got %v, %v", v, err)
	}
	return late, cpu, true
}
