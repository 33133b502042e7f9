// Package gc decides what a store may delete, and deletes it.
//
// Deciding and deleting are two calls, so that a user can read the decision
// before it is carried out:
//
//	plan, err := gc.NewPlan(ctx, st, gc.Options{KeepDerivations: true})
//	fmt.Println(len(plan.Dead), plan.FreedSize)
//	result, err := plan.Execute(ctx, nil)
//
// A path is live if a root leads to it: by references, with KeepDerivations
// from an output to its deriver, and with KeepOutputs from a derivation to its
// valid outputs. All else in the store directory is dead, whether it is valid
// or not. What was dead in the plan and has come alive since is spared.
//
// Behaviour: Nix 2.34, nix-store --gc.
package gc
