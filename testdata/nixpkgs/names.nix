# The names of a set of packages.
{ nixpkgs, args ? { }, set ? [ ] }:
builtins.attrNames (builtins.foldl' (s: n: s.${n}) (import nixpkgs args) set)
