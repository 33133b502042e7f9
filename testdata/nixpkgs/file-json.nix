# Each JSON file, read and written again.
{ nixpkgs, names }:
map (n: builtins.toJSON (builtins.fromJSON (builtins.readFile (nixpkgs + "/${n}")))) names
