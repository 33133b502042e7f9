# The derivations of the named packages of nixpkgs: { names = [ "hello" … ]; }.
{ names }:
let
  pkgs = import <nixpkgs> { system = "x86_64-linux"; config = { }; overlays = [ ]; };
  select = set: name: builtins.getAttr name set;
  package = name: builtins.foldl' select pkgs (builtins.filter builtins.isString (builtins.split "\\." name));
in
builtins.concatStringsSep "\n" (map (name: (package name).drvPath) names)
