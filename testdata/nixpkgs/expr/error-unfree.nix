# A package whose licence is not allowed.
{ nixpkgs }:
(import nixpkgs { system = "x86_64-linux"; config = { }; overlays = [ ]; }).vscode.drvPath
