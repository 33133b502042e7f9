# What the attributes at some paths are: name, system and paths of a derivation,
# the type of what is none, false for what throws. Of a set the same again, until
# `depth`; "missing" where there is nothing at the path. A path is names with
# tabulators in between.
{ nixpkgs, args ? { }, names, depth ? 0 }:
let
  packages = import nixpkgs args;
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
  at = set: path:
    let
      name = builtins.head path;
      rest = builtins.tail path;
    in
    if !set ? ${name} then "missing" else if rest == [ ] then caught (show depth) set.${name} else at set.${name} rest;
in
map (path: at packages (builtins.filter builtins.isString (builtins.split "\t" path))) names
