# An overlay in which a package needs itself.
{ nixpkgs }:
(import nixpkgs {
  system = "x86_64-linux";
  config = { };
  overlays = [ (final: prev: { zlib = final.zlib.overrideAttrs (o: { pname = "z"; }); }) ];
}).zlib.name
