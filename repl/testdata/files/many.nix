builtins.listToAttrs (builtins.genList (n: { name = "x${toString n}"; value = n; }) 30)
