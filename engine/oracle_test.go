//go:build oracle

package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"nixbench/engine"
	"nixbench/engine/enginetest"
	"nixbench/engine/eval"
	"nixbench/engine/exprtest"
	"nixbench/engine/resolve"
	"nixbench/engine/settings"
	"nixbench/engine/syntax"
)

// batchSize is how many expressions one process of the real Nix is asked about.
const batchSize = 2000

// TestOracle compares what $N random expressions give here and in the real Nix
// in $NIX: the values as the REPL prints them, and the innermost messages of
// errors. Differences go, made smaller, to $REPORT. If $EXPRS is a file, its
// lines are compared instead.
func TestOracle(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("N"))
	if err != nil {
		t.Fatal(err)
	}
	seed, _ := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	o := newOracleRun(t)
	if file := os.Getenv("EXPRS"); file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		o.compare(strings.Split(strings.TrimSpace(string(text)), "\n"))
		n = 0
	}
	for done := 0; done < n; done += batchSize {
		texts := o.generate(seed, min(batchSize, n-done))
		o.compare(texts)
		seed++
		t.Logf("%s: next seed %d: %s", time.Now().Format(time.TimeOnly), seed, &o.count)
	}
	t.Logf("%s", &o.count)
	if o.count.differ > 0 {
		t.Errorf("%d differences; see %s", o.count.differ, o.report.Name())
	}
}

// counts are the figures of a run.
type counts struct{ all, values, errors, syntax, died, traces, differ int }

func (c *counts) String() string {
	return fmt.Sprintf("%d expressions: %d values, %d errors, %d syntax errors, %d without an answer; %d differ, %d more in the trace only",
		c.all, c.values, c.errors, c.syntax, c.died, c.differ, c.traces)
}

// An oracleRun compares texts.
type oracleRun struct {
	t      *testing.T
	oracle exprtest.Oracle
	engine *engine.Engine
	dir    string // relative paths start here
	golden []string
	known  map[string]bool // differences that were reported
	report *os.File
	traces *os.File
	count  counts
}

