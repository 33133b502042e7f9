# A function that asks for a package with a name close to those that exist.
{ nixpkgs }:
((import nixpkgs { system = "x86_64-linux"; config = { }; overlays = [ ]; }).callPackage ({ stdenv, opensll, zlib }: stdenv.mkDerivation { name = "x"; }) { }).drvPath
