# A package that is not for the platform, and broken ones below it.
{ nixpkgs }:
(import nixpkgs { system = "x86_64-darwin"; config = { }; overlays = [ ]; }).systemd.drvPath
