# Strings are put together, taken apart, replaced in and hashed.
let
  inherit (builtins) concatStringsSep foldl' genList hashString map replaceStrings stringLength substring;
  line = n: "item-${toString n}: \"value ${toString (n * n)}\" <${substring 2 5 "abcdefghij"}>";
  lines = genList line 100000;
  text = concatStringsSep "\n" lines;
  escaped = replaceStrings [ "&" "<" ">" "\"" "'" ] [ "&amp;" "&lt;" "&gt;" "&quot;" "&apos;" ] text;
  ends = map (s: substring (stringLength s - 7) 3 s) lines;
  grown = foldl' (s: n: s + "x${toString n}") "" (genList (n: n) 3000);
in
[ (stringLength text) (hashString "sha256" escaped) (hashString "sha256" (concatStringsSep "," ends)) (stringLength grown) ]
