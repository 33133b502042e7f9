# 10 MB of JSON, written, read and written again.
let
  inherit (builtins) fromJSON genList hashString stringLength toJSON;
  record = n: {
    id = n;
    name = "package-${toString n}";
    description = "The \"${toString n}th\" of many packages, with a tab\tand a line\n";
    version = [ 1 n 3 ];
    meta = { available = true; broken = false; score = n + 0.5; homepage = null; maintainers = [ { github = "user${toString n}"; } ]; };
  };
  text = toJSON (genList record 45000);
  again = toJSON (fromJSON text);
in
[ (stringLength text) (text == again) (hashString "sha256" again) ]
