A build from a source archive, as a derivation's builder does it.

  $ mkdir -p hello-1.0/src hello-1.0/doc hello-1.0/scripts && cd hello-1.0
  > cat > configure <<'END'
  > #! /bin/sh
  > # A small configure script in the style of autoconf.
  > set -e
  > prefix=/usr/local enable_nls=yes
  > for arg; do
  >   case $arg in
  >   --prefix=*) prefix=`expr "x$arg" : 'x[^=]*=\(.*\)'` ;;
  >   --disable-*)
  >     feature=`echo "$arg" | sed -e 's/--disable-//' -e 's/[^a-z0-9]/_/g'`
  >     eval "enable_$feature=no" ;;
  >   *) echo "configure: error: unrecognized option: $arg" >&2; exit 1 ;;
  >   esac
  > done
  > srcdir=`dirname "$0"`
  > exec 5>config.log
  > echo "configured in `basename "$srcdir"`" >&5
  > for prog in sed grep awk nosuchprog; do
  >   printf 'checking for %s... ' $prog
  >   if command -v $prog >/dev/null 2>&1; then echo yes; echo "$prog: found" >&5; else echo no; fi
  > done
  > echo 'checking whether echo works... yes' | tee -a config.log
  > test -f "$srcdir/src/main.c" || { echo "configure: error: no sources"; exit 1; }
  > (umask 077; mkdir conftest.dir) && test -d conftest.dir && rm -rf conftest.dir
  > cat > confdefs.h <<_ACEOF
  > #define PREFIX "$prefix"
  > #define ENABLE_NLS $(test "$enable_nls" = yes && echo 1 || echo 0)
  > _ACEOF
  > for file in Makefile.in; do
  >   out=`echo $file | sed 's,\.in$,,'`
  >   echo "creating $out"
  >   sed -e "s,@prefix@,$prefix,g" -e "/^#/d" -e 's/[ 	]*$//' "$srcdir/$file" > "$out"
  > done
  > trap 'echo "configure: done ($?)"' 0
  > END
  > chmod +x configure
  > printf '# comment\nprefix = @prefix@   \nbindir = @prefix@/bin\n' > Makefile.in
  > printf 'int main(void)\n{\n  return greet("world");\n}\n' > src/main.c
  > printf 'int greet(const char *who)\n{\n  /* greeting */\n  return 0;\n}\n' > src/greet.c
  > printf '#!/usr/bin/env sh\necho hello @VERSION@\n' > scripts/hello.in
  > printf 'Hello\n=====\n\nThis is hello.\n' > doc/README; ln -s README doc/INDEX
  > cd .. && tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1 -czf hello-1.0.tar.gz hello-1.0 && rm -rf hello-1.0 && ls
  hello-1.0.tar.gz
  $ cat > fix.patch <<'END'
  > --- hello-1.0/src/greet.c
  > +++ hello-1.0/src/greet.c
  > @@ -1,5 +1,6 @@
  >  int greet(const char *who)
  >  {
  > -  /* greeting */
  > +  /* a better greeting */
  > +  puts(who);
  >    return 0;
  >  }
  > END
  > cat > builder.sh <<'END'
  > set -eu -o pipefail
  > umask 022
  > phase() { echo "== $1"; }
  > phase unpack
  > tar xzf "$src"
  > cd hello-*/
  > phase patch
  > for p in $patches; do patch -p1 < "$p"; done
  > find . -type f -name '*.in' -exec sed -i 's/@VERSION@/1.0/g' {} +
  > find scripts -type f -print0 | xargs -0 sed -i '1s,^#!/usr/bin/env sh,#!/bin/sh,'
  > grep -rn 'better' src
  > phase configure
  > mkdir build && cd build
  > sh ../configure --prefix="$out" --disable-nls
  > cat config.log confdefs.h Makefile
  > phase build
  > objs=
  > for f in ../src/*.c; do
  >   o=$(basename "$f" .c).o
  >   { echo "object of ${f##*/}"; tr -d ' \n' < "$f" | md5sum | cut -d' ' -f1; } > "$o"
  >   objs="$objs $o"
  > done
  > cat $objs > hello.bin
  > wc -l hello.bin
  > phase check
  > if ! grep -q 'object of main.c' hello.bin; then echo FAIL; exit 1; fi
  > seq 3 | while read -r n; do
  >   if [ "$n" = 2 ]; then continue; fi
  >   echo "test $n ok"
  > done
  > phase install
  > install -D -m 755 hello.bin "$out/bin/hello"
  > install -Dm644 -t "$out/share/doc/hello" ../doc/README
  > mkdir -p "$out/libexec" && cp -a ../scripts/hello.in "$out/libexec/hello" && chmod +x "$out/libexec/hello"
  > ln -s ../libexec/hello "$out/bin/greet"
  > cp -d ../doc/INDEX "$out/share/doc/hello/"
  > (cd "$out" && find . -type f | sort | xargs sha256sum) > manifest
  > awk '{ n++; size += length($2) } END { print n " files, " size " letters" }' manifest
  > cp manifest "$out/share/"
  > phase fixup
  > find "$out" -type f -perm /111 | sort | sed "s,$out,OUT,"
  > find "$out" -exec touch -h -d @1 {} +
  > find "$out" -type d -empty -delete
  > echo "$out" | sed "s,.*/,done: ,"
  > END
  > src=$PWD/hello-1.0.tar.gz patches=$PWD/fix.patch out=$PWD/out sh -e builder.sh
  == unpack
  == patch
  patching file src/greet.c
  src/greet.c:3:  /* a better greeting */
  == configure
  checking for sed... yes
  checking for grep... yes
  checking for awk... yes
  checking for nosuchprog... no
  checking whether echo works... yes
  creating Makefile
  configure: done (0)
  configured in ..
  sed: found
  grep: found
  awk: found
  checking whether echo works... yes
  #define PREFIX "$DIR/out"
  #define ENABLE_NLS 0
  prefix = $DIR/out
  bindir = $DIR/out/bin
  == build
  4 hello.bin
  == check
  test 1 ok
  test 3 ok
  == install
  3 files, 50 letters
  == fixup
  OUT/bin/hello
  OUT/libexec/hello
  done: out
  $ cd out && find . | sort && cat bin/hello && readlink bin/greet share/doc/hello/INDEX && stat -c '%a %Y %n' bin/hello share/manifest && ./libexec/hello
  .
  ./bin
  ./bin/greet
  ./bin/hello
  ./libexec
  ./libexec/hello
  ./share
  ./share/doc
  ./share/doc/hello
  ./share/doc/hello/INDEX
  ./share/doc/hello/README
  ./share/manifest
  object of greet.c
  f35f4534ddd63ce2ba041e89e05c1098
  object of main.c
  406102e7c5a7e2ee375ac7d7c86f8ccc
  ../libexec/hello
  README
  755 1 bin/hello
  644 1 share/manifest
  hello 1.0
  $ tar --sort=name --owner=0 --group=0 --numeric-owner -cf - out | sha256sum
  8b4192324f396cee71c8a250e0e258e70425f43b8206ecb601755e2c0354a036  -

