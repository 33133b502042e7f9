# Large values as XML, a string: functions, derivations, paths, odd strings.
{ nixpkgs }:
let
  pkgs = import nixpkgs { system = "x86_64-linux"; overlays = [ ]; };
  inherit (pkgs) lib;
in
builtins.toXML {
  inherit (lib) licenses;
  people = lib.filterAttrs (n: _: lib.hasPrefix "a" n) lib.maintainers;
  platform = removeAttrs (lib.systems.elaborate "riscv64-linux") [ "parsed" ];
  functions = { inherit (lib) fix extends foldl'; formals = { a, b ? 1, ... }: a; at = args@{ x }: args; both = { y }@args: args; };
  made = builtins.derivation { name = "made"; system = "x"; builder = "/b"; args = [ "a\nb" "<&>\"'" ]; n = 1; };
  path = nixpkgs + "/lib";
  meta = removeAttrs pkgs.hello.meta [ "maintainers" "position" ];
  odd = [ 1.0e10 0.1 (-0.0) null true "" "tab\there" "\r\n" "é" ];
}
