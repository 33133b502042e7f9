# Each TOML file, as JSON.
{ nixpkgs, names }:
map (n: builtins.toJSON (builtins.fromTOML (builtins.readFile (nixpkgs + "/${n}")))) names
