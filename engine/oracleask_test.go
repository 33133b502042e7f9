//go:build oracle

package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

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
		all[i].Text = text
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
	var said strings.Builder
	ev := o.evaluator(func(msg string) { said.WriteString(msg + "\n") })
	list, err := ev.EvalFile(o.t.Context(), file)
	if err != nil {
		o.t.Fatalf("%s: %v", file, err)
	}
	for k, i := range which {
		said.Reset()
		out := o.print(ev, func(ctx context.Context) (eval.Value, error) { return ev.Force(ctx, list.List()[k]) })
		all[i].Ours = said.String() + out
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
	var said strings.Builder
	ev := o.evaluator(func(msg string) { said.WriteString(msg + "\n") })
	for k, i := range which {
		said.Reset()
		out := o.print(ev, func(ctx context.Context) (eval.Value, error) {
			return ev.EvalFile(ctx, filepath.Join(o.dir, fmt.Sprint(k)+".nix"))
		})
		all[i].Ours = said.String() + out
	}
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
