# A graph of 100,000 nodes, each with three edges, from one start.
let
  size = 100000;
  mod = n: n - n / size * size;
  closure = builtins.genericClosure {
    startSet = [ { key = 1; } ];
    operator = { key }: [ { key = mod (key * 3 + 1); } { key = mod (key * 7 + 2); } { key = mod (key + 1); } ];
  };
in
[ (builtins.length closure) (builtins.foldl' (sum: node: sum + node.key) 0 closure) ]
