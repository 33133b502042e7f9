# Builds that print what they see of themselves and of their sandboxes.
let
  script = ''
    echo "arguments: $0 $*"
    echo "variables:"; env | sort
    echo "user $(id -u), group $(id -g), umask $(umask), in $(pwd)"
    echo "host $(cat /proc/sys/kernel/hostname), domain $(cat /proc/sys/kernel/domainname), machine $(uname -m)"
    echo "personality $(cat /proc/self/personality), out of memory $(cat /proc/self/oom_score_adj)"
    echo "limits:"; cat /proc/self/limits
    echo "status:"; grep -E '^(Uid|Gid|Groups|Cap(Inh|Prm|Eff|Amb)|NoNewPrivs|Seccomp|Sig(Blk|Ign|Cgt)|NS)' /proc/self/status
    echo "standard files:"; ls -l /proc/self/fd 2>/dev/null | sed -n 's/^\(l[rwx-]*\).* \([012]\) -> /\1 \2 /p' | sed 's/[0-9]*$//'
    echo "root:"; stat -c '%n %F %a' / /*
    echo "devices:"; stat -c '%N %F %a %t,%T' /dev/* /dev/pts/*
    echo "etc:"
    for file in /etc/*; do
      test "$file" = /etc/services || { stat -c '%n %F %a' "$file"; cat "$file"; }
    done
    echo "build:"; stat -c '%n %F %a %U %G' /build $(find /build -type f | sort)
    find /build -type f | sort | while read -r file; do echo "$file:"; cat "$file"; done
    echo "store:"; stat -c '%n %F %a' /nix /nix/store
    stat -c '%n %F %a %Y' /nix/store/*
    echo "processes:"; ls /proc | grep '^[0-9]' | head -n 1
    echo "network:"; sed 's/ .*lo:.*/lo/' /proc/net/dev | grep -c :
    test -z "$NIX_ATTRS_SH_FILE" || { . "$NIX_ATTRS_SH_FILE"; out=''${outputs[out]} outputs=; }
    for output in ''${outputs:-out}; do eval "echo > \''${$output}"; done
  '';
  view =
    name: extra:
    derivation (
      {
        inherit name;
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [
          "-c"
          script
          "first"
          "second argument"
        ];
      }
      // extra
    );
in
{
  plain = view "plain" {
    text = "two\nlines";
    empty = "";
    number = 1;
    no = false;
    list = [
      "a"
      "b c"
    ];
  };
  files = view "files" {
    passAsFile = [ "long" ];
    long = "long";
    input = builtins.toFile "input" "input";
    exportReferencesGraph = [
      "graph"
      (builtins.toFile "input" "input")
    ];
  };
  two = view "two" {
    outputs = [
      "out"
      "dev"
    ];
  };
  structured = view "structured" {
    __structuredAttrs = true;
    text = "it's";
    list = [
      1
      "b c"
    ];
    set.a = null;
  };
  fixed = view "fixed" {
    outputHash = "sha256-AbpHGcgLb+kRsJGnwFEktk7uzpZOCcBY74+YBdrKVGs=";
    outputHashMode = "flat";
    outputHashAlgo = "sha256";
    impureEnvVars = [
      "HOME_OF_TEST"
      "UNSET_OF_TEST"
    ];
  };
}
