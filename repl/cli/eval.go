package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
)

// runEval is `nixbench eval`: an expression's value.
func runEval(ctx context.Context, inv *invocation) error {
	if inv.raw && inv.json {
		return inv.cmd.usage("--raw and --json are mutually exclusive")
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	e, err := inv.evaluate(ctx, eng, inv.readOnly)
	if err != nil {
		return err
	}
	v, err := e.root(ctx)
	if err != nil {
		return err
	}
	attrs := slices.Concat(inv.attrs, inv.args)
	if len(attrs) > 1 {
		return inv.cmd.usage("unexpected argument '%s'", attrs[1])
	}
	if v, err = e.selectAttr(ctx, v, strings.Join(attrs, ""), false); err != nil {
		return err
	}
	if inv.apply != "" {
		f, err := e.expr(ctx, inv.apply)
		if err != nil {
			return err
		}
		if v, err = e.ev.Call(ctx, f, v); err != nil {
			return e.traced(err)
		}
	}
	if inv.writeTo != "" {
		err = e.writeTo(ctx, v, inv.abs(inv.writeTo))
	} else {
		err = e.print(ctx, v)
	}
	if err != nil {
		return err
	}
	return eng.Flush(ctx)
}

// print prints a value as the flags ask for it.
func (e *evaluation) print(ctx context.Context, v eval.Value) error {
	out, err := e.show(ctx, v)
	if err != nil {
		return err
	}
	return e.write(out)
}

// writeTo writes a string to a new file, and a set of strings and such sets to
// a new directory.
func (e *evaluation) writeTo(ctx context.Context, v eval.Value, name string) error {
	v, err := e.ev.Force(ctx, v)
	if err != nil {
		return e.traced(err)
	}
	switch v.Kind() {
	case eval.KindString:
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return err
		}
		_, err = io.WriteString(f, v.AsString())
		return errors.Join(err, f.Close())
	case eval.KindAttrs:
		if err := os.Mkdir(name, 0o777); err != nil {
			return err
		}
		for attr := range v.Attrs().All() {
			base := eval.SymName(attr.Name)
			if base == "." || base == ".." || strings.Contains(base, "/") {
				return fmt.Errorf("invalid file name '%s'", base)
			}
			if err := e.writeTo(ctx, attr.Value, filepath.Join(name, base)); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("value at '%s' is not a string or an attribute set", name)
}

// show returns a value as the flags ask for it.
func (e *evaluation) show(ctx context.Context, v eval.Value) (out string, err error) {
	program := "eval command"
	if e.inv.evalOnly {
		program = "nix-instantiate"
	}
	switch {
	case e.inv.json && e.inv.evalOnly && !e.inv.strict:
		out, err = engine.LazyJSON(ctx, e.ev, v)
	case e.inv.json:
		out, err = engine.JSON(ctx, e.ev, v, e.inv.evalOnly)
	case e.inv.xml:
		out, err = engine.XML(ctx, e.ev, v, engine.XMLOptions{Lazy: e.inv.evalOnly && !e.inv.strict, Places: e.inv.evalOnly && !e.inv.noLocation})
	case e.inv.raw:
		out, err = engine.Text(ctx, e.ev, v, "while generating the "+program+" output")
	default:
		err = e.ev.Do(ctx, func(s *eval.State) { out = s.Print(v, eval.PrintOptions{Force: true}) })
	}
	return out, e.traced(err)
}

// write writes a value's text, with a newline unless it is raw and goes to a
// file or a pipe.
func (e *evaluation) write(out string) error {
	newline := !strings.HasSuffix(out, "\n")
	if e.inv.raw {
		newline = e.inv.env.Terminal && out != ""
	}
	if newline {
		out += "\n"
	}
	_, err := io.WriteString(e.inv.env.Stdout, out)
	return err
}
