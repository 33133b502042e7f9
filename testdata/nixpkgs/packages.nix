# What the attributes `names` of a set of packages are: name, system and paths of
# a derivation, the type of what is none, false for what throws.
{ nixpkgs, args ? { }, set ? [ ], names }:
let
  packages = builtins.foldl' (s: n: s.${n}) (import nixpkgs args) set;
  show = v:
    if !builtins.isAttrs v then builtins.typeOf v
    else if v.type or null != "derivation" then "set"
    else [ v.name (v.system or null) v.drvPath v.outPath ];
  one = n:
    let
      whole = show packages.${n};
      r = builtins.tryEval (builtins.deepSeq whole whole);
    in
    if r.success then r.value else false;
in
map one names
