# What a remote builder is asked to build, and how that may end.
let
  mk = name: script: attrs: derivation ({
    inherit name;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" script ];
  } // attrs);
  floating = { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
in
rec {
  two = mk "two" "echo hello; echo a > $out; echo dev > $dev" { outputs = [ "out" "dev" ]; };
  user = mk "user" "echo $two > $out" { inherit two; src = ./served.nix; };
  fails = mk "fails" "echo it goes wrong; exit 3" { };
  needs = mk "needs" "echo > $out" { inherit fails; };
  fixed = mk "fixed" "echo foo > $out" { outputHash = "sha256-tbudgBSg+bHWHiHnlteNzN8TUvI80ygS9IULh4rklEw="; };
  wrong = mk "wrong" "echo wrong > $out" { outputHash = "sha256-tbtMfQjD0S/+idGAsbfSd0E2oE3WMwtaVe58IdiF7Gw="; };
  ca = mk "ca" "echo ca > $out" floating;
  top = mk "top" "echo $ca > $out" { inherit ca; };
  structured = mk "structured" ". ./.attrs.sh; echo $x > \${outputs[out]}" { __structuredAttrs = true; x = 5; };
  slow = mk "slow" "while :; do :; done" { };
  none = mk "none" "true" { };
}
