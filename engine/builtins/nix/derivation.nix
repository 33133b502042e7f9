# builtins.derivation: from the attributes of a build to values that stand for it.
#
# The argument has at least:
#
#   name     what store paths end with;
#   system   the kind of machine that the builder runs on;
#   builder  the program that is run: a path, or a string.
#
# and may have:
#
#   args     the list of the builder's arguments;
#   outputs  the names of what is built, [ "out" ] unless said otherwise.
#
# What else it has becomes the builder's environment.
#
# The result is a set for the first output. It has the attributes of the
# argument, and:
#
#   type        "derivation";
#   drvPath     the path of the store derivation;
#   outPath     the path of this output;
#   outputName  the name of this output;
#   all         the list of the sets of all outputs;
#   drvAttrs    the argument;
#   NAME        the set of the output NAME, for each.
#
# The store derivation is made only when one of its paths is asked for.
#
# Values print this function with its place, which is therefore Nix's: line 30.
drvAttrs@{ outputs ? [ "out" ], ... }:

let
  instantiated = derivationStrict drvAttrs;

  shared =
    drvAttrs
    // builtins.listToAttrs named
    // {
      all = map (pair: pair.value) named;
      inherit drvAttrs;
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
