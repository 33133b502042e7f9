# One attribute of a set of packages, for its error.
{ nixpkgs, args ? { }, set ? [ ], name }:
(builtins.foldl' (s: n: s.${n}) (import nixpkgs args) set).${name}.drvPath
