# A small package set that builds with nothing but the sandbox's /bin/sh.
#
# Thirty-odd derivations in four layers: data and libraries, libraries on
# those, programs, and sets of programs. Every program records the store paths
# of the libraries that it was given, so the references found at run time are
# real ones, and a closure shows what needs what.
#
#   nixbench build -f examples/tour desktop
#   nixbench repl -f examples/tour
{
  system ? builtins.currentSystem,
}:

let
  inherit (import ./package.nix { inherit system; }) package blob;

  self = rec {
    # Layer 1: what needs nothing.

    # A fixed output: its content is known beforehand, its builder does not matter.
    words = package {
      pname = "words";
      version = "2026";
      outputHashMode = "recursive";
      outputHashAlgo = "sha256";
      outputHash = "sha256-4eAz2Tablr7tBaYZ4mloBWVLQUrgWbgDclSkDy/eG2E=";
      build = ''
        mkdir -p $out/share/words
        awk 'BEGIN { for (i = 1; i <= 4000; i++) printf "word-%05d\n", i }' \
          > $out/share/words/list
      '';
    };

    locales = package {
      pname = "locales";
      version = "5.1";
      build = blob "share/locale/archive" 2600;
    };

    fonts = package {
      pname = "fonts";
      version = "3.0";
      build = blob "share/fonts/mono.bdf" 900 + blob "share/fonts/serif.bdf" 700;
    };

    libcore = package {
      pname = "libcore";
      version = "2.1";
      build = blob "lib/libcore.so" 480;
    };

    # Two versions of one library; programs of both kinds meet in `desktop`.
    libzed_1_2 = package {
      pname = "libzed";
      version = "1.2";
      needs = [ libcore ];
      build = blob "lib/libzed.so.1.2" 120;
    };

    libzed_1_3 = package {
      pname = "libzed";
      version = "1.3";
      needs = [ libcore ];
      build = blob "lib/libzed.so.1.3" 140;
    };

    # Several outputs: programs refer to `out`, only builds refer to `dev`.
    textkit = package {
      pname = "textkit";
      version = "0.9";
      outputs = [
        "out"
        "dev"
        "doc"
      ];
      needs = [ libcore ];
      build =
        blob "lib/libtextkit.so" 260
        + ''
          mkdir -p $dev/include $doc/share/doc
          echo "#define TEXTKIT_LIB \"$out/lib/libtextkit.so\"" > $dev/include/textkit.h
          awk 'BEGIN { for (i = 1; i <= 9000; i++) print "Paragraph " i " of the manual." }' \
            > $doc/share/doc/textkit.txt
        '';
    };

    # Layer 2: libraries on libraries.

    libjson = package {
      pname = "libjson";
      version = "4.0";
      needs = [
        libcore
        libzed_1_3
      ];
      build = blob "lib/libjson.so" 90;
    };

    libhttp = package {
      pname = "libhttp";
      version = "1.8";
      needs = [
        libcore
        libzed_1_2
      ];
      build = blob "lib/libhttp.so" 210;
    };

    liblog = package {
      pname = "liblog";
      version = "0.3";
      needs = [ libcore ];
      build = blob "lib/liblog.so" 30;
    };

    libdb = package {
      pname = "libdb";
      version = "6.2";
      needs = [
        libcore
        libzed_1_3
        liblog
      ];
      build = blob "lib/libdb.so" 340;
    };

    libdraw = package {
      pname = "libdraw";
      version = "2.2";
      needs = [
        libcore
        fonts
      ];
      build = blob "lib/libdraw.so" 300;
    };

    libspell = package {
      pname = "libspell";
      version = "0.7";
      needs = [
        textkit
        words
      ];
      build = blob "lib/libspell.so" 45;
    };

    # Layer 3: programs.

    greet = package {
      pname = "greet";
      version = "1.0";
      needs = [ libjson ];
      program = "echo hello from greet 1.0";
    };

    greet_1_1 = package {
      pname = "greet";
      version = "1.1";
      needs = [
        libjson
        locales
      ];
      program = "echo hello from greet 1.1";
    };

    calc = package {
      pname = "calc";
      version = "12.4";
      needs = [ libcore ];
      program = "echo $(( $* ))";
    };

    clock = package {
      pname = "clock";
      version = "0.2";
      needs = [
        libdraw
        locales
      ];
      program = "date -u";
    };

    notes = package {
      pname = "notes";
      version = "3.3";
      needs = [
        libdb
        libjson
        textkit
      ];
      buildNeeds = [ textkit.dev ];
      build = "grep -q TEXTKIT_LIB ${textkit.dev}/include/textkit.h\n";
      program = "cat notes.txt";
    };

    editor = package {
      pname = "editor";
      version = "29.1";
      needs = [
        textkit
        libdraw
        libspell
        libjson
      ];
      build = blob "share/editor/modes" 400;
      program = "cat \"$@\"";
    };

    paint = package {
      pname = "paint";
      version = "1.4";
      needs = [
        libdraw
        libcore
      ];
      build = blob "share/paint/brushes" 650;
      program = "echo painting";
    };

    server = package {
      pname = "server";
      version = "2.0";
      needs = [
        libhttp
        libdb
        liblog
      ];
      program = "echo listening";
    };

    browser = package {
      pname = "browser";
      version = "127.0";
      needs = [
        libhttp
        libjson
        libdraw
        fonts
      ];
      build = blob "lib/browser/engine.so" 1500;
      program = "echo browsing";
    };

    # The version before: what an upgrade leaves to a generation of its own.
    browser_126 = package {
      pname = "browser";
      version = "126.0";
      needs = [
        libhttp
        libdraw
        fonts
      ];
      build = blob "lib/browser/engine.so" 1420 + blob "lib/browser/legacy.so" 380;
      program = "echo browsing as before";
    };

    # Built on the tour and kept by nothing: garbage.
    wallpapers = package {
      pname = "wallpapers";
      version = "1.0";
      build = blob "share/wallpapers/hills" 980 + blob "share/wallpapers/sea" 860;
    };

    chess = package {
      pname = "chess";
      version = "0.9";
      needs = [ libdraw ];
      build = blob "share/chess/openings" 180;
      program = "echo e4";
    };

    # Prints 20,000 lines, some in colour, and a progress bar that overwrites itself.
    chatty = package {
      pname = "chatty";
      version = "1.0";
      needs = [ liblog ];
      build = ''
        awk 'BEGIN {
          esc = sprintf("%c", 27)
          for (i = 1; i <= 20000; i++) {
            if (i % 1000 == 0) printf "%s[33mwarning: unit %05d is large%s[0m\n", esc, i, esc
            else if (i % 50 == 0) printf "%s[32m  CC%s[0m      src/unit-%05d.o\n", esc, esc, i
            else printf "  CC      src/unit-%05d.o\n", i
          }
          for (i = 0; i <= 100; i++) printf "linking [%3d%%]\r", i
          printf "linking done  \n"
        }'
      '';
      program = "echo quiet now";
    };

    # Takes twenty seconds, with a sign of life in each.
    slow = package {
      pname = "slow";
      version = "1.0";
      needs = [ libcore ];
      build = ''
        for i in $(seq 1 20); do
          echo "step $i of 20"
          sleep 1
        done
      '';
      program = "echo at last";
    };

    # Fails while checking, after its build went well.
    broken = package {
      pname = "broken";
      version = "0.1";
      needs = [ libjson ];
      build = blob "lib/libbroken.so" 10;
      check = ''
        echo "running 3 tests"
        echo "test parse ... ok"
        echo "test print ... ok"
        echo "test round-trip ... FAILED: got 41, want 42"
        exit 2
      '';
      program = "echo never";
    };

    # Layer 4: sets of programs.

    tools = package {
      pname = "tools";
      version = "2026.11";
      needs = [
        greet
        calc
        notes
      ];
    };

    desktop = package {
      pname = "desktop";
      version = "2026.11";
      needs = [
        editor
        browser
        paint
        clock
      ];
    };

    games = package {
      pname = "games";
      version = "2026.11";
      needs = [
        chess
        greet_1_1
      ];
    };

    machine = package {
      pname = "machine";
      version = "2026.11";
      needs = [
        desktop
        tools
        server
        chatty
        slow
      ];
    };

    # What `nixbench tour` builds: everything, the package that fails too.
    all = [
      machine
      games
      broken
      textkit.doc
    ];
  };
in
self
