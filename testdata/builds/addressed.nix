# Paths that refer to others in all ways, to be made content-addressed: by name, by a
# link, and by a digest alone, which is no name.
let
  sh = name: script: derivation {
    inherit name;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" script ];
  };
  a = sh "a" "echo a > $out";
  b = sh "b" "mkdir $out; echo ${a} > $out/x; ln -s ${a} $out/l; a=${a}; a=\${a#/nix/store/}; echo \${a%-a} > $out/bare";
in
sh "c" "mkdir -p $out/bin; echo ${a} ${b} > $out/bin/c; chmod +x $out/bin/c; ln -s ${b}/x $out/l"
