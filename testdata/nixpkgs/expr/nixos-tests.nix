# Tests of NixOS: the drivers of some, with their machines.
{ nixpkgs }:
let
  release = import (nixpkgs + "/nixos/release.nix") {
    nixpkgs = { outPath = nixpkgs; revCount = 1; shortRev = "abcdefg"; };
    supportedSystems = [ "x86_64-linux" ];
  };
  lib = import (nixpkgs + "/lib");
in
lib.genAttrs [ "login" "nginx" "postgresql.postgresql_16" "firewall" ] (
  name: (lib.getAttrFromPath (lib.splitString "." name ++ [ "x86_64-linux" ]) release.tests).drvPath
)
