# The data of lib: platforms, licences, people, teams, what a version is.
{ nixpkgs }:
let
  lib = import (nixpkgs + "/lib");
  plain = v:
    if builtins.isFunction v then "function"
    else if builtins.isList v then map plain v
    else if builtins.isAttrs v then builtins.mapAttrs (n: x: if builtins.elem n [ "extensions" "library" "_withoutFunctions" "nim" ] then null else plain x) v
    else v;
  platform = system:
    let p = lib.systems.elaborate system;
    in plain (removeAttrs p [ "library" "emulator" "emulatorAvailable" "canExecute" ]);
in
{
  inherit (lib) version maintainers teams platforms sourceTypes;
  licenses = plain lib.licenses;
  examples = builtins.mapAttrs (_: platform) lib.systems.examples;
  doubles = builtins.mapAttrs (_: platform) (lib.genAttrs lib.systems.doubles.all (s: s));
  parsed = map (s: lib.systems.parse.tripleFromSystem (lib.systems.parse.mkSystemFromString s)) lib.systems.doubles.all;
  compatible = builtins.mapAttrs (_: p: lib.meta.availableOn (lib.systems.elaborate "armv7l-linux") { meta.platforms = p; }) lib.platforms;
  fromTypes = map (t: (t.description or null)) (builtins.attrValues (lib.filterAttrs (_: lib.isOptionType) lib.types));
  pretty = lib.generators.toPretty { } { a.b = [ 1 2.5 null true "x\n\${y}" ./. (x: x) ]; "odd name" = { inherit (lib.sourceTypes) fromSource; }; };
  ini = lib.generators.toINI { } { s = { a = 1; b = true; c = "x y"; }; };
  lua = lib.generators.toLua { } { a = [ 1 "x" { b = null; } ]; };
  plist = lib.generators.toPlist { escape = true; } { a = [ 1 2.5 "<&>" true ]; };
  dhall = lib.generators.toDhallPretty or null == null;
  versions = map (v: [ (builtins.splitVersion v) (lib.versions.majorMinor v) ]) [ "1.2.3" "2.0pre5" "7" ];
  escapes = [ (lib.escapeShellArgs [ "a b" "it's" "" "$x" ]) (lib.strings.escapeNixString "a\"\${b}\\") (lib.escapeRegex "a.b*c") (lib.escapeXML "<a b='c'>") ];
  hex = map lib.trivial.toHexString [ 0 255 4096 ];
  base = map (lib.trivial.toBaseDigits 7) [ 0 48 1000000 ];
  levenshtein = lib.strings.levenshtein "kitten" "sitting";
  toposort = lib.toposort (a: b: a.n < b.n && lib.elem b.n a.before) (map (n: { inherit n; before = lib.range (n + 1) 12; }) (lib.range 1 12));
}
