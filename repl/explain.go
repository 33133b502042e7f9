package repl

import (
	"context"

	"nixbench/engine"
	"nixbench/inspect/reasons"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/drv"
)

// Explain says why what a plan builds has to be built, in the order of the plan.
func Explain(ctx context.Context, eng *engine.Engine, plan *engine.Plan) ([]reasons.Reason, error) {
	if len(plan.Build) == 0 {
		return nil, nil
	}
	g, err := eng.Graph(ctx)
	if err != nil {
		return nil, err
	}
	builds := make([]reasons.Build, len(plan.Build))
	for i, b := range plan.Build {
		builds[i] = reasons.Build{Drv: b.DrvPath, Needs: b.Needs}
	}
	return reasons.Explain(ctx, g, eng.ReadDerivation, builds)
}

// ReasonLine says of one build why it has to be, harmlessly for a terminal.
func ReasonLine(r *reasons.Reason) string {
	return text.SanitiseName(drv.NameOf(r.Drv)) + ": " + text.SanitiseName(r.Words())
}

// cmdPlan says what building a derivation would do, and why, without doing it.
func (s *sitting) cmdPlan(ctx context.Context, arg string) (*Result, error) {
	d, err := s.derivation(ctx, arg)
	if err != nil {
		return nil, err
	}
	plan, err := s.eng.PlanRealise(ctx, []store.DerivedPath{store.AllOutputsOf(d.DrvPath)})
	if err != nil {
		return nil, err
	}
	why, err := Explain(ctx, s.eng, plan)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, missing := range plan.Missing {
		lines = append(lines, "nobody can make "+text.SanitiseName(string(missing.Path)))
	}
	if n := len(plan.Copy); n > 0 {
		lines = append(lines, text.Plural(n, "path")+" from the store of this machine, "+text.Bytes(plan.CopySize()))
	}
	if n := len(plan.Substitute); n > 0 {
		lines = append(lines, text.Plural(n, "path")+" from caches, "+text.Bytes(plan.DownloadSize)+" to fetch, "+text.Bytes(plan.SubstituteSize)+" unpacked")
	}
	if len(why) > 0 {
		lines = append(lines, text.Plural(len(why), "build")+", each after what it needs:")
	}
	for i := range why {
		lines = append(lines, "  "+ReasonLine(&why[i]))
	}
	if len(lines) == 0 {
		lines = append(lines, "nothing to build: all outputs are valid")
	}
	return textResult(lines...), nil
}
