# What the tests of lib that are expressions find: nothing.
{ nixpkgs }:
let
  run = name: import (nixpkgs + "/lib/tests/${name}.nix");
in
{
  misc = run "misc";
  systems = run "systems";
  fetchers = run "fetchers";
  filesets = (import (nixpkgs + "/lib/path/tests/unit.nix")) { libpath = nixpkgs + "/lib"; };
}
