# builtins.derivation: a set for each output, every one of which contains all
# the others. The store derivation is made only when a path is asked for.
attrs@{ outputs ? [ "out" ], ... }:

let
  instantiated = derivationStrict attrs;

  shared =
    attrs
    // builtins.listToAttrs named
    // {
      all = map (pair: pair.value) named;
      drvAttrs = attrs;
    };

  named = map (outputName: {
    name = outputName;
    value = shared // {
      inherit outputName;
      type = "derivation";
      drvPath = instantiated.drvPath;
      outPath = builtins.getAttr outputName instantiated;
    };
  }) outputs;
in
(builtins.head named).value
