# Builds that fail, each in its own way, and builds that need them: what is said
# of them is compared with what the real Nix says.
let
  sh =
    name: script: extra:
    derivation (
      {
        inherit name;
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [
          "-euc"
          script
        ];
      }
      // extra
    );
  flat = {
    outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    outputHashMode = "flat";
  };
  two = {
    outputs = [
      "out"
      "dev"
    ];
  };
in
rec {
  ok = sh "ok" "echo greeting; echo ok > $out" { };
  bad = sh "bad" "echo about to fail; exit 3" { };
  big = sh "big" "exit 137" { };
  needsBad = sh "needs-bad" "echo ${bad} > $out" { };
  needsNeedsBad = sh "needs-needs-bad" "echo ${needsBad} > $out" { };
  needsTwo = sh "needs-two" "echo ${bad} ${none} > $out" { };
  none = sh "none" "true" { };
  noDev = sh "no-dev" "echo > $out" two;
  cycle = sh "cycle" "echo $dev > $out; echo $out > $dev" two;
  wrong = sh "wrong" "echo wrong > $out" flat;
  wrongFails = sh "wrong-fails" "exit 4" flat;
  slow = sh "slow" "echo start; sleep 60" { };
  loud = sh "loud" "echo one; sleep 0.2; echo 012345678901234567890123456789; sleep 60" { };
  noBuilder = sh "no-builder" "" { builder = "/no/such/builder"; };
  platform = sh "platform" "" { system = "riscv64-linux"; };
  feature = sh "feature" "" {
    system = "riscv64-linux";
    requiredSystemFeatures = [
      "z"
      "a"
    ];
  };
  phases = sh "phases" ''
    echo '@nix { "action": "setPhase", "phase": "unpackPhase" }'
    echo hello
    echo '@nix { "action": "msg", "level": 0, "msg": "told" }'
    echo '@nix { "action": "msg", "level": 6, "msg": "not told" }'
    exit 1
  '' { };
  many = sh "many" "i=0; while [ $i -lt 40 ]; do echo line $i; i=$((i+1)); done; exit 1" { };
  redrawn = sh "redrawn" "printf 'abc\\rX\\nlast'; exit 1" { };
  writable = sh "writable" "echo > $out; chmod 666 $out" { };
  allowed = sh "allowed" "echo ${ok} > $out" { allowedReferences = [ ]; };
  disallowed = sh "disallowed" "echo ${ok} > $out" { disallowedRequisites = [ ok ]; };
  noRule = sh "no-rule" "echo ${ok} > $out" { allowedReferences = [ "lib" ]; };
  large = sh "large" ". $NIX_ATTRS_SH_FILE; echo 1234567 > \${outputs[out]}" {
    __structuredAttrs = true;
    outputChecks.out.maxSize = 3;
  };
  noChroot = sh "no-chroot" "echo > $out" { __noChroot = true; };
  manyUsers = sh "many-users" "echo > $out" { requiredSystemFeatures = [ "uid-range" ]; };
  magic = sh "magic" "" { builder = "builtin:magic"; };
  notFixed = sh "not-fixed" "" { builder = "builtin:fetchurl"; };
  noChannel = sh "no-channel" "" { builder = "builtin:unpack-channel"; };
  long = sh "long" "head -c 5000 /dev/zero | tr '\\000' x; echo end; exit 1" { };
  pipe = sh "pipe" "mkdir $out; mkfifo $out/pipe" { };
  floatingRefers = sh "floating-refers" "echo $out > $out" {
    __contentAddressed = true;
    outputHashMode = "flat";
    outputHashAlgo = "sha256";
  };
}
