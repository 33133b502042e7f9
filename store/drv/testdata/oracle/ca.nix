# Content-addressed derivations, which need the feature ca-derivations.
let
  system = "x86_64-linux";
  floating = derivation {
    name = "floating";
    builder = "/bin/sh";
    inherit system;
    __contentAddressed = true;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
    outputs = [ "out" "dev" ];
  };
in
{
  inherit floating;
  deferred = derivation {
    name = "deferred";
    builder = "/bin/sh";
    inherit system;
    uses = "${floating} ${floating.dev}";
  };
}