The same again fails where it should.

  $ src=$PWD/nosuch.tar.gz patches= out=$PWD/out2 sh -e builder.sh 2>/dev/null; echo $?; ls out2
  == unpack
  2
  ls: cannot access 'out2': No such file or directory
  [2]
  $ rm -rf hello-1.0; src=$PWD/hello-1.0.tar.gz patches=/nosuch out=$PWD/out2 sh builder.sh 2>/dev/null; echo $?
  == unpack
  == patch
  1
  $ tar xzf hello-1.0.tar.gz; cd hello-1.0; mkdir b; cd b; sh ../configure --nosuch; echo $?
  configure: error: unrecognized option: --nosuch
  1

A gnulib-like install loop, quoting and here-documents.

  $ for d in 'a b' c; do mkdir -p "x/$d"; printf '%s\n' "in $d" > "x/$d/f 1"; done
  > find x -name 'f *' -print | sort | while IFS= read -r f; do
  >   dest="y/${f#x/}"
  >   mkdir -p "$(dirname "$dest")"
  >   cp "$f" "$dest"
  >   echo "$dest: $(cat "$dest")"
  > done
  > diff -r x y && echo same
  > cat > gen.sh <<EOF
  > #!$(command -v sh >/dev/null && echo /bin/sh)
  > # generated from $PWD
  > for i in 1 2; do echo "\$i: \\\$HOME"; done
  > EOF
  > sed -n '1p;3p' gen.sh; sh gen.sh
  y/a b/f 1: in a b
  y/c/f 1: in c
  same
  #!/bin/sh
  for i in 1 2; do echo "$i: \$HOME"; done
  1: $HOME
  2: $HOME
