# The small builders of nixpkgs, and images of containers and machines.
{ nixpkgs }:
let
  pkgs = import nixpkgs { system = "x86_64-linux"; config = { }; overlays = [ ]; };
  inherit (pkgs) lib;
  drv = d: [ d.name d.drvPath ] ++ map (o: d.${o}.outPath) (d.outputs or [ "out" ]);
in
lib.mapAttrs (_: drv) {
  text = pkgs.writeText "t" "é \${x}\n";
  file = pkgs.writeTextFile { name = "f"; text = "a"; executable = true; destination = "/share/x"; checkPhase = "true"; meta.mainProgram = "f"; };
  script = pkgs.writeShellScriptBin "s" "exec ${pkgs.hello}/bin/hello";
  application = pkgs.writeShellApplication { name = "app"; runtimeInputs = [ pkgs.jq pkgs.curl ]; text = "jq ."; runtimeEnv = { A = "b c"; N = 1; }; excludeShellChecks = [ "SC2034" ]; };
  python = pkgs.writers.writePython3Bin "p" { libraries = [ pkgs.python3Packages.requests ]; flakeIgnore = [ "E501" ]; } "print(1)";
  rust = pkgs.writers.writeRust "r" { } "fn main() {}";
  json = pkgs.writers.writeJSON "j.json" { a = [ 1 2.5 null ]; };
  toml = pkgs.writers.writeTOML "t.toml" { a.b = "c"; };
  join = pkgs.symlinkJoin { name = "j"; paths = [ pkgs.hello pkgs.jq.bin ]; postBuild = "true"; };
  env = pkgs.buildEnv { name = "e"; paths = [ pkgs.hello (lib.hiPrio pkgs.coreutils) ]; pathsToLink = [ "/bin" ]; extraOutputsToInstall = [ "man" ]; };
  farm = pkgs.linkFarm "l" { "a/b" = pkgs.hello; c = ./formats.nix; };
  farmEntries = pkgs.linkFarmFromDrvs "d" [ pkgs.hello pkgs.jq ];
  run = pkgs.runCommand "r" { nativeBuildInputs = [ pkgs.jq ]; passAsFile = [ "x" ]; x = "long"; allowSubstitutes = false; } "cat $xPath > $out";
  runLocal = pkgs.runCommandLocal "r" { __structuredAttrs = true; deep.a = [ 1 { b = null; } ]; } "touch $out";
  structured = pkgs.stdenv.mkDerivation { name = "s"; __structuredAttrs = true; outputs = [ "out" "dev" ]; src = null; dontUnpack = true; env.X = "y"; outputChecks.out.disallowedReferences = [ "dev" ]; exportReferencesGraph.closure = [ pkgs.hello ]; };
  closure = pkgs.closureInfo { rootPaths = [ pkgs.hello pkgs.jq ]; };
  referenced = pkgs.writeClosure [ pkgs.hello ];
  patched = pkgs.applyPatches { name = "p"; src = pkgs.hello.src; patches = [ (pkgs.writeText "x.patch" "") ]; };
  source = pkgs.srcOnly pkgs.hello;
  replaced = pkgs.replaceVars ./builders.nix { drv = null; text = "x"; };
  substituted = pkgs.replaceVarsWith { src = ./builders.nix; replacements = { a = "b"; }; name = "n"; };
  combined = pkgs.concatTextFile { name = "c"; files = [ ./formats.nix ./builders.nix ]; };
  concatenated = pkgs.concatScript "c" [ ./formats.nix ];
  shell = pkgs.mkShell { packages = [ pkgs.go ]; inputsFrom = [ pkgs.hello ]; shellHook = "echo"; };
  fhs = pkgs.buildFHSEnv { name = "fhs"; targetPkgs = p: [ p.zlib ]; multiPkgs = p: [ p.openssl ]; runScript = "bash"; };
  image = pkgs.dockerTools.buildImage { name = "i"; tag = "t"; copyToRoot = pkgs.buildEnv { name = "root"; paths = [ pkgs.bash ]; }; config = { Cmd = [ "/bin/bash" ]; Env = [ "A=b" ]; ExposedPorts."80/tcp" = { }; }; };
  layered = pkgs.dockerTools.buildLayeredImage { name = "l"; contents = [ pkgs.hello ]; maxLayers = 10; config.Entrypoint = [ "hello" ]; };
  streamed = pkgs.dockerTools.streamLayeredImage { name = "s"; contents = [ pkgs.bash ]; fakeRootCommands = "chown x y"; };
  disk = import (nixpkgs + "/nixos/lib/make-disk-image.nix") { inherit pkgs lib; config = (import (nixpkgs + "/nixos/lib/eval-config.nix") { system = "x86_64-linux"; modules = [ { boot.isContainer = true; system.stateVersion = "26.05"; } ]; }).config; format = "qcow2"; partitionTableType = "none"; installBootLoader = false; };
  go = pkgs.buildGoModule { pname = "g"; version = "1"; src = ./.; vendorHash = lib.fakeHash; ldflags = [ "-s" "-X main.v=1" ]; subPackages = [ "cmd/x" ]; };
  cargo = pkgs.rustPlatform.buildRustPackage { pname = "r"; version = "1"; src = ./.; cargoHash = lib.fakeHash; buildFeatures = [ "a" ]; checkFlags = [ "--skip=x" ]; };
  npm = pkgs.buildNpmPackage { pname = "n"; version = "1"; src = ./.; npmDepsHash = lib.fakeHash; };
  wheel = pkgs.python3Packages.buildPythonPackage { pname = "w"; version = "1"; pyproject = true; build-system = [ pkgs.python3Packages.setuptools ]; src = ./.; dependencies = [ pkgs.python3Packages.numpy ]; };
  dotnet = pkgs.buildDotnetModule { pname = "d"; version = "1"; src = ./.; projectFile = "x.csproj"; nugetDeps = null; };
  maven = pkgs.maven.buildMavenPackage { pname = "m"; version = "1"; src = ./.; mvnHash = lib.fakeHash; };
  elisp = pkgs.emacsPackages.trivialBuild { pname = "e"; version = "1"; src = ./.; packageRequires = [ pkgs.emacsPackages.magit ]; };
  vim = pkgs.vimUtils.buildVimPlugin { name = "v"; src = ./.; dependencies = [ pkgs.vimPlugins.plenary-nvim ]; };
  tex = pkgs.texliveSmall.withPackages (ps: [ ps.beamer ps.tikz-cd ]);
  haskell = pkgs.haskellPackages.developPackage { root = ./.; returnShellEnv = false; name = "h"; source-overrides = { }; cabal2nixOptions = ""; modifier = d: pkgs.hello; };
}
