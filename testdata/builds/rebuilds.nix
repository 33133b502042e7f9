# Builds that come out the same each time, or not.
let
  sh =
    name: script:
    derivation {
      inherit name;
      system = builtins.currentSystem;
      builder = "/bin/sh";
      args = [
        "-euc"
        script
      ];
    };
in
rec {
  stable = sh "stable" "echo stable > $out";
  user = sh "user" "echo ${stable} > $out";
  other = sh "other" "echo > $out";
  unstable = sh "unstable" "mkdir -p $out/d; echo > $out/same; cat /proc/sys/kernel/random/uuid > $out/d/other";
}
