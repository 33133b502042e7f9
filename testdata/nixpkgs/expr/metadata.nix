# What nix-env -qaP --json --meta says of every fortieth package.
{ nixpkgs }:
let
  pkgs = import nixpkgs { system = "x86_64-linux"; config.allowAliases = false; };
  inherit (pkgs) lib;
  names = lib.attrNames pkgs;
  some = lib.genList (i: lib.elemAt names (i * 40)) (lib.length names / 40);
  safe = v: let r = builtins.tryEval (builtins.deepSeq v v); in if r.success then r.value else "throws";
  plain = v:
    if builtins.isFunction v then "function"
    else if builtins.isList v then map plain v
    else if lib.isDerivation v then v.name
    else if builtins.isAttrs v then lib.mapAttrs (_: plain) v
    else v;
  info = n: safe (let p = pkgs.${n}; in if !lib.isDerivation p then builtins.typeOf p else {
    inherit (p) name system outputName;
    outputs = p.outputs or null;
    pname = p.pname or null;
    version = p.version or null;
    meta = lib.mapAttrs (_: v: safe (plain v)) p.meta;
    position = builtins.unsafeGetAttrPos "name" p;
  });
in
lib.genAttrs some info
