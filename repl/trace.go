package repl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine/eval"
	"nixbench/repl/text"
)

// This file steps through the trace of the last error, or of a stopped
// evaluation. Steps count from 0, the error itself. While one is selected, its
// variables hide those of the session, and further errors do not replace the trace.

// A trace is what the commands :bt, :st and :env look at.
type trace struct {
	steps []eval.Step
	at    int         // the selected step
	scope *eval.Scope // with its variables; nil if none is selected
}

// setTrace replaces the trace. No step is selected.
func (s *sitting) setTrace(e *eval.Error) { s.trail = trace{steps: e.Steps()} }

// selectStep makes the variables of a step visible.
func (s *sitting) selectStep(i int) {
	s.trail.at, s.trail.scope = i, s.scope.Clone()
	s.trail.scope.DefineStep(&s.trail.steps[i])
}

// visible is the scope that inputs are evaluated in.
func (s *sitting) visible() *eval.Scope {
	if s.trail.scope != nil {
		return s.trail.scope
	}
	return s.scope
}

var errNoTrace = errors.New("there was no error yet")

const (
	firstSteps = 12 // of a long trace that :bt lists
	lastSteps  = 4
)

func (s *sitting) cmdTrace(context.Context, string) (*Result, error) {
	steps := s.trail.steps
	if len(steps) == 0 {
		return nil, errNoTrace
	}
	var lines []string
	for i := range steps {
		if left := len(steps) - lastSteps - i; i == firstSteps && left > 0 {
			lines = append(lines, fmt.Sprintf("... %s; :st N shows any", text.Plural(left, "more step")))
		}
		if i >= firstSteps && i < len(steps)-lastSteps {
			continue
		}
		mark := ""
		if s.trail.scope != nil && i == s.trail.at {
			mark = "  <-- selected"
		}
		lines = append(lines, stepLines(i, &steps[i], mark, false)...)
	}
	return textResult(lines...), nil
}

// stepLines describes a step: what was being done, where, and the source there,
// one line of it or several.
func stepLines(i int, st *eval.Step, mark string, long bool) []string {
	head := st.Text
	if st.IsError {
		head = "error: " + head
	}
	lines := strings.Split(cleanText(fmt.Sprintf("%d: %s", i, head)), "\n")
	lines[0] += mark
	if st.Pos.Line == 0 {
		return lines
	}
	lines = append(lines, "   at "+text.PlainLine(st.Pos.String()))
	around := excerpt(st.Pos)
	if !long && st.Pos.File != nil {
		around = []string{strings.TrimSpace(text.PlainLine(st.Pos.File.Line(st.Pos.Line)))}
	}
	for _, line := range around {
		lines = append(lines, "   "+line)
	}
	return lines
}

func (s *sitting) cmdStep(_ context.Context, arg string) (*Result, error) {
	steps := s.trail.steps
	if len(steps) == 0 {
		return nil, errNoTrace
	}
	i := s.trail.at
	if arg != "" {
		var err error
		if i, err = strconv.Atoi(arg); err != nil || i < 0 || i >= len(steps) {
			return nil, fmt.Errorf("got '%s', want the number of a step, from 0 to %d", text.PlainLine(arg), len(steps)-1)
		}
	}
	return s.goToStep(i), nil
}

// goToStep selects a step and says what is there.
func (s *sitting) goToStep(i int) *Result {
	s.selectStep(i)
	steps := s.trail.steps
	lines := stepLines(i, &steps[i], "", true)
	res := textResult(append(append(lines, ""), s.variables(i)...)...)
	res.Node = s.stepNode(steps, i)
	return res
}

// enter selects the step that a handle names, which may be of any error: the
// first, if it names the error.
func (s *sitting) enter(ctx context.Context, h Handle) (*Result, error) {
	return s.turnFor(ctx, func(context.Context) (*Result, error) {
		it, err := s.handles.lookup(h)
		switch {
		case err != nil:
			return nil, err
		case len(it.steps) == 0:
			return nil, errNoTrace
		case s.attached:
			return nil, errors.New("a stopped evaluation has a trace of its own: :st N selects a step of it")
		}
		s.trail = trace{steps: it.steps}
		return s.goToStep(max(it.at, 0)), nil
	})
}

func (s *sitting) cmdEnv(context.Context, string) (*Result, error) {
	if len(s.trail.steps) == 0 {
		return nil, errNoTrace
	}
	return textResult(s.variables(s.trail.at)...), nil
}

var levelNames = map[eval.LevelKind]string{
	eval.LevelFunction: "arguments", eval.LevelLet: "let", eval.LevelRec: "rec", eval.LevelWith: "with",
}

// variables lists the variables of a step, scope by scope, as far as they have
// been evaluated.
func (s *sitting) variables(i int) []string {
	var lines []string
	for _, level := range s.trail.steps[i].Levels() {
		switch {
		case level.Unknown:
			lines = append(lines, "with  (not evaluated yet)")
			continue
		case len(level.Names) == 0:
			continue
		}
		lines = append(lines, levelNames[level.Kind])
		for _, v := range level.Names[:min(len(level.Names), maxListed)] {
			lines = append(lines, fmt.Sprintf("  %s = %s", text.SanitiseName(v.Name), s.line(s.ev.Snapshot(v.Value))))
		}
		if more := len(level.Names) - maxListed; more > 0 {
			lines = append(lines, fmt.Sprintf("  ... and %d more", more))
		}
	}
	if lines == nil {
		lines = []string{"no variables are known here"}
	}
	return lines
}

func (s *sitting) cmdTraceEnable(_ context.Context, arg string) (*Result, error) {
	on := !s.tracing
	if arg != "" {
		var err error
		if on, err = parseTruth(arg); err != nil {
			return nil, fmt.Errorf(":te: %w", err)
		}
	}
	s.tracing = on
	if s.tracing {
		return textResult("showing error traces"), nil
	}
	return textResult("not showing error traces"), nil
}

// stepNames lists the variables of the selected step, for completion.
func (s *sitting) stepNames() []string {
	if s.trail.scope == nil {
		return nil
	}
	var names []string
	for _, level := range s.trail.steps[s.trail.at].Levels() {
		for _, v := range level.Names {
			if !slices.Contains(names, v.Name) {
				names = append(names, v.Name)
			}
		}
	}
	return names
}
