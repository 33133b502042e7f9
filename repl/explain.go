package repl

import (
	"context"

	"nixbench/engine"
	"nixbench/inspect/reasons"
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
		builds[i] = reasons.Build{Drv: b.DrvPath, Derivation: b.Derivation, Needs: b.Needs}
	}
	return reasons.Explain(ctx, g, eng.ReadDerivation, builds)
}
