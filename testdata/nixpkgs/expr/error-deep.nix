# A mistake at the end of a chain of derivations.
{ nixpkgs }:
let
  pkgs = import nixpkgs {
    system = "x86_64-linux";
    config = { };
    overlays = [ (final: prev: { openssl = prev.openssl.overrideAttrs (o: { postPatch = o.postPatch + final.nothing-of-that-name; }); }) ];
  };
in
pkgs.curl.drvPath
