# The names in each of some sets of packages.
{ nixpkgs, args ? { }, sets }:
let
  packages = import nixpkgs args;
in
map (set: builtins.attrNames (builtins.foldl' (s: n: s.${n}) packages (builtins.filter (n: n != "") (builtins.filter builtins.isString (builtins.split "\t" set))))) sets
