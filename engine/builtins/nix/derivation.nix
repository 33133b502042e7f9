/**
  From the attributes of a build to values that stand for it.

  The argument has at least:

  - `name`, what store paths end with;
  - `system`, the kind of machine that the builder runs on;
  - `builder`, the program that is run: a path, or a string.

  It may have, besides:

  - `args`, the list of the builder's arguments;
  - `outputs`, the names of what is built, `[ "out" ]` unless said otherwise.

  What else it has becomes the builder's environment.

  The result is a set for the first output.
  It has the attributes of the
  argument; `type`, which is `"derivation"`; `drvPath`, `outPath` and
  `outputName` of this output; `all`, the list of the sets of all outputs;
  `drvAttrs`, the argument; and the set of each output under its name.

  The store derivation is made only when one of its paths is asked for.

  Traces show lines of this text, and functions print their place. So its lines
  from here on are those that Nix has, at the places that Nix has them, but for
  what no trace can show: the first is line 29.
*/
drvAttrs@{
  outputs ? [ "out" ],
  ...
}:

let

  strict = derivationStrict drvAttrs;

  commonAttrs =
    drvAttrs
    // (builtins.listToAttrs outputsList)
    // {
      all = map (x: x.value) outputsList;
      inherit drvAttrs;
    };

  outputToAttrListElement = outputName: {
    name = outputName;
    value = commonAttrs // {
      outPath = strict.${outputName};
      drvPath = strict.drvPath;
      type = "derivation";
      inherit outputName;
    };
  };

  outputsList = map outputToAttrListElement outputs;

in
(builtins.head outputsList).value
