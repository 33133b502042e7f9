//go:build oracle

package engine_test

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nixbench/engine"
	"nixbench/engine/enginetest"
	"nixbench/engine/eval"
	"nixbench/engine/exprtest"
	"nixbench/engine/settings"
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
type counts struct {
	all, values, errors, syntax, died, traces, differ int

	explained map[string]int // by the rule that knows why
}

func (c *counts) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d compared: %d values, %d errors, %d syntax errors, %d without an answer; %d unexplained, %d more in the trace only",
		c.all, c.values, c.errors, c.syntax, c.died, c.differ, c.traces)
	for _, rule := range slices.Sorted(maps.Keys(c.explained)) {
		fmt.Fprintf(&b, "\n\t%6d explained: %s", c.explained[rule], rule)
	}
	return b.String()
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
	deaths *os.File
	count  counts
	// patience bounds one evaluation.
	patience time.Duration
	// shrunk is how many differences were made smaller, at most $SHRINK.
	shrunk, maxShrunk int
}

func newOracleRun(t *testing.T) *oracleRun {
	home := t.TempDir()
	o := newOracleAt(t, home)
	if err := exprtest.WriteFiles(o.dir); err != nil {
		t.Fatal(err)
	}
	for _, c := range enginetest.Load(t, "testdata/lang") {
		// What is fetched is not compared: there is no network.
		if text, ok := c.Alone(); ok && !strings.Contains(text, "lake") && !strings.Contains(text, "fetch") {
			o.golden = append(o.golden, text)
		}
	}
	report := os.Getenv("REPORT")
	if report == "" {
		report = filepath.Join(home, "report")
	}
	for file, name := range map[**os.File]string{&o.report: report, &o.traces: report + ".traces", &o.deaths: report + ".deaths"} {
		var err error
		if *file, err = os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// newOracleAt is newOracleRun for what only answers, in a directory with files.
func newOracleAt(t *testing.T, home string) *oracleRun {
	o := &oracleRun{t: t, known: make(map[string]bool), patience: 6 * time.Second}
	o.count.explained = make(map[string]int)
	o.maxShrunk = 25
	if n, err := strconv.Atoi(os.Getenv("SHRINK")); err == nil {
		o.maxShrunk = n
	}
	o.oracle = exprtest.Oracle{Bin: filepath.Join(os.Getenv("NIX"), "bin"), Home: home, Timeout: 12 * time.Second}
	o.dir = o.oracle.Dir()
	var err error
	if o.oracle.Exact, err = o.oracle.IsHEAD(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.openEngine()
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

// generate returns n texts: of ten, seven are typed expressions, two are mutants
// of the language cases or of expressions that can be read, most of them, and
// one has characters that are wrong.
func (o *oracleRun) generate(seed uint64, n int) []string {
	g := exprtest.NewGenerator(seed)
	m := exprtest.NewMutator(seed, o.golden)
	probe := o.evaluator(nil)
	texts := make([]string, n)
	for i := range texts {
		switch i % 10 {
		case 7:
			texts[i] = o.readable(probe, m.Text)
		case 8:
			texts[i] = o.readable(probe, func() string { return m.MutantOf(g.Expr(1 + i%20)) })
		case 9:
			text := m.Golden()
			if i%20 == 9 {
				text = g.Expr(1 + i%20)
			}
			texts[i] = m.Misspelt(text)
		default:
			g.Lies = []int{0, 4, 30, 4, 0, 4, 60}[i%10]
			g.Traces = i%10 == 3
			texts[i] = g.Expr(1 + i%40)
			if g.Traces {
				texts[i] = "(v: builtins.deepSeq v v) (" + texts[i] + ")"
			}
		}
	}
	return texts
}

// readable makes a text that can be read, if that is not too hard.
func (o *oracleRun) readable(probe *eval.Evaluator, text func() string) (t string) {
	for range 6 {
		if t = text(); o.parses(probe, t) {
			break
		}
	}
	return t
}

// compare compares texts, and reports differences.
func (o *oracleRun) compare(texts []string) {
	for _, a := range o.answers(texts) {
		o.count.add(&a)
		if a.Died {
			report(o.deaths, &a, "")
		}
		switch v, rule := a.Compare(); v {
		case exprtest.Explained:
			o.count.explained[rule]++
		case exprtest.TraceOnly:
			if o.oracle.Exact {
				o.again(&a)
			} else if o.count.traces++; o.count.traces < maxReports {
				report(o.traces, &a, "")
			}
		case exprtest.Different:
			o.again(&a)
		}
	}
}

// takesTooMuch is what we say of what takes too long, or more than MemoryLimit.
var takesTooMuch = regexp.MustCompile(`error: (interrupted by the user|memory limit exceeded)`)

// again asks again about what differs: alone, and with a store of files.
func (o *oracleRun) again(a *exprtest.Answer) {
	for _, try := range []struct{ store, rule string }{
		{"", "it depends on what the process has read before"},
		{filepath.Join(o.oracle.Home, "store"), "2.34's store in memory does not keep what its paths refer to"},
	} {
		b := o.alone(a, try.store)
		if (b.Died || b.Theirs == "" || strings.Contains(b.Theirs, "error: stack overflow; max-call-depth exceeded")) && takesTooMuch.MatchString(b.Ours) {
			o.count.died++ // for both
			return
		}
		switch v, rule := b.Compare(); v {
		case exprtest.Same, exprtest.TraceOnly:
			if o.oracle.Exact && v == exprtest.TraceOnly {
				continue
			}
			o.count.explained[try.rule]++
			return
		case exprtest.Explained:
			o.count.explained[rule]++
			return
		}
	}
	o.differs(a)
}

// add counts an answer by its kind.
func (c *counts) add(a *exprtest.Answer) {
	c.all++
	switch {
	case a.Died:
		c.died++
	case a.Syntax:
		c.syntax++
	case a.IsError():
		c.errors++
	default:
		c.values++
	}
}

// What is done about differences is bounded, so that a run with many ends.
const (
	maxReports = 200
	shrinkTime = 8 * time.Second // for making one smaller
)

// differs shrinks a difference and reports it, unless its like was reported.
func (o *oracleRun) differs(a *exprtest.Answer) {
	o.count.differ++
	if o.known[a.Signature()] || len(o.known) > maxReports {
		return
	}
	o.known[a.Signature()] = true
	if o.shrunk++; o.shrunk > o.maxShrunk {
		report(o.report, a, "")
		return
	}
	defer func(ours, theirs time.Duration) { o.patience, o.oracle.Timeout = ours, theirs }(o.patience, o.oracle.Timeout)
	o.patience, o.oracle.Timeout = time.Second, shrinkTime
	deadline := time.Now().Add(shrinkTime)
	small := exprtest.Shrink(a.Text, func(texts []string) int {
		if time.Now().After(deadline) {
			return -1
		}
		return slices.IndexFunc(o.answers(texts), func(b exprtest.Answer) bool {
			v, _ := b.Compare()
			return v == exprtest.Different && !strings.Contains(b.Ours, unfinished)
		})
	})
	b := o.alone(&o.answers([]string{small})[0], "")
	if v, _ := b.Compare(); v != exprtest.Different {
		b = *a // it became so small only among others
	}
	note := ""
	if o.known[b.Signature()] {
		note = "(like one before)\n"
	}
	report(o.report, &b, note)
	o.known[b.Signature()] = true
}

func report(w io.Writer, a *exprtest.Answer, note string) {
	fmt.Fprintf(w, "%s\n--- ours\n%s\n--- theirs\n%s\n%s\n==========\n", a.Text, a.Ours, a.Theirs, note)
}
