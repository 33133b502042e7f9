# Outputs that are named after their contents, impure ones, and derivations that
# derivations make.
let
  mk = name: script: attrs: derivation ({
    inherit name;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" script ];
  } // attrs);
  floating = name: script: attrs: mk name script ({
    __contentAddressed = true;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
  } // attrs);
in
rec {
  low = floating "low" "echo low > $out; echo dev > $dev; echo building low" { outputs = [ "out" "dev" ]; };
  same = floating "low" "echo low > $out; echo dev > $dev; echo building it otherwise" { outputs = [ "out" "dev" ]; };
  top = floating "top" "mkdir $out; echo ${low} ${low.dev} > $out/x; ln -s ${low} $out/l" { };
  alike = floating "top" "mkdir $out; echo ${same} ${same.dev} > $out/x; ln -s ${same} $out/l" { };
  plain = mk "plain" "echo ${top} > $out" { };
  flat = floating "flat" "echo -n flat > $out" { outputHashMode = "flat"; };
  text = floating "text" "echo ${low} > $out" { outputHashMode = "text"; };
  fails = floating "fails" "echo ${low} > $out; exit 3" { };
  needsFails = mk "needs-fails" "echo ${fails} > $out" { };
  executable = floating "executable" "echo > $out; chmod +x $out" { outputHashMode = "flat"; };
  impure = mk "impure" "echo impure > $out" { __impure = true; };
  needsImpure = mk "needs-impure" "echo ${impure} > $out" { __impure = true; };
  pureNeedsImpure = mk "pure-needs-impure" "echo ${impure} > $out" { };
  made = floating "inner.drv" "echo -n \"$text\" > $out" {
    outputHashMode = "text";
    text = builtins.readFile (mk "inner" "echo inner > $out" { }).drvPath;
  };
  dynamic = mk "dynamic" "echo ${builtins.outputOf made.outPath "out"} > $out" { };
}
