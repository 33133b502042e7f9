package repl

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/drv"
)

// derivation evaluates an expression to exactly one derivation, which is in the store.
func (s *sitting) derivation(ctx context.Context, arg string) (engine.Derivation, error) {
	v, err := s.evalText(ctx, arg)
	if err != nil {
		return engine.Derivation{}, err
	}
	var is bool
	if err := s.ev.Do(ctx, func(st *eval.State) { is = st.IsDerivation(st.ForceCtx(v, "")) }); err != nil {
		return engine.Derivation{}, err
	}
	if !is {
		return engine.Derivation{}, errors.New("expression does not evaluate to a derivation, so I can't build it")
	}
	drvs, err := s.eng.Derivations(ctx, s.ev, v, engine.WalkOptions{}, 0)
	if err != nil {
		return engine.Derivation{}, err
	}
	if readOnly := s.eng.Writable(); readOnly != nil {
		if _, err := s.eng.StoreOf(ctx, drvs[0].DrvPath); err != nil {
			return engine.Derivation{}, fmt.Errorf("write '%s': %w", drvs[0].DrvPath, readOnly)
		}
	}
	return drvs[0], nil
}

func (s *sitting) cmdBuild(ctx context.Context, arg string) (*Result, error) {
	d, err := s.derivation(ctx, arg)
	if err != nil {
		return nil, err
	}
	return s.build(ctx, d)
}

// build realises all outputs of a derivation.
func (s *sitting) build(ctx context.Context, d engine.Derivation) (*Result, error) {
	plan, err := s.eng.PlanRealise(ctx, []store.DerivedPath{store.AllOutputsOf(d.DrvPath)})
	if err != nil {
		return nil, err
	}
	result, err := s.eng.ExecuteRealise(ctx, plan)
	if err != nil {
		return nil, err
	}
	if err := result.Err(); err != nil {
		return nil, err
	}
	res := &Result{Kind: ResultBuilt, Drv: d.DrvPath, Built: len(plan.Build), Copied: len(plan.Copy) + len(plan.Substitute)}
	outputs := result.Outcomes[0].Outputs
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		res.Outputs = append(res.Outputs, BuiltOutput{Name: name, Path: outputs[name]})
	}
	return res, nil
}

func (s *sitting) cmdBuildLink(ctx context.Context, arg string) (*Result, error) {
	res, err := s.cmdBuild(ctx, arg)
	if err != nil {
		return nil, err
	}
	for i := range res.Outputs {
		out := &res.Outputs[i]
		name := "repl-result-" + out.Name
		if err := s.eng.AddRoot(ctx, out.Path, filepath.Join(s.opts.Dir, name)); err != nil {
			return nil, err
		}
		out.Link = "./" + name
	}
	return res, nil
}

// cmdInstall says what installing a derivation would do, and leads to the command that
// does it.
func (s *sitting) cmdInstall(ctx context.Context, arg string) (*Result, error) {
	d, command, err := s.commandOn(ctx, arg, "nix-env", "--install")
	if err != nil {
		return nil, err
	}
	plan := exec.CommandContext(ctx, command[0], append(slices.Clone(command[1:]), "--dry-run")...)
	plan.Dir = s.opts.Dir
	out, err := plan.CombinedOutput()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	lines := strings.Split(strings.TrimRight(cleanText(string(out)), "\n"), "\n")
	if err != nil {
		return nil, fmt.Errorf("plan what to install: %w: %s", err, lines[len(lines)-1])
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "(dry run") })
	res := textResult(lines...)
	res.Then = &Then{Command: command, Ask: "install " + text.SanitiseName(drv.NameOf(d.DrvPath)) + " into the profile?"}
	return res, nil
}

// commandOn is a command of this program on the derivation that an expression is.
func (s *sitting) commandOn(ctx context.Context, arg string, words ...string) (engine.Derivation, []string, error) {
	if len(s.opts.Program) == 0 {
		return engine.Derivation{}, nil, errors.New("this session does not know how to start nixbench")
	}
	d, err := s.derivation(ctx, arg)
	if err == nil {
		err = s.eng.Flush(ctx)
	}
	return d, slices.Concat(s.opts.Program, words, []string{string(d.DrvPath)}), err
}

