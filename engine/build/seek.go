package build

import (
	"context"
	"slices"

	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/drv"
)

// This file asks elsewhere for what a derivation was resolved to, once what it needs is
// there: before that nobody can be asked.
//
// Behaviour: Nix, derivation-goal.cc.

// maySeek reports whether substituters are to be asked for what g resolved to.
func (r *request) maySeek(g *goal) bool {
	planned := g.planned.resolved
	if r.b.opts.Seek == nil || g.sought || planned == nil || planned.Kind == drv.Impure || planned.Mode != Normal || planned.IsRebuild {
		return false
	}
	_, options, err := planned.load(r.ctx, r.b.opts.Store)
	return err == nil && (options.AllowSubstitutes || r.b.opts.Settings.AlwaysSubstitute)
}

// seek asks for what is wanted of a goal, without a slot.
func (r *request) seek(ctx context.Context, g *goal) {
	g.sought, g.state = true, blocked
	r.tell(g, func(act *event.Activity) { act.Phase = phaseSought })
	seekCtx, cancel := context.WithCancel(ctx)
	g.cancel = cancel
	h := g.held
	g.held = held{}
	planned := g.planned.resolved
	outputs := g.planned.node.wants
	r.workers.Go(func() {
		failed, err := r.b.opts.Seek(seekCtx, planned.DrvPath, planned.derivation, outputs)
		cancel()
		r.events <- func() {
			if err == nil && failed == Broken && !r.b.opts.Settings.Fallback {
				g.planned.Refused = substitutesFailed(planned.DrvPath)
			}
			r.unblocked(g, h, err)
		}
	})
}

// phaseSought is shown of a goal that may be substituted.
const phaseSought = "asking substituters"

// want notes what is wanted of a derivation that is to be resolved.
func (n *node) want(names []store.OutputName) {
	if !n.resolve {
		return
	}
	outputs, _ := n.wanted(names)
	for _, o := range outputs {
		if !slices.Contains(n.wants, o.Name) {
			n.wants = append(n.wants, o.Name)
		}
	}
}