func newOracleRun(t *testing.T) *oracleRun {
	home := t.TempDir()
	o := &oracleRun{t: t, dir: filepath.Join(home, "work"), known: make(map[string]bool)}
	o.oracle = exprtest.Oracle{Bin: filepath.Join(os.Getenv("NIX"), "bin"), Home: home, Timeout: 2 * time.Minute}
	for name, text := range map[string]string{"a": "text of a", "a-b/c.txt": "c", "x.nix": "{ y }: y", "d/default.nix": "1", "data.json": `{"a": [1, 2.5]}`} {
		file := filepath.Join(o.dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	o.openEngine()
	for _, c := range enginetest.Load(t, "testdata/lang") {
		if text, ok := c.Alone(); ok {
			o.golden = append(o.golden, text)
		}
	}
	report := os.Getenv("REPORT")
	if report == "" {
		report = filepath.Join(home, "report")
	}
	var err error
	if o.report, err = os.OpenFile(report, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666); err != nil {
		t.Fatal(err)
	}
	if o.traces, err = os.OpenFile(report+".traces", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666); err != nil {
		t.Fatal(err)
	}
	return o
}

// openEngine opens an engine with the settings of the oracle.
func (o *oracleRun) openEngine() {
	env := map[string]string{"HOME": o.oracle.Home}
	set, _, err := settings.Load(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		o.t.Fatal(err)
	}
	set.ExperimentalFeatures = append(strings.Fields(exprtest.Features), "nix-command")
	o.engine, err = engine.Open(o.t.Context(), engine.Options{
		StoreURI: o.t.TempDir(), Settings: set, Throwaway: true, Getenv: func(name string) string { return env[name] },
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { o.engine.Close() })
}

// generate returns n texts: most are typed expressions, some mutants of the
// language cases.
func (o *oracleRun) generate(seed uint64, n int) []string {
	g := exprtest.NewGenerator(seed)
	m := exprtest.NewMutator(seed, o.golden)
	texts := make([]string, n)
	for i := range texts {
		switch {
		case i%5 == 4:
			texts[i] = m.Text()
		default:
			g.Lies = []int{0, 4, 30, 4}[i%5]
			g.Traces = i%5 == 3
			texts[i] = g.Expr(1 + i%40)
			if g.Traces {
				texts[i] = "(v: builtins.deepSeq v v) (" + texts[i] + ")"
			}
		}
	}
	return texts
}

// compare compares texts, and reports differences.
func (o *oracleRun) compare(texts []string) {
	for i, a := range o.answers(texts) {
		o.count.all++
		o.count.add(a)
		if a.theirs == a.ours {
			continue
		}
		if core(a.theirs) == core(a.ours) {
			if a.syntax {
				continue // the oracle has a frame for the import
			}
			if o.count.traces++; o.count.traces < 50 {
				fmt.Fprintf(o.traces, "%s\n--- ours\n%s\n--- theirs\n%s\n\n==========\n", texts[i], a.ours, a.theirs)
			}
			continue
		}
		if a.died {
			continue
		}
		o.differs(texts[i], a)
	}
}

// add counts an answer by its kind.
func (c *counts) add(a answer) {
	switch {
	case a.died:
		c.died++
	case a.syntax:
		c.syntax++
	case strings.Contains(a.ours, "error:"):
		c.errors++
	default:
		c.values++
	}
}

// shrinkTime bounds the time that goes into making one difference smaller.
const shrinkTime = 10 * time.Second

// differs shrinks a difference and reports it, unless its like was reported.
func (o *oracleRun) differs(text string, a answer) {
	o.count.differ++
	if o.known[signature(a)] {
		return
	}
	o.known[signature(a)] = true
	deadline := time.Now().Add(shrinkTime)
	small := exprtest.Shrink(text, func(texts []string) int {
		if time.Now().After(deadline) {
			return -1
		}
		for i, b := range o.answers(texts) {
			if !b.died && core(b.ours) != core(b.theirs) {
				return i
			}
		}
		return -1
	})
	b := o.answers([]string{small})[0]
	fmt.Fprintf(o.report, "%s\n--- ours\n%s\n--- theirs\n%s\n", small, b.ours, b.theirs)
	if o.known[signature(b)] {
		fmt.Fprintf(o.report, "(like one before)\n")
	}
	fmt.Fprintf(o.report, "\n==========\n")
	o.known[signature(b)] = true
}

// An answer is what one text gives here and there.
type answer struct {
	ours, theirs string
	syntax       bool // it cannot be parsed here
	died         bool
}

// clock is what depends on the time, warning what the real Nix puts before the
// evaluator's warnings.
var (
	clock   = regexp.MustCompile(`currentTime = [0-9]+`)
	warning = regexp.MustCompile(`(?m)^(evaluation )?warning: ?`)
)

// names are what differs between texts that show the same fault.
var names = regexp.MustCompile(`[0-9]+|"[^"]*"|'[^']*'`)

// signature returns what is alike in answers that show the same fault.
func signature(a answer) string {
	s := core(a.ours) + "|" + core(a.theirs)
	s = names.ReplaceAllString(s, "_")
	return s[:min(len(s), 300)]
}

// core returns the messages and the value, or the innermost message of an error
// without its place.
func core(out string) string {
	out = warning.ReplaceAllString(clock.ReplaceAllString(out, ""), "")
	at := failure.FindStringIndex(out)
	if at == nil {
		return strings.TrimSpace(out)
	}
	said, failed := out[:at[0]], out[at[0]:]
	if i := strings.LastIndex(failed, "\n       error: "); i >= 0 {
		failed = failed[i+1:]
	}
	failed, _, _ = strings.Cut(failed, "\n       at ")
	// The real Nix has begun to print some values that end with an error.
	failed = strings.TrimRight(failed, "\n [{")
	if strings.Contains(failed, "while parsing TOML:") {
		failed = "error: while parsing TOML" // what follows is the library's
	}
	// The REPL spells tabs as spaces. The digest is that of what cannot be made.
	failed = invalidPath.ReplaceAllString(failed, "path '")
	return said + strings.Join(strings.Fields(failed), " ")
}

// failure begins an error.
var failure = regexp.MustCompile(`(?m)^error:`)

// invalidPath begins the message that a store path has no valid name.
var invalidPath = regexp.MustCompile(`path '[0-9a-z]{32}-`)

// answers evaluates texts on both sides.
func (o *oracleRun) answers(texts []string) []answer {
	all := make([]answer, len(texts))
	var good, bad []int
	probe := o.evaluator(nil)
	for i, text := range texts {
		all[i].syntax = !o.parses(probe, text)
		if all[i].syntax {
			bad = append(bad, i)
		} else {
			good = append(good, i)
		}
	}
	if !o.askList(texts, good, all) {
		bad = append(bad, good...)
	}
	o.askFiles(texts, bad, all)
	return all
}

func (o *oracleRun) evaluator(say func(string)) *eval.Evaluator {
	ev, err := o.engine.NewEvaluator(engine.EvalOptions{
		Dir: o.dir, MemoryLimit: 1 << 30,
		Trace: say, Warn: say,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return ev
}

// parses reports whether a text stands alone in the list of a batch.
func (o *oracleRun) parses(ev *eval.Evaluator, text string) bool {
	e, f, err := syntax.ParseExpr("/x", "(\n"+text+"\n)", ev.ParseOptions(o.dir))
	if err != nil {
		return false
	}
	_, err = resolve.Expr(e, f, &resolve.Options{
		Symbols: eval.Symbols(),
		Global:  func(y syntax.Sym) bool { _, ok := ev.Global(eval.SymName(y)); return ok },
	})
	if err != nil {
		return false
	}
	_, _, err = syntax.ParseExpr("/x", text, ev.ParseOptions(o.dir))
	return err == nil
}

// askList asks about the texts of the given indices in one list. It reports
// false if the real Nix cannot read it.
func (o *oracleRun) askList(texts []string, which []int, all []answer) bool {
	if len(which) == 0 {
		return true
	}
	var b strings.Builder
	b.WriteString("[\n")
	for _, i := range which {
		b.WriteString("(\n" + texts[i] + "\n)\n")
	}
	b.WriteString("]\n")
	file := filepath.Join(o.dir, "batch.nix")
	o.write(file, b.String())
	if !o.askReal(which, all, func(ctx context.Context, from int) ([]string, error) {
		return o.oracle.Ask(ctx, file, from, len(which))
	}) {
		return false
	}
	var said strings.Builder
	ev := o.evaluator(func(msg string) { said.WriteString(msg + "\n") })
	list, err := ev.EvalFile(o.t.Context(), file)
	if err != nil {
		o.t.Fatalf("%s: %v", file, err)
	}
	for k, i := range which {
		said.Reset()
		out := o.print(ev, func(ctx context.Context) (eval.Value, error) { return ev.Force(ctx, list.List()[k]) })
		all[i].ours = said.String() + out
	}
	return true
}

// askFiles asks about texts in files of their own.
func (o *oracleRun) askFiles(texts []string, which []int, all []answer) {
	if len(which) == 0 {
		return
	}
	for k, i := range which {
		o.write(filepath.Join(o.dir, fmt.Sprint(k)+".nix"), texts[i])
	}
	o.askReal(which, all, func(ctx context.Context, from int) ([]string, error) {
		return o.oracle.AskFiles(ctx, o.dir, from, len(which))
	})
	var said strings.Builder
	ev := o.evaluator(func(msg string) { said.WriteString(msg + "\n") })
	for k, i := range which {
		said.Reset()
		out := o.print(ev, func(ctx context.Context) (eval.Value, error) {
			return ev.EvalFile(ctx, filepath.Join(o.dir, fmt.Sprint(k)+".nix"))
		})
		all[i].ours = said.String() + out
	}
}

// askReal collects the real Nix's answers, past those that it dies of.
func (o *oracleRun) askReal(which []int, all []answer, ask func(ctx context.Context, from int) ([]string, error)) bool {
	for from := 0; from < len(which); {
		got, err := ask(o.t.Context(), from)
		if err != nil && !errors.Is(err, exprtest.ErrDied) {
			o.t.Fatal(err)
		}
		for _, text := range got {
			all[which[from]].theirs = strings.TrimRight(text, "\n")
			from++
		}
		if from == 0 && err != nil {
			return false
		}
		if len(got) > 0 && strings.Contains(got[0], "undefined variable 'oracle-question'") {
			return false
		}
		if err != nil && from < len(which) {
			all[which[from]].died = true
			from++
		}
	}
	return true
}

func (o *oracleRun) write(file, text string) {
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		o.t.Fatal(err)
	}
}

// print evaluates and prints as the REPL does for :p.
func (o *oracleRun) print(ev *eval.Evaluator, f func(context.Context) (eval.Value, error)) string {
	ctx, cancel := context.WithTimeout(o.t.Context(), 20*time.Second)
	defer cancel()
	v, err := f(ctx)
	var out string
	if err == nil {
		err = ev.Do(ctx, func(s *eval.State) {
			if v.Kind() == eval.KindString {
				out = v.AsString()
				return
			}
			out = s.Print(v, eval.PrintOptions{Force: true, Indent: 2})
		})
	}
	var e *eval.Error
	switch {
	case errors.As(err, &e):
		return e.Format(false)
	case err != nil:
		return "unexpected: " + err.Error()
	}
	return strings.TrimRight(out, "\n")
}
