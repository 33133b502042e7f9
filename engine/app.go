package engine

import (
	"context"
	"fmt"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/drvname"
)

// An App is a program of a package.
type App struct {
	Target  store.DerivedPath // that the program is in
	program string            // perhaps with a placeholder for the output
}

// AppOf returns the program that nix run runs of a package, which v is.
//
// Behaviour: InstallableValue::toApp in Nix's app.cc.
func (e *Engine) AppOf(ctx context.Context, ev *eval.Evaluator, v eval.Value) (App, error) {
	var app App
	err := ev.Do(ctx, func(s *eval.State) { app = e.app(cursor{s: s, v: v}) })
	if err != nil {
		return app, err
	}
	return app, e.Flush(ctx)
}

func (e *Engine) app(c cursor) App {
	if c.must("type").text() != "derivation" {
		c.s.FailWith(fmt.Errorf("attribute '%s' should have type 'derivation'", c))
	}
	drvPath, err := e.store.Dir().ParsePath(c.must("drvPath").text())
	if err != nil {
		c.s.FailWith(err)
	}
	if !drvPath.IsDerivation() {
		c.s.Raise(eval.ErrorOther, syntax.Hintf("store path '%s' is not a valid derivation path", drvPath.Base()))
	}
	outPath, output := c.must("outPath").text(), c.must("outputName").text()
	main, _ := drvname.Split(c.must("name").text())
	if pname, ok := c.get("pname"); ok {
		main = pname.text()
	}
	if meta, ok := c.get("meta"); ok {
		if program, ok := meta.get("mainProgram"); ok {
			main = program.text()
		}
	}
	return App{
		Target:  store.DerivedPath{Path: drvPath, Outputs: []store.OutputName{output}},
		program: outPath + "/bin/" + main,
	}
}

// Program returns the file to run once the target has been realised, with outputs.
func (a App) Program(dir store.Dir, outputs map[store.OutputName]store.Path) (string, error) {
	program := a.program
	if p := outputs[a.Target.Outputs[0]]; p != "" {
		program = strings.ReplaceAll(program, inputOf(a.Target).Placeholder(), string(p))
	}
	if _, _, err := dir.PathOf(program); err != nil {
		return "", fmt.Errorf("app program '%s' is not in the Nix store", program)
	}
	return program, nil
}
