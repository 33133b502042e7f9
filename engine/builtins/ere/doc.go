// Package ere matches POSIX extended regular expressions the way
// Nix's builtins.match and builtins.split do.
//
// Nix compiles its patterns with the C++ standard library's extended grammar,
// whose answers differ from both Go's regexp and POSIX:
// text is bytes, repetition is greedy and takes the first solution found by
// backtracking, only alternation looks for the longest match,
// and a group keeps what it matched last in an earlier iteration.
// This package builds the same kind of automaton and walks it in the same
// order, so that every group comes out the same.
//
// Backtracking can take exponential time. A walk that becomes long starts to
// remember which (state, position) pairs it has finished with, which makes it
// polynomial; a walk that is still too long ends with [ErrTooComplex].
//
// Behaviour: Nix 2.34, builtins.match and builtins.split.
package ere
