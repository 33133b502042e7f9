# Tests of NixOS: what some build, with their machines.
{ nixpkgs }:
let
  release = import (nixpkgs + "/nixos/release.nix") {
    nixpkgs = { outPath = nixpkgs; revCount = 1; shortRev = "abcdefg"; };
    supportedSystems = [ "x86_64-linux" ];
  };
  lib = import (nixpkgs + "/lib");
in
lib.genAttrs [ "login" "nginx" ] (
  name: release.tests.${name}.x86_64-linux.drvPath
)
