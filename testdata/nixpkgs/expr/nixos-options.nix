# The documentation of all options: the derivations, and what is in them.
{ nixpkgs }:
let
  eval = import (nixpkgs + "/nixos/lib/eval-config.nix") {
    system = "x86_64-linux";
    modules = [ { documentation.nixos.enable = true; system.stateVersion = "26.05"; } ];
  };
  inherit (eval) pkgs;
  inherit (pkgs) lib;
  docs = pkgs.nixosOptionsDoc { inherit (eval) options; warningsAreErrors = false; };
  release = import (nixpkgs + "/nixos/release.nix") {
    nixpkgs = { outPath = nixpkgs; revCount = 1; shortRev = "abcdefg"; };
    supportedSystems = [ "x86_64-linux" ];
  };
in
{
  json = docs.optionsJSON.drvPath;
  commonMark = docs.optionsCommonMark.drvPath;
  options = release.options.drvPath;
  nix = builtins.unsafeDiscardStringContext (builtins.toJSON docs.optionsNix);
}
