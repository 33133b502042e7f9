# Tests of NixOS: the drivers of some, with their machines.
{ nixpkgs }:
let
  tests = import (nixpkgs + "/nixos/tests/all-tests.nix");
  lib = import (nixpkgs + "/lib");
  pick = names: lib.genAttrs names;
  one = name: (import (nixpkgs + "/nixos/release.nix") { nixpkgs = { outPath = nixpkgs; revCount = 1; shortRev = "abcdefg"; }; supportedSystems = [ "x86_64-linux" ]; }).tests.${name}.x86_64-linux.drvPath;
in
pick [ "login" "nginx" "postgresql" "containers-imperative" "firewall" "hibernate" "openssh" "systemd" ] (n: (builtins.tryEval (one n)).value)