// cmdDevShell opens a shell with what building a derivation needs.
func (s *sitting) cmdDevShell(ctx context.Context, arg string) (*Result, error) {
	_, command, err := s.commandOn(ctx, arg, "nix-shell")
	if err != nil {
		return nil, err
	}
	return &Result{Then: &Then{Command: command, Interactive: true}}, nil
}

// withBuildInput is a derivation that needs another, as nix repl makes it.
const withBuildInput = `drv: (import <nixpkgs> {}).runCommand "shell" { buildInputs = [ drv ]; } ""`

// cmdUseShell opens a shell in which a derivation can be used.
func (s *sitting) cmdUseShell(ctx context.Context, arg string) (*Result, error) {
	if strings.TrimSpace(arg) == "" {
		return nil, errNoExpression
	}
	return s.cmdDevShell(ctx, "("+withBuildInput+") (\n"+arg+"\n)")
}

// splitArgs splits an argument at the first blank outside of brackets and strings.
func splitArgs(arg string) (first, second string, ok bool) {
	scan := syntax.NewScanner(arg)
	depth, last := 0, int32(0)
	for {
		tok := scan.Next()
		if tok.Kind == syntax.EndOfFile || tok.Kind == syntax.BadToken {
			return "", "", false
		}
		if depth == 0 && last > 0 && tok.Start > last {
			return arg[:last], strings.TrimSpace(arg[last:]), true
		}
		switch tok.Kind {
		case syntax.ParenOpen, syntax.BraceOpen, syntax.BracketOpen, syntax.DollarBrace:
			depth++
		case syntax.ParenClose, syntax.BraceClose, syntax.BracketClose:
			depth--
		}
		last = int32(tok.End)
	}
}

// cmdLog leads to the build's log on the Builds screen.
func (s *sitting) cmdLog(ctx context.Context, arg string) (*Result, error) {
	d, err := s.derivation(ctx, arg)
	if err != nil {
		return nil, err
	}
	log, err := s.eng.Log(ctx, d.DrvPath)
	if err != nil {
		return nil, err
	}
	log.Close()
	return &Result{Drv: d.DrvPath, Then: &Then{Screen: ScreenBuilds, Path: d.DrvPath}}, nil
}

// storePath evaluates an expression to a store path: a derivation's first
// output, a string or path that leads there.
func (s *sitting) storePath(ctx context.Context, arg string) (store.Path, error) {
	v, err := s.evalText(ctx, arg)
	if err != nil {
		return "", err
	}
	var out string
	err = s.ev.Do(ctx, func(st *eval.State) {
		out, _ = st.CoerceToString(v, "while looking for a store path", eval.CoerceOpts{})
	})
	if err != nil {
		return "", err
	}
	p, err := s.eng.ResolveLink(out, out)
	if err != nil {
		return "", err
	}
	_, err = s.eng.StoreOf(ctx, p)
	return p, err
}

func (s *sitting) cmdClosure(ctx context.Context, arg string) (*Result, error) {
	p, err := s.storePath(ctx, arg)
	if err != nil {
		return nil, err
	}
	return &Result{Then: &Then{Screen: ScreenClosure, Path: p}}, nil
}

func (s *sitting) cmdWhy(ctx context.Context, arg string) (*Result, error) {
	first, second, ok := splitArgs(arg)
	if !ok {
		return nil, errors.New(":why needs two expressions, what depends and on what; those with blanks in parentheses")
	}
	from, err := s.storePath(ctx, first)
	if err != nil {
		return nil, err
	}
	to, err := s.storePath(ctx, second)
	if err != nil {
		return nil, err
	}
	return &Result{Then: &Then{Screen: ScreenClosure, Why: [2]store.Path{from, to}}}, nil
}
