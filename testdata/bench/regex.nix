# Versions, store paths and lines are matched and split, as lib and pkgs do it.
let
  inherit (builtins) concatLists concatStringsSep elemAt filter foldl' genList isList isString length match split stringLength;
  names = genList (n: "libfoo${toString n}-1.${toString n}.3-rc${toString (n * 7)}.tar.gz") 20000;
  parsed = map (match "([[:alnum:]]+)-([0-9]+)\\.([0-9]+)\\.([0-9]+)(-(rc|beta)([0-9]+))?\\.tar\\.(gz|xz|bz2)") names;
  fields = concatLists (map (split "[-.]+") names);
  assignments = concatStringsSep "\n" (genList (n: "  key${toString n} = \"value ${toString n}\";") 10000);
  lines = filter isString (split "\n" assignments);
  values = map (line: elemAt (match "[ \t]*([a-z0-9]+)[ \t]*=[ \t]*\"([^\"]*)\"[ \t]*;" line) 1) lines;
  misses = filter (name: match ".*(foo|bar)[0-9]*x.*" name != null) names;
in
[
  (foldl' (sum: m: sum + stringLength (elemAt m 6)) 0 parsed)
  (length (filter isList fields))
  (foldl' (sum: v: sum + stringLength v) 0 values)
  (length misses)
]
