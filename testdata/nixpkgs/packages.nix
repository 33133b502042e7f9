# What the attributes `names` of a set of packages are: name, system and paths of
# a derivation, the type of what is none, false for what throws. Of a set the
# same again, until `depth`.
{ nixpkgs, args ? { }, set ? [ ], names, depth ? 0 }:
let
  packages = builtins.foldl' (s: n: s.${n}) (import nixpkgs args) set;
  show = depth: v:
    if !builtins.isAttrs v then builtins.typeOf v
    else if v.type or null == "derivation" then [ v.name (v.system or null) v.drvPath v.outPath ]
    else if depth > 0 && v.recurseForDerivations or true != false then builtins.mapAttrs (_: caught (show (depth - 1))) v
    else "set";
  caught = show: v:
    let
      whole = show v;
      r = builtins.tryEval (builtins.deepSeq whole whole);
    in
    if r.success then r.value else false;
in
map (n: caught (show depth) packages.${n}) names
