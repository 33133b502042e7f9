# Tests that are expressions, all over the tree: what they find, and the derivations that say so.
{ nixpkgs }:
let
  pkgs = import nixpkgs { system = "x86_64-linux"; config = { }; overlays = [ ]; };
  inherit (pkgs) lib;
  file = p: nixpkgs + "/${p}";
  call = p: pkgs.callPackage (file p);
  drvs = v:
    if lib.isDerivation v then v.drvPath
    else if builtins.isAttrs v then lib.mapAttrs (_: drvs) (removeAttrs v [ "override" "overrideDerivation" "recurseForDerivations" ])
    else if builtins.isFunction v then "function"
    else v;
in
lib.mapAttrs (_: drvs) {
  maintainers = import (file "lib/tests/maintainers.nix") { inherit pkgs; };
  teams = import (file "lib/tests/teams.nix") { inherit pkgs; };
  metaMaintainers = (import (file "modules/generic/meta-maintainers/test.nix")).test or null;
  libs = import (file "lib/tests/release.nix") { pkgs = pkgs // { nixVersions = { inherit (pkgs.nixVersions) stable; }; }; };
  paths = import (file "lib/path/tests") { inherit pkgs; };
  formats = import (file "pkgs/pkgs-lib/tests") { inherit pkgs; };
  optionsDoc = call "nixos/lib/make-options-doc/tests.nix" { };
  activation = call "nixos/modules/system/activation/lib-test.nix" { };
  overriding = call "pkgs/test/overriding.nix" { };
  config = call "pkgs/test/config.nix" { config = { }; };
  teamsNamed = lib.mapAttrs (_: t: map (m: m.github or m.name) t.members) lib.teams;
}
