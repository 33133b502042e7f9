//go:build oracle

package engine_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/exprtest"
	"nixbench/engine/resolve"
	"nixbench/engine/syntax"
)

// answers evaluates texts on both sides.
func (o *oracleRun) answers(texts []string) []exprtest.Answer {
	all := make([]exprtest.Answer, len(texts))
	var good, bad []int
	probe := o.evaluator(nil)
	for i, text := range texts {
		all[i].Text, all[i].Exact = text, o.oracle.Exact
		all[i].Syntax = !o.parses(probe, text)
		if all[i].Syntax {
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
	ev, err := o.engine.NewEvaluator(o.t.Context(), engine.EvalOptions{
		Dir: o.dir, MemoryLimit: 1 << 30,
		Trace: say, Warn: func(msg syntax.Hint) { say(msg.Plain()) },
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
func (o *oracleRun) askList(texts []string, which []int, all []exprtest.Answer) bool {
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
	var said []string
	ev := o.evaluator(func(msg string) { said = append(said, msg) })
	list, err := ev.EvalFile(o.t.Context(), file)
	if err != nil {
		o.t.Fatalf("%s: %v", file, err)
	}
	for k, i := range which {
		said = nil
		out := o.print(ev, func(ctx context.Context) (eval.Value, error) { return ev.Force(ctx, list.List()[k]) })
		all[i].Said, all[i].Ours = said, strings.Join(append(said, out), "\n")
	}
	return true
}

// askFiles asks about texts in files of their own.
func (o *oracleRun) askFiles(texts []string, which []int, all []exprtest.Answer) {
	if len(which) == 0 {
		return
	}
	for k, i := range which {
		o.write(filepath.Join(o.dir, fmt.Sprint(k)+".nix"), texts[i])
	}
	o.askReal(which, all, func(ctx context.Context, from int) ([]string, error) {
		return o.oracle.AskFiles(ctx, o.dir, from, len(which))
	})
	var said []string
	ev := o.evaluator(func(msg string) { said = append(said, msg) })
	for k, i := range which {
		said = nil
		out := o.print(ev, func(ctx context.Context) (eval.Value, error) {
			return ev.EvalFile(ctx, filepath.Join(o.dir, fmt.Sprint(k)+".nix"))
		})
		all[i].Said, all[i].Ours = said, strings.Join(append(said, out), "\n")
	}
}

// alone asks about one text again, in processes that read nothing else before:
// the order in which attributes are evaluated, and variables looked up, is that
// in which their names were first read. The real Nix uses the given store; "" is
// the one in memory.
func (o *oracleRun) alone(a *exprtest.Answer, store string) exprtest.Answer {
	o.oracle.Store = store
	defer func() { o.oracle.Store = "" }()
	all := []exprtest.Answer{{Text: a.Text, Syntax: a.Syntax, Exact: a.Exact}}
	texts, which := []string{a.Text}, []int{0}
	if a.Syntax || !o.askList(texts, which, all) {
		o.askFiles(texts, which, all)
	}
	if all[0].Died {
		return *a
	}
	file := filepath.Join(o.oracle.Home, "alone")
	cmd := exec.CommandContext(o.t.Context(), os.Args[0], "-test.run", "^TestOracleAlone$")
	cmd.Env = append(os.Environ(), "ALONE="+file)
	out, err := cmd.CombinedOutput()
	text, _ := os.ReadFile(file)
	var b exprtest.Answer
	if err != nil || gob.NewDecoder(bytes.NewReader(text)).Decode(&b) != nil {
		o.t.Fatalf("ask alone: %v\n%s", err, out)
	}
	all[0].Ours, all[0].Said = b.Ours, b.Said
	return all[0]
}

// TestOracleAlone is the process that alone starts: it evaluates the text that
// was written last, and writes the answer to $ALONE.
func TestOracleAlone(t *testing.T) {
	file := os.Getenv("ALONE")
	if file == "" {
		return
	}
	o := newOracleAt(t, filepath.Dir(file))
	var a exprtest.Answer
	ev := o.evaluator(func(msg string) { a.Said = append(a.Said, msg) })
	out := o.print(ev, func(ctx context.Context) (eval.Value, error) {
		batch, single := filepath.Join(o.dir, "batch.nix"), filepath.Join(o.dir, "0.nix")
		if !newer(single, batch) {
			list, err := ev.EvalFile(ctx, batch)
			if err != nil {
				return list, err
			}
			return ev.Force(ctx, list.List()[0])
		}
		return ev.EvalFile(ctx, single)
	})
	a.Ours = strings.Join(append(a.Said, out), "\n")
	var text bytes.Buffer
	if err := gob.NewEncoder(&text).Encode(a); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// newer reports whether a file was written after another.
func newer(file, than string) bool {
	a, err := os.Stat(file)
	if err != nil {
		return false
	}
	b, err := os.Stat(than)
	return err != nil || a.ModTime().After(b.ModTime())
}

// askReal collects the real Nix's answers, past those that it dies of.
func (o *oracleRun) askReal(which []int, all []exprtest.Answer, ask func(ctx context.Context, from int) ([]string, error)) bool {
	for from := 0; from < len(which); {
		got, err := ask(o.t.Context(), from)
		if err != nil && !errors.Is(err, exprtest.ErrDied) {
			o.t.Fatal(err)
		}
		for _, text := range got {
			all[which[from]].Theirs = strings.TrimRight(text, "\n")
			from++
		}
		if from == 0 && err != nil {
			return false
		}
		if len(got) > 0 && strings.Contains(got[0], "undefined variable 'oracle-question'") {
			return false
		}
		if err != nil && from < len(which) {
			all[which[from]].Died = true
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

// unfinished begins the answer of an evaluation that took too long.
const unfinished = "unexpected: "

// print evaluates and prints as the REPL does for :p.
func (o *oracleRun) print(ev *eval.Evaluator, f func(context.Context) (eval.Value, error)) (answer string) {
	defer func() {
		if r := recover(); r != nil {
			answer = fmt.Sprintf("crash: %v\n%s", r, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(o.t.Context(), o.patience)
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
		return e.Format(o.oracle.Exact)
	case err != nil:
		return unfinished + err.Error()
	}
	return strings.TrimRight(out, "\n")
}
