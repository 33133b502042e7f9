# Changed packages: overlays upon overlays, overrides of all kinds, cross and static.
{ nixpkgs }:
let
  pkgs = import nixpkgs {
    system = "x86_64-linux";
    config = { allowUnfree = true; packageOverrides = p: { fromConfig = p.hello; }; };
    overlays = [
      (final: prev: {
        zlib = prev.zlib.overrideAttrs (o: { patches = (o.patches or [ ]) ++ [ (final.writeText "p.patch" "--- a\n+++ b\n") ]; });
        mine = final.callPackage ({ stdenv, lib, zlib, extra ? null, jq }: stdenv.mkDerivation (self: {
          pname = "mine"; version = "1.${lib.versions.major zlib.version}";
          src = ./.; buildInputs = [ zlib ] ++ lib.optional (extra != null) extra; nativeBuildInputs = [ jq ];
          passthru.tests.version = final.testers.testVersion { package = self.finalPackage; };
          env.FLAGS = toString [ "-O2" self.version ];
          meta.mainProgram = "mine";
        })) { };
        python3 = prev.python3.override { packageOverrides = pf: pp: { flask = pp.flask.overridePythonAttrs (o: { doCheck = false; version = "9"; }); }; };
      })
      (final: prev: { mine = prev.mine.override { extra = final.openssl; }; })
      (final: prev: { inherit (final.lib) version; twice = final.mine.overrideAttrs (f: p: { pname = p.pname + "-twice"; env = p.env // { AGAIN = f.pname; }; }); })
    ];
  };
  inherit (pkgs) lib;
  drv = p: [ p.name p.drvPath ] ++ map (o: p.${o}.outPath) p.outputs;
  hash = lib.fakeHash;
in
{
  mine = drv pkgs.mine;
  twice = drv pkgs.twice;
  test = drv pkgs.mine.tests.version;
  config = drv pkgs.fromConfig;
  curl = drv pkgs.curl;
  flask = drv (pkgs.python3.withPackages (p: [ p.flask ]));
  static = drv pkgs.pkgsStatic.mine;
  cross = drv pkgs.pkgsCross.aarch64-multiplatform.mine;
  extended = drv (pkgs.extend (f: p: { zlib = p.zlib.overrideAttrs { dontStrip = true; }; })).curl;
  appended = drv (pkgs.appendOverlays [ (f: p: { jq = p.jq.overrideAttrs { doInstallCheck = false; }; }) ]).mine;
  scope = drv (lib.makeScope pkgs.newScope (s: { a = s.callPackage ({ b, runCommand }: runCommand "a" { inherit b; } "echo $b > $out") { }; b = pkgs.hello; })).a;
  arguments = builtins.attrNames pkgs.mine.override.__functionArgs;
  fetchers = map drv [
    (pkgs.fetchurl { url = "mirror://gnu/hello/hello-1.tar.gz"; inherit hash; })
    (pkgs.fetchurl { urls = [ "http://a/b" "http://c/d?e" ]; sha256 = lib.fakeSha256; name = "n"; })
    (pkgs.fetchzip { url = "http://a/b.zip"; inherit hash; stripRoot = false; })
    (pkgs.fetchFromGitHub { owner = "o"; repo = "r"; rev = "v1"; inherit hash; })
    (pkgs.fetchFromGitHub { owner = "o"; repo = "r"; tag = "v2"; inherit hash; fetchSubmodules = true; })
    (pkgs.fetchFromGitLab { owner = "o"; repo = "r"; rev = "v1"; inherit hash; domain = "g.example"; })
    (pkgs.fetchgit { url = "https://a/b.git"; rev = "abc"; inherit hash; sparseCheckout = [ "x" "y" ]; })
    (pkgs.fetchpatch { url = "https://a/b.patch"; inherit hash; stripLen = 1; includes = [ "a*" ]; })
    (pkgs.fetchpatch2 { url = "https://a/b.patch"; inherit hash; revert = true; })
    (pkgs.fetchsvn { url = "svn://a"; rev = "1"; inherit hash; })
    (pkgs.fetchhg { url = "https://a"; rev = "1"; inherit hash; })
    (pkgs.fetchPypi { pname = "p"; version = "1"; inherit hash; })
    (pkgs.dockerTools.pullImage { imageName = "i"; imageDigest = "sha256:0"; inherit hash; })
    (pkgs.requireFile { name = "r"; url = "u"; inherit hash; })
  ];
  builders = map drv [
    (pkgs.writeShellScriptBin "s" "echo ${pkgs.hello}")
    (pkgs.writeShellApplication { name = "app"; runtimeInputs = [ pkgs.jq ]; text = "jq ."; })
    (pkgs.symlinkJoin { name = "j"; paths = [ pkgs.hello pkgs.jq ]; postBuild = "true"; })
    (pkgs.buildEnv { name = "env"; paths = [ pkgs.hello ]; pathsToLink = [ "/bin" ]; extraOutputsToInstall = [ "man" ]; })
    (pkgs.linkFarm "farm" { a = pkgs.hello; b = pkgs.jq; })
    (pkgs.runCommandLocal "l" { passAsFile = [ "text" ]; text = "x"; __structuredAttrs = true; list = [ 1 2.5 { a = pkgs.hello; } ]; } "true")
    ((pkgs.formats.json { }).generate "c.json" { a = [ 1 null "x" ]; p = pkgs.hello; })
    ((pkgs.formats.yaml { }).generate "c.yaml" { a.b = 1.5; })
    ((pkgs.formats.ini { }).generate "c.ini" { s.a = true; })
    (pkgs.dockerTools.buildLayeredImage { name = "img"; contents = [ pkgs.hello ]; config.Cmd = [ "hello" ]; })
    (pkgs.closureInfo { rootPaths = [ pkgs.hello pkgs.jq.bin ]; })
    (pkgs.replaceVars (pkgs.writeText "t" "@a@") { a = "b"; })
    (pkgs.buildFHSEnv { name = "fhs"; targetPkgs = p: [ p.zlib ]; })
    (pkgs.mkShell { packages = [ pkgs.hello ]; inputsFrom = [ pkgs.mine ]; shellHook = "x"; })
    (pkgs.makeDesktopItem { name = "d"; desktopName = "D"; exec = "e %u"; categories = [ "Utility" ]; })
    (pkgs.rustPlatform.buildRustPackage { pname = "r"; version = "1"; src = pkgs.hello.src; cargoHash = hash; })
    (pkgs.buildGoModule { pname = "g"; version = "1"; src = pkgs.hello.src; vendorHash = null; })
    (pkgs.buildNpmPackage { pname = "n"; version = "1"; src = pkgs.hello.src; npmDepsHash = hash; })
  ];
  context = builtins.getContext "${pkgs.hello}${pkgs.curl.dev}${builtins.unsafeDiscardOutputDependency pkgs.jq.drvPath}${pkgs.jq.drvPath}";
  attributes = lib.mapAttrs (_: v: if builtins.isString v then builtins.getContext v else builtins.typeOf v) (removeAttrs pkgs.mine.drvAttrs [ "src" ]);
}
