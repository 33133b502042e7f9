# 100,000 sets, sorted by a function and their numbers by a builtin.
let
  inherit (builtins) foldl' genList map sort;
  # A permutation of 0 … 99999: 34567 and 100000 have no common divisor.
  scatter = n: n * 34567 - (n * 34567 / 100000) * 100000;
  numbers = genList scatter 100000;
  sets = map (n: { key = n; }) numbers;
  checksum = foldl' (sum: n: sum * 31 + n - (sum * 31 + n) / 1000003 * 1000003) 0;
in
[
  (checksum (map (x: x.key) (sort (a: b: a.key < b.key) sets)))
  (checksum (sort builtins.lessThan numbers))
]
