// Package eval evaluates the Nix language.
//
// An [Evaluator] holds what evaluations share: builtins, limits, the cache of
// imported files, and the [World] through which the language sees files and
// the store. Its methods evaluate files and expressions to a [Value], which is
// lazy: [Evaluator.Force] and [Evaluator.ForceDeep] evaluate further.
//
//	ev := eval.New(eval.Options{World: w, Builtins: builtins.Table()})
//	v, err := ev.EvalString(ctx, "1 + 1", "/home/me")
//	fmt.Println(ev.Print(v, eval.PrintOptions{}))
//
// Inside an evaluation, a [State] belongs to one goroutine: it allocates,
// counts calls, and knows what is being evaluated. Builtins get it as their
// first argument. Language errors unwind by panic(*[Error]) inside the package
// and inside builtins; the exported methods of Evaluator return them.
//
// The structures (two-word values, shapes, frames, slabs) and why they are so
// are described in value.go, cells.go, shape.go and slab.go.
package eval
