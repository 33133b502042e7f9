# The lines of want for the value of a case.
value:
let
  text = builtins.unsafeDiscardStringContext;
  lines = prefix: d:
    [ "${prefix}drvPath ${text d.drvPath}" ]
    ++ map (o: "${prefix}${o} ${text d.${o}.outPath}") (builtins.sort builtins.lessThan d.outputs or [ "out" ]);
  isDerivation = v: v.type or null == "derivation";
in
builtins.concatStringsSep "\n" (
  if isDerivation value then
    lines "" value
  else
    builtins.concatMap (n: lines "${n}." value.${n}) (builtins.attrNames value)
)
