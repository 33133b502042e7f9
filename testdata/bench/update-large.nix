# `//` with small sets on a set of 20,000 attributes, as overlays do it: each
# step looks into what is there.
let
  inherit (builtins) attrNames foldl' genList length listToAttrs;
  name = n: "package${toString n}";
  base = listToAttrs (genList (n: { name = name n; value = { version = n; }; }) 20000);
  overlay = set: n: set // {
    ${name (n * 7)} = set.${name (n * 7)} // { patched = n; };
    "also${toString n}" = { version = n; };
    "new${toString n}" = set.${name n};
  };
  final = foldl' overlay base (genList (n: n) 300);
in
[ (length (attrNames final)) final.package7.patched final.new299.version ]
