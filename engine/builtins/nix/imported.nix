# import of a .drv file: like builtins.derivation, from what the file tells.
drv@{ drvPath, name, outputs, ... }:

let
  shared = builtins.listToAttrs named // {
    inherit drvPath name;
    type = "derivation";
    all = map (pair: pair.value) named;
  };

  named = map (outputName: {
    name = outputName;
    value = shared // {
      inherit outputName;
      outPath = drv.${outputName};
    };
  }) outputs;
in
(builtins.head named).value
