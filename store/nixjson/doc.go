// Package nixjson reads and writes JSON exactly as Nix does.
//
// Derivations with structured attributes carry JSON in their environment, so
// a digit printed differently would change store paths. Nix uses the library
// "JSON for Modern C++": sorted keys, no spaces, floats by the Grisu2
// algorithm, invalid UTF-8 refused. Numbers without fraction and exponent are
// integers as long as they fit, others are floats.
//
// Behaviour: Nix 2.34, builtins.toJSON and builtins.fromJSON.
package nixjson
