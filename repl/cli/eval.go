package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
)

// runEval is `nixbench eval`: an expression's value.
func runEval(ctx context.Context, inv *invocation) error {
	eng, err := inv.openLate(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	e, err := inv.evaluate(ctx, eng, inv.readOnly)
	if err != nil {
		return err
	}
	attrs := slices.Concat(inv.attrs, inv.args)
	if len(attrs) > 1 {
		return inv.cmd.usage("unexpected argument '%s'", attrs[1])
	}
	installable := strings.Join(attrs, "")
	if inv.raw && inv.json { // Nix looks once there is an expression
		if _, err := e.root(ctx, installable); err != nil {
			return err
		}
		return inv.cmd.usage("--raw and --json are mutually exclusive")
	}
	v, pos, err := e.selected(ctx, installable)
	if err != nil {
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
		err = e.writeTo(ctx, v, pos, inv.writeTo)
	} else {
		err = e.print(ctx, v, pos)
	}
	if err != nil {
		return err
	}
	return eng.Settle(ctx)
}

// print prints a value as the flags ask for it; as nix-instantiate also what comes
// before an error. Pos is where it is held.
func (e *evaluation) print(ctx context.Context, v eval.Value, pos eval.Pos) error {
	if e.inv.xml {
		return e.printXML(ctx, v)
	}
	out, err := e.show(ctx, v, pos)
	if err != nil {
		if e.inv.evalOnly {
			io.WriteString(e.inv.env.Stdout, out)
		}
		return err
	}
	return e.tell(ctx, out)
}

// printXML prints a value as XML.
func (e *evaluation) printXML(ctx context.Context, v eval.Value) error {
	opts := engine.XMLOptions{Lazy: e.inv.evalOnly && !e.inv.strict, Places: e.inv.evalOnly && !e.inv.noLocation}
	return e.traced(engine.WriteXML(ctx, e.ev, settled{ctx, e.eng, e.inv.env.Stdout}, v, opts))
}

// A settled writer writes once the paths that the text may have in it are there to stay.
type settled struct {
	ctx context.Context
	eng *engine.Engine
	w   io.Writer
}

func (s settled) Write(p []byte) (int, error) {
	if err := s.eng.Settle(s.ctx); err != nil {
		return 0, err
	}
	return s.w.Write(p)
}

// tell is write once the paths that the text may have in it are there to stay.
func (e *evaluation) tell(ctx context.Context, out string) error {
	if err := e.eng.Settle(ctx); err != nil {
		return err
	}
	return e.write(out)
}

// writeTo writes a string to a new file, and a set of strings and such sets to
// a new directory; pos is where the value is.
func (e *evaluation) writeTo(ctx context.Context, v eval.Value, pos eval.Pos, name string) error {
	file := e.inv.abs(name)
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("path '%s' already exists", name)
	}
	err := e.ev.Do(ctx, func(s *eval.State) { v = s.Force(v) })
	if err == nil {
		err = e.ev.Do(ctx, func(s *eval.State) {
			s.Commit() // files are there also if it begins again
			writeValue(s, v, pos, file, name)
		})
	}
	return e.traced(err)
}

// writeValue writes a value, which an attribute at pos holds, to a file that errors
// call shown.
func writeValue(s *eval.State, v eval.Value, pos eval.Pos, file, shown string) {
	switch v = s.Force(v); v.Kind() {
	case eval.KindString:
		if err := os.WriteFile(file, []byte(v.AsString()), 0o666); err != nil {
			s.FailWith(openingFile(shown, err))
		}
	case eval.KindAttrs:
		if err := os.Mkdir(file, 0o777); err != nil {
			s.FailWith(err)
		}
		for attr := range v.Attrs().BySymbol() {
			base := eval.SymName(attr.Name)
			s.While(attr.Pos, syntax.Hintf("while evaluating the attribute '%s'", base), func() {
				if base == "." || base == ".." || strings.Contains(base, "/") {
					s.Fail(eval.ErrorOther, "invalid file name '%s'", base)
				}
				writeValue(s, attr.Value, attr.Pos, filepath.Join(file, base), shown+"/"+base)
			})
		}
	default:
		s.Fail(eval.ErrorType, "value at '%s' is not a string or an attribute set", s.Evaluator().Position(pos))
	}
}

// show returns a value as the flags ask for it; with an error, what is made before it.
func (e *evaluation) show(ctx context.Context, v eval.Value, pos eval.Pos) (out string, err error) {
	program := "eval command"
	if e.inv.evalOnly {
		program = "nix-instantiate"
	}
	switch {
	case e.inv.json:
		out, err = engine.JSON(ctx, e.ev, v, engine.JSONOptions{At: pos, Lazy: e.inv.evalOnly && !e.inv.strict, CopyPaths: e.inv.evalOnly})
	case e.inv.raw:
		out, err = engine.Text(ctx, e.ev, v, "while generating the "+program+" output")
	case e.inv.evalOnly:
		out, err = e.ev.PrintPlain(ctx, v)
	default:
		err = e.ev.Do(ctx, func(s *eval.State) { out = s.Print(v, eval.PrintOptions{Force: true, WholeErrors: true}) })
	}
	if err == nil && e.inv.json && e.inv.prettyJSON() {
		var b bytes.Buffer
		err = json.Indent(&b, []byte(out), "", "  ")
		out = b.String()
	}
	return out, e.traced(err)
}

// prettyJSON reports whether JSON goes over several lines: if a terminal shows
// it, unless --pretty or --no-pretty say. The older commands never do that.
func (inv *invocation) prettyJSON() bool {
	switch {
	case inv.evalOnly:
		return false
	case inv.pretty != "":
		return inv.pretty == "yes"
	}
	return inv.env.OutTerminal
}

// write writes a value's text, with a newline unless it is raw and goes to a
// file or a pipe.
func (e *evaluation) write(out string) error {
	newline := true
	if e.inv.raw {
		newline = e.inv.env.Terminal && out != ""
	}
	if newline && len(out) < largeText {
		out, newline = out+"\n", false
	}
	_, err := io.WriteString(e.inv.env.Stdout, out)
	if newline && err == nil {
		_, err = io.WriteString(e.inv.env.Stdout, "\n")
	}
	return err
}

// largeText is what is not copied to write a line of it at once.
const largeText = 1 << 20
