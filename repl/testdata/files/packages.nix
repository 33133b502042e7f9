let
  make = attrs: derivation ({
    system = builtins.currentSystem;
    builder = "/bin/sh";
  } // attrs);
in
rec {
  hello = make {
    name = "hello-1";
    args = [ "-c" "echo building hello; mkdir -p $out/bin; echo hello > $out/bin/hello" ];
  } // { meta.position = toString ./packages.nix + ":8"; };
  greet = make {
    name = "greet-1";
    outputs = [ "out" "doc" ];
    args = [ "-c" "echo ${hello} > $out; echo doc > $doc" ];
  };
  fails = make {
    name = "fails-1";
    args = [ "-c" "echo one; echo two; exit 3" ];
  };
}
