# An attribute of a derivation that cannot be a string.
{ nixpkgs }:
let
  pkgs = import nixpkgs { system = "x86_64-linux"; config = { }; overlays = [ ]; };
in
(pkgs.stdenv.mkDerivation { pname = "x"; version = "1"; buildInputs = [ pkgs.zlib (x: x) ]; }).drvPath
