// Package syntax reads the Nix language: it turns source text into tokens and
// an abstract syntax tree, and prints trees the way nix-instantiate --parse does.
//
//	symbols, table := syntax.NewSymbols(), syntax.NewPosTable()
//	e, file, err := syntax.ParseExpr("/etc/x.nix", src, &syntax.Options{
//		Symbols: symbols, Positions: table, BasePath: "/etc",
//	})
//
// The pieces, in the order in which text passes them:
//
//	Symbols    names, interned to small numbers; shared by every file of an evaluator
//	PosTable   source positions as 32-bit numbers, turned into lines on demand
//	Scanner    text -> tokens, with the modes of strings and paths kept on a stack
//	ParseExpr  tokens -> Expr; the first problem is an *Error in Nix's own words
//	Print      Expr -> text
//	Highlight  text -> classed tokens; never fails, for editors and completion
//
// The tree is the one that Nix's parser builds, after its desugaring:
// <x> is a call of __findFile, nested attribute paths are nested sets, indented
// strings have lost their indentation, relative paths are absolute. Package
// resolve fills in the fields that are marked "set by resolve".
//
// Format: Nix manual, "Nix Language"; behaviour of Nix 2.34.
package syntax
