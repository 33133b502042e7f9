# One derivation, for its error.
{ nixpkgs, args ? { }, name }:
(builtins.foldl' (s: n: s.${n}) (import nixpkgs args) (builtins.filter builtins.isString (builtins.split "\t" name))).drvPath
