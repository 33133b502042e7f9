# A set of a million attributes whose names are computed.
let
  set = builtins.listToAttrs (builtins.genList (n: { name = "attr${toString n}"; value = n; }) 1000000);
in
[ set.attr0 set.attr999999 (builtins.length (builtins.attrNames set)) ]
