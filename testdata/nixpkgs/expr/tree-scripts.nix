# What the scripts of the tree evaluate: for maintainers, for continuous integration.
{ nixpkgs }:
let
  file = p: nixpkgs + "/${p}";
  script = name: import (file "maintainers/scripts/${name}.nix");
  pkgs = import nixpkgs { system = "x86_64-linux"; config.allowAliases = false; overlays = [ ]; };
  inherit (pkgs) lib;
  shell = d: { inherit (d) drvPath; hook = builtins.unsafeDiscardStringContext (d.shellHook or ""); };
in
{
  tarballs = map (t: { inherit (t) name hash type isPatch; urls = map builtins.unsafeDiscardStringContext t.urls; }) (script "find-tarballs" { inherit lib; expr = [ pkgs.hello pkgs.curl ]; });
  update = shell (script "update" { package = "git"; });
  octave = shell (script "update-octave-shell" { nixpkgs = pkgs; });
  cpan = shell (pkgs.callPackage (file "maintainers/scripts/nix-generate-from-cpan.nix") { });
  lint = (pkgs.callPackage (file "maintainers/scripts/nixpkgs-lint.nix") { }).drvPath;
  documented = (import (file "doc") { inherit pkgs; nixpkgs = { }; }).drvPath;
  chunk = map (p: p.drvPath or (builtins.typeOf p)) (
    lib.collect lib.isDerivation ((import (file "ci/eval/chunk.nix")) {
      preEvalFile = ../attrpaths.json;
      chunkSize = 3; myChunk = 0; includeBroken = true; systems = [ "x86_64-linux" "aarch64-darwin" ]; extraNixpkgsConfigJson = "{}";
    })
  );
}
