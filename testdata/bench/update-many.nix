# `//` on many small sets: 800,000 of them.
let
  inherit (builtins) foldl' genList;
  defaults = { enable = false; port = 80; host = "localhost"; user = "nobody"; extra = { }; };
  configure = n: defaults // { port = n; } // (if n - n / 2 * 2 == 0 then { enable = true; } else { user = "root"; extra = { inherit n; }; });
in
foldl' (sum: n: let c = configure n; in sum + c.port + (if c.enable then 1 else c.extra.n)) 0 (genList (n: n) 400000)
