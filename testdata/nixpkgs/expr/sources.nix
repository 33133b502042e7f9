# What is copied to the store from the tree, and under which paths.
{ nixpkgs }:
let
  lib = import (nixpkgs + "/lib");
  inherit (lib) fileset sources;
  path = p: nixpkgs + "/${p}";
  walk = dir: lib.concatLists (lib.mapAttrsToList (n: t: if t == "directory" then walk (dir + "/${n}") else [ (dir + "/${n}") ]) (builtins.readDir dir));
  root = path "pkgs/build-support";
in
{
  plain = "${path "lib"}";
  file = "${path "default.nix"}";
  named = builtins.path { path = path "lib/fileset"; name = "fileset"; };
  flat = builtins.path { path = path "COPYING"; recursive = false; };
  filtered = builtins.filterSource (p: t: t == "directory" || lib.hasSuffix ".sh" p) root;
  filteredPath = builtins.path { path = root; name = "nix-only"; filter = p: t: t != "regular" || lib.hasSuffix ".nix" p; };
  clean = "${sources.cleanSource (path "maintainers/scripts")}";
  cleanWith = "${sources.cleanSourceWith { name = "c"; src = sources.cleanSource (path "maintainers"); filter = p: t: builtins.match ".*(bash|sh)" (baseNameOf p) != null || t == "directory"; }}";
  bySuffix = "${sources.sourceFilesBySuffices (path "lib") [ ".nix" ".md" ]}";
  byRegex = "${sources.sourceByRegex (path "lib") [ "^[a-m].*[.]nix$" "^tests$" "^tests/.*" ]}";
  union = "${fileset.toSource { root = root; fileset = fileset.unions [ (root + "/fetchurl") (fileset.fileFilter (f: f.hasExt "py") root) (fileset.maybeMissing (root + "/nothing")) ]; }}";
  difference = map (p: lib.removePrefix (toString root) (toString p)) (fileset.toList (fileset.difference (fileset.fileFilter (f: f.hasExt "nix") root) (root + "/trivial-builders")));
  intersection = "${fileset.toSource { inherit root; fileset = fileset.intersection (fileset.fromSource (sources.cleanSource root)) (root + "/setup-hooks"); }}";
  packages = lib.attrNames (lib.packagesFromDirectoryRecursive { callPackage = f: a: f; directory = path "lib/tests/packages-from-directory/plain"; });
  listed = map toString (lib.filesystem.listFilesRecursive (path "lib/path"));
  hashes = map (f: builtins.hashFile "sha256" f) (walk (path "nixos/modules/services"));
  texts = map (f: builtins.hashString "sha1" (builtins.readFile f)) (walk (path "lib"));
  types = builtins.mapAttrs (n: _: builtins.readFileType (nixpkgs + "/${n}")) (builtins.readDir nixpkgs);
  lines = builtins.length (lib.splitString "\n" (builtins.readFile (path "pkgs/top-level/all-packages.nix")));
  words = builtins.length (builtins.split "[^a-zA-Z0-9_-]+" (builtins.readFile (path "pkgs/top-level/aliases.nix")));
}
