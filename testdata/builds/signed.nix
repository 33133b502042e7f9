# Outputs that are noted and signed.
let
  mk = name: script: attrs: derivation ({
    inherit name;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" script ];
    __contentAddressed = true;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
    outputs = [ "out" "dev" ];
  } // attrs);
  low = mk "low" "echo low > $out; echo dev > $dev" { };
in
{
  top = mk "top" "echo $low > $out; echo top > $dev" { low = low.dev; };
  other = mk "other" "echo other > $out; echo dev > $dev" { };
}
