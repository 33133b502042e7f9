# What builders are given by their attributes, and what is asked of their outputs.
let
  mk = name: script: attrs: derivation ({
    inherit name;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" script ];
  } // attrs);
  lib = mk "lib" "echo lib > $out" { };
  user = mk "user" "echo $lib > $out" { inherit lib; };
  two = mk "two" "mkdir $out $dev; echo $dev > $out/x; echo $lib > $dev/y" { outputs = [ "out" "dev" ]; inherit lib; };
  top = mk "top" "echo $user $two > $out; echo $out >> $out" { inherit user; two = two.dev; };
  big = mk "big" "i=0; while [ $i -lt 200 ]; do echo 0123456789; i=$((i+1)); done > $out" { };
  # Structured attributes: copies what it is given.
  structured = name: attrs: mk name ". ./.attrs.sh; mkdir \${outputs[out]}; cp .attrs.json .attrs.sh \${outputs[out]}; env | grep NIX_ATTRS | sort > \${outputs[out]}/env" ({ __structuredAttrs = true; } // attrs);
  # Checks of a single output, and of one of several.
  checked = name: checks: mk name "echo $lib $user $extra > $out" ({ inherit lib user; extra = ""; } // checks);
  checkedStructured = name: checks: mk name ". ./.attrs.sh; mkdir \${outputs[out]} \${outputs[dev]}; echo $lib > \${outputs[out]}/a; echo \${outputs[out]} $user > \${outputs[dev]}/b" {
    __structuredAttrs = true;
    outputs = [ "out" "dev" ];
    inherit lib user;
    outputChecks = checks;
  };
in
{
  # Plain attributes.
  env = mk "env" "env | sort | grep -v ^_= > $out" { a = 1; b = true; c = null; d = [ "x" "y z" ]; e = false; f = 1.5; g = ./attributes.nix; };
  passAsFile = mk "passAsFile" "cat $textPath $otherPath > $out; echo $textPath $otherPath \${text-unset} >> $out; ls -A . >> $out" { passAsFile = [ "text" "other" ]; text = "hello\n"; other = "and more"; };
  passNothing = mk "passNothing" "env | grep -c nope > $out; echo done >> $out" { passAsFile = [ "nope" ]; };
  graph = mk "graph" "cat g > $out" { exportReferencesGraph = [ "g" top ]; };
  graphs = mk "graphs" "cat g h > $out" { exportReferencesGraph = [ "g" user "h" two ]; };
  graphOfDrv = mk "graphOfDrv" "cat g > $out" { exportReferencesGraph = [ "g" user.drvPath ]; };
  graphBelow = mk "graphBelow" "cat g > $out" { exportReferencesGraph = [ "g" "${two}/x" ]; };
  graphOdd = mk "graphOdd" "cat g > $out" { exportReferencesGraph = [ "g" ]; };
  graphName = mk "graphName" "cat g > $out" { exportReferencesGraph = [ "../g" user ]; };
  graphNoPath = mk "graphNoPath" "cat g > $out" { exportReferencesGraph = [ "g" "/etc/passwd" ]; };
  graphNoInput = mk "graphNoInput" "cat g > $out" { exportReferencesGraph = [ "g" (builtins.unsafeDiscardStringContext "${user}") ]; };

  # Structured attributes.
  values = structured "values" {
    int = 5; negative = -7; yes = true; no = false; nothing = null; float = 1.5; whole = 3.0; huge = 1.0e30; tiny = 1.0e-7;
    string = "a 'quoted' \"one\" $HOME\nline\ttab"; empty = ""; list = [ "a" "b c" "it's" ]; none = [ ]; numbers = [ 1 2 3 ]; mixed = [ 1 "a" true null ];
    nested = [ [ "a" ] ]; set = { x = "1"; y = 2; z = true; n = null; }; deep = { x = { y = "1"; }; }; noSet = { }; oddSet = { "a b" = "c"; "it's" = "d"; };
    "not-a-name" = "x"; "1st" = "x"; _ok = "x"; unicode = "ä€😀"; path = lib; file = ./attributes.nix; big = 9223372036854775807; sorted = { b = "2"; a = "1"; C = "3"; };
    control = "\r"; drvs = [ lib user ];
  };
  structuredGraph = structured "structuredGraph" { exportReferencesGraph = { g = [ top ]; h = [ user two ]; }; };
  structuredGraphString = structured "structuredGraphString" { exportReferencesGraph.g = user; };
  structuredGraphBad = structured "structuredGraphBad" { exportReferencesGraph.g = [ 5 ]; };
  structuredGraphNoInput = structured "structuredGraphNoInput" { exportReferencesGraph.g = [ (builtins.unsafeDiscardStringContext "${user}") ]; };
  structuredOutputs = structured "structuredOutputs" { outputs = [ "out" "dev" ]; args = [ "-c" ". ./.attrs.sh; mkdir \${outputs[out]}; cp .attrs.sh \${outputs[out]}; echo x > \${outputs[dev]}" ]; };
  structuredPass = structured "structuredPass" { passAsFile = [ "text" ]; text = "hello"; };
  discarded = mk "discarded" ". ./.attrs.sh; echo $lib > \${outputs[out]}" { __structuredAttrs = true; inherit lib; unsafeDiscardReferences.out = true; };

  discardedPlain = mk "discardedPlain" "echo $lib > $out" { inherit lib; unsafeDiscardReferences = true; };
  discardedBadType = mk "discardedBadType" ". ./.attrs.sh; echo $lib > \${outputs[out]}" { __structuredAttrs = true; inherit lib; unsafeDiscardReferences.out = "yes"; };

  # Output checks.
  refsOK = checked "refsOK" { allowedReferences = [ lib user ]; };
  refsFew = checked "refsFew" { allowedReferences = [ lib ]; };
  refsNone = checked "refsNone" { allowedReferences = [ ]; };
  refsSelf = mk "refsSelf" "echo $out > $out" { allowedReferences = [ ]; };
  refsSelfOut = mk "refsSelfOut" "echo $out > $out" { allowedReferences = [ "out" ]; };
  refsBadly = checked "refsBadly" { allowedReferences = [ "nope" ]; };
  refsNotHere = checked "refsNotHere" { disallowedReferences = [ lib ]; };
  refsNotOther = checked "refsNotOther" { disallowedReferences = [ two ]; };
  reqsOK = checked "reqsOK" { allowedRequisites = [ lib user ]; };
  reqsFew = mk "reqsFew" "echo $user > $out" { inherit user; allowedRequisites = [ user ]; };
  reqsNot = mk "reqsNot" "echo $user > $out" { inherit user; disallowedRequisites = [ lib ]; };
  reqsNotTwo = mk "reqsNotTwo" "echo $user $two > $out" { inherit user two; disallowedRequisites = [ lib two.dev ]; };
  reqsSelf = mk "reqsSelf" "echo $out > $out" { allowedRequisites = [ ]; };
  maxSizeOK = checkedStructured "maxSizeOK" { out.maxSize = 5000; dev.maxClosureSize = 100000; };
  maxSize = checkedStructured "maxSize" { out.maxSize = 100; };
  maxClosure = checkedStructured "maxClosure" { dev.maxClosureSize = 500; };
  outRefs = checkedStructured "outRefs" { out.allowedReferences = [ ]; };
  devRefs = checkedStructured "devRefs" { dev.allowedReferences = [ "out" ]; };
  devRefsOK = checkedStructured "devRefsOK" { dev.allowedReferences = [ "out" user ]; };
  devReqs = checkedStructured "devReqs" { dev.disallowedRequisites = [ lib ]; };
  devNotOut = checkedStructured "devNotOut" { dev.disallowedReferences = [ "out" ]; };
  checksBadList = checkedStructured "checksBadList" { out.allowedReferences = "lib"; };
  checksBadSet = checkedStructured "checksBadSet" [ ];
  checksUnknown = checkedStructured "checksUnknown" { out.noSuchCheck = 5; nope.maxSize = 1; };
  #differs 2.34 it says neither of which derivation nor of which attribute
  checksBadType = checkedStructured "checksBadType" { out.maxSize = "large"; };
  #differs 2.34 it says neither of which derivation nor of which attribute
  checksNull = checkedStructured "checksNull" { out.maxClosureSize = null; };
  checksFraction = checkedStructured "checksFraction" { out.maxSize = 1.5; };
  checksNegative = checkedStructured "checksNegative" { out.maxSize = -1; };
  checksInPlain = mk "checksInPlain" "echo $lib > $out" { inherit lib; outputChecks = builtins.toJSON { out.allowedReferences = [ ]; }; };
  #differs 2.34 it warns in other words, and again when it builds, once for each time that it reads the derivation
  plainInStructured = mk "plainInStructured" ". ./.attrs.sh; echo $lib > \${outputs[out]}" { __structuredAttrs = true; inherit lib; allowedReferences = [ ]; maxSize = 5; };
  #differs 2.34 versions 2.17 to 2.34 do not hash where an output refers to itself; before and after they do (Nix 2.35 release notes)
  caSelf = mk "caSelf" "echo $out > $out" { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; allowedReferences = [ ]; };
  caRefs = mk "caRefs" "echo $lib > $out" { inherit lib; __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; allowedReferences = [ ]; };
  fixedRecursive = mk "fixedRecursive" "echo $lib > $out" { inherit lib; outputHashMode = "recursive"; outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; };
  fixedRefs = mk "fixedRefs" "echo $lib > $out" { inherit lib; outputHashMode = "flat"; outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; };
  impureVar = mk "impureVar" "echo \"[$FOO]\" > $out" { impureEnvVars = [ "FOO" "BAR" ]; outputHash = "sha256-4wTYpYPsHLyJHYxjmvPFAlVFP5XfjrcDEsnANHMWNDk="; outputHashMode = "flat"; };
  feature = mk "feature" "echo x > $out" { requiredSystemFeatures = [ "nope" "kvm-not" ]; };
  inherit big top;
}
