# What pkgs.formats makes of one value, and the types that they check.
{ nixpkgs }:
let
  pkgs = import nixpkgs { system = "x86_64-linux"; config = { }; overlays = [ ]; };
  inherit (pkgs) lib formats;
  flat = { a = 1; b = true; c = "x y"; d = "é\"'\\"; };
  deep = { section = flat // { list = [ 1 2 3 ]; float = 1.25; }; other = { null = "no"; }; };
  tree = deep // { top = "level"; nested.a.b.c = [ { x = 1; } { y = [ "z" ]; } ]; };
  made = {
    json = (formats.json { }).generate "a.json" tree;
    yaml = (formats.yaml { }).generate "a.yaml" tree;
    toml = (formats.toml { }).generate "a.toml" tree;
    cdn = (formats.cdn { }).generate "a.cdn" tree;
    ini = (formats.ini { listToValue = lib.concatMapStringsSep "," toString; }).generate "a.ini" deep;
    iniGlobal = (formats.iniWithGlobalSection { listsAsDuplicateKeys = true; }).generate "a.ini" { globalSection = flat; sections = deep; };
    gitIni = (formats.gitIni { }).generate "a.conf" { user = flat; "remote \"x\"" = { url = [ "a" "b" ]; }; };
    keyValue = (formats.keyValue { }).generate "a.conf" flat;
    systemd = (formats.systemd { }).generate "a.service" deep;
    libconfig = (formats.libconfig { }).generate "a.cfg" tree;
    hocon = (formats.hocon { }).generate "a.hocon" tree;
    lua = (formats.lua { asBindings = true; }).generate "a.lua" tree;
    elixir = (formats.elixirConf { }).generate "a.exs" { ":app" = deep; };
    java = (formats.javaProperties { }).generate "a.properties" flat;
    php = (formats.php { finalVariable = "x"; }).generate "a.php" tree;
    pythonVars = (formats.pythonVars { }).generate "a.py" flat;
    nixConf = (formats.nixConf { package = pkgs.nix; version = "2.34"; }).generate "nix.conf" { cores = 4; substituters = [ "a" "b" ]; };
    xml = (formats.xml { }).generate "a.xml" { root = { "@attribute" = "x"; child = [ "a" "b" ]; }; };
    plist = (formats.plist { }).generate "a.plist" tree;
    hcl1 = (formats.hcl1 { }).generate "a.hcl" tree;
  };
in
{
  made = lib.mapAttrs (_: d: [ d.drvPath d.outPath ]) made;
  types = lib.mapAttrs (_: f: (f { }).type.description) { inherit (formats) json yaml toml keyValue gitIni systemd hocon; };
  merged = (lib.evalModules {
    modules = [
      { options.s = lib.mkOption { inherit ((formats.json { })) type; }; }
      { s = deep; }
      { s.section.list = [ 4 ]; s.section.a = lib.mkForce 2; s.more = lib.mkDefault null; }
    ];
  }).config.s;
}
