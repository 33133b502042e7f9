# A strict fold over a list of a million elements.
builtins.foldl' (sum: n: sum + n) 0 (builtins.genList (n: n) 1000000)
