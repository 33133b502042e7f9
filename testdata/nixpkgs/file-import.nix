# What each file of lib imports to: the type, and the arguments of functions.
{ nixpkgs, names }:
map (
  n:
  let
    v = import (nixpkgs + "/${n}");
    made = if builtins.isFunction v && builtins.functionArgs v == { lib = false; } then v { lib = import (nixpkgs + "/lib"); } else v;
  in
  {
    type = builtins.typeOf v;
    args = if builtins.isFunction v then builtins.functionArgs v else null;
    names = if builtins.isAttrs made then builtins.mapAttrs (_: x: let r = builtins.tryEval (builtins.typeOf x); in if r.success then r.value else "throws") made else null;
    hash = builtins.hashFile "sha256" (nixpkgs + "/${n}");
  }
) names
