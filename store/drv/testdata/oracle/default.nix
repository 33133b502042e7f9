# Derivations for the tests of package drv. What a real Nix makes of them is in
# this folder; README.md says how it got there.
let
  system = "x86_64-linux";
  mk = name: attrs: derivation ({ inherit name system; builder = "/bin/sh"; } // attrs);

  # Two ways to get the same file: they must count the same as inputs.
  fetchA = mk "source.tar" {
    url = "https://a.example/source.tar";
    outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  };
  fetchB = mk "source.tar" {
    url = "https://b.example/source.tar";
    outputHash = "sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73";
  };
  note = builtins.toFile "note" "a note\n";
in
rec {
  plain = mk "plain" { };
  args = mk "args" {
    args = [ "-c" "echo \"$out\"\t\\ > $out\n" ];
    empty = "";
    yes = true;
    no = false;
    number = -42;
    float = 1.5;
    nothing = null;
    list = [ "a" 1 true [ "b" "c d" ] ];
    bytes = "caf\r\n ä";
  };
  two = mk "two" { outputs = [ "out" "dev" ]; };
  three = mk "three" { outputs = [ "lib" "out" "bin" ]; };
  noOut = mk "no-out" { outputs = [ "bin" "man" ]; };
  uses = mk "uses" { a = plain; b = two.dev; c = three.lib; d = three; note = "${note}"; };
  fixedFlat = fetchA;
  fixedOther = fetchB;
  fixedRecursive = mk "tree" {
    outputHashAlgo = "sha256";
    outputHashMode = "recursive";
    outputHash = "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73";
  };
  fixedSha1 = mk "old" {
    outputHashAlgo = "sha1";
    outputHashMode = "flat";
    outputHash = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
  };
  fixedSha512Recursive = mk "big" {
    outputHashMode = "nar";
    outputHash = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
  };
  overA = mk "over" { src = fetchA; };
  overB = mk "over" { src = fetchB; };
  overBoth = mk "over-both" { inherit overA overB; };
  overBothAgain = mk "over-both" { overA = overB; overB = overA; };
  usesOut = mk "uses-outputs" { src = fetchA; a = three.bin; b = three.out; n = noOut.man; self = builtins.placeholder "out"; };
  structured = derivation {
    name = "structured";
    inherit system;
    builder = "/bin/sh";
    __structuredAttrs = true;
    outputs = [ "out" "doc" ];
    list = [ 1 2.5 "x" null true { a = "b"; } ];
    dep = plain;
    text = "quote \" and \\ and\nline";
    outputChecks.out.allowedReferences = [ ];
  };
  ignored = mk "ignored" { __ignoreNulls = true; gone = null; kept = "kept"; };
  closure = mk "closure" { all = builtins.unsafeDiscardOutputDependency uses.drvPath; graph = [ "graph" two.drvPath ]; };
  options = mk "options" {
    allowedReferences = [ plain "out" ];
    disallowedRequisites = two.dev;
    passAsFile = [ "long" ];
    long = "text";
    exportReferencesGraph = [ "g1" plain "g2" two ];
    requiredSystemFeatures = [ "kvm" "big-parallel" ];
    preferLocalBuild = true;
    allowSubstitutes = false;
    impureEnvVars = "http_proxy https_proxy";
  };
}
