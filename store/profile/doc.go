// Package profile lists, switches and deletes the generations of profiles.
//
// A profile is a symbolic link P to its current generation, the link P-N-link
// beside it, which leads to a store path and is a root of the garbage
// collector. What changes a profile is a plan first, which can be shown, and
// then Execute, which takes the profile's lock and does nothing if the profile
// has changed since:
//
//	plan, err := profile.NewRollback(ctx, st, "/nix/var/nix/profiles/default")
//	fmt.Println(plan.From.Number, plan.To.Number)
//	err = plan.Execute(ctx)
//
// Beside what Nix keeps, the file P-N-parent holds the number of the generation
// that was current when generation N was made. Nix passes it over.
//
// Behaviour: Nix 2.34, profiles.cc.
package profile
