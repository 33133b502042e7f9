  $ mkdir -p t/a/b t/c t/.hid; echo x > t/a/f.c; printf 'hello world' > t/a/b/g.h; touch t/c/empty t/.hid/z; ln -s a t/link; chmod 755 t/a/f.c; touch -d @0 t/c/empty; mkdir t/emptydir
  $ find t | sort
  t
  t/.hid
  t/.hid/z
  t/a
  t/a/b
  t/a/b/g.h
  t/a/f.c
  t/c
  t/c/empty
  t/emptydir
  t/link
  $ cd t; find | sort
  .
  ./.hid
  ./.hid/z
  ./a
  ./a/b
  ./a/b/g.h
  ./a/f.c
  ./c
  ./c/empty
  ./emptydir
  ./link
  $ cd t; find . -name '*.c'
  ./a/f.c
  $ find t -type f | sort
  t/.hid/z
  t/a/b/g.h
  t/a/f.c
  t/c/empty
  $ find t -type d | sort
  t
  t/.hid
  t/a
  t/a/b
  t/c
  t/emptydir
  $ find t -type l
  t/link
  $ find t -type f,l | sort
  t/.hid/z
  t/a/b/g.h
  t/a/f.c
  t/c/empty
  t/link
  $ find t -name '*.[ch]' | sort
  t/a/b/g.h
  t/a/f.c
  $ find t -iname 'F.C'
  t/a/f.c
  $ find t -path '*/b/*'
  t/a/b/g.h
  $ find t -path t/a -prune -o -type f -print | sort
  t/.hid/z
  t/c/empty
  $ find t -maxdepth 1 | sort
  t
  t/.hid
  t/a
  t/c
  t/emptydir
  t/link
  $ find t -mindepth 2 -maxdepth 2 | sort
  t/.hid/z
  t/a/b
  t/a/f.c
  t/c/empty
  $ find t -empty | sort
  t/.hid/z
  t/c/empty
  t/emptydir
  $ find t -empty -type f | sort
  t/.hid/z
  t/c/empty
  $ find t -size 0 -type f | sort
  t/.hid/z
  t/c/empty
  $ find t -type f -size +5c | sort
  t/a/b/g.h
  $ find t -type f -size -1k | sort
  t/.hid/z
  t/c/empty
  $ find t -perm 755 -type f
  t/a/f.c
  $ find t -type f -perm -u+x
  t/a/f.c
  $ find t -type f -perm /111
  t/a/f.c
  $ find t -type f ! -perm /111 | sort
  t/.hid/z
  t/a/b/g.h
  t/c/empty
  $ find t -not -name '*.c' -type f | sort
  t/.hid/z
  t/a/b/g.h
  t/c/empty
  $ find t \( -name '*.c' -o -name '*.h' \) -print | sort
  t/a/b/g.h
  t/a/f.c
  $ find t -name '*.c' -o -name '*.h' | sort
  t/a/b/g.h
  t/a/f.c
  $ find t -name '*.c' -print -o -name '*.h' -print | sort
  t/a/b/g.h
  t/a/f.c
  $ find t -type f -newer t/c/empty | sort
  t/.hid/z
  t/a/b/g.h
  t/a/f.c
  $ find t -print0 | tr '\0' '\n' | sort
  t
  t/.hid
  t/.hid/z
  t/a
  t/a/b
  t/a/b/g.h
  t/a/f.c
  t/c
  t/c/empty
  t/emptydir
  t/link
  $ find t -name f.c -exec echo got {} \;
  got t/a/f.c
  $ find t -type f -exec echo {} + | tr ' ' '\n' | sort
  t/.hid/z
  t/a/b/g.h
  t/a/f.c
  t/c/empty
  $ find t -name f.c -exec cat {} \; -print
  x
  t/a/f.c
  $ find t -name f.c -exec false \; -print; echo $?
  0
  $ find t -name f.c -exec sh -c 'echo "$1" "$0"' name {} \;
  t/a/f.c name
  $ find t -name f.c -execdir echo {} \;
  ./f.c
  $ find t -name f.c -exec nosuchcmd {} \;
  find: 'nosuchcmd': No such file or directory
  $ find t/a -depth | sort -r | head -2
  t/a/f.c
  t/a/b/g.h
  $ find t/a -depth
  t/a/b/g.h
  t/a/b
  t/a/f.c
  t/a
  $ find t -links 1 -type f -name f.c
  t/a/f.c
  $ find t -regex '.*/[fg]\.[ch]' | sort
  t/a/b/g.h
  t/a/f.c
  $ find t -regextype posix-extended -regex '.*/(f|g)\..' | sort
  t/a/b/g.h
  t/a/f.c
  $ find t -regex '.*\(c\|h\)' | sort
  t/a/b/g.h
  t/a/f.c
  t/c
  $ find nosuch
  find: 'nosuch': No such file or directory
  [1]
  $ find t nosuch -maxdepth 0
  t
  find: 'nosuch': No such file or directory
  [1]
  $ find t -name f.c -printf '%p %f %h %s %m %y %d %P\n'
  t/a/f.c f.c t/a 2 755 f 2 a/f.c
  $ find t -type l -printf '%p -> %l\n'
  t/link -> a
  $ find t -maxdepth 1 -type d -printf '%f\n' | sort
  .hid
  a
  c
  emptydir
  t
  $ find t/c/empty -printf '%T@ %TY-%Tm-%Td\n'
  0.0000000000 1970-01-01
  $ find t -name f.c -printf '%-10f|%10s|\t%%\n'
  f.c       |         2|\t% (esc)
  $ cp -r t d; find d -name '*.c' -delete; find d -type f | sort
  d/.hid/z
  d/a/b/g.h
  d/c/empty
  $ find d -delete; ls d
  ls: cannot access 'd': No such file or directory
  [2]
  $ find t -name f.c -quit
  $ find t -type f -name f.c -print -quit
  t/a/f.c
  $ find t -mtime +1000 -type f
  t/c/empty
  $ find t -mmin -60 -name f.c
  t/a/f.c
  $ find t -samefile t/a/f.c
  t/a/f.c
  $ find -L t -name f.c | sort
  t/a/f.c
  t/link/f.c
  $ find t -xtype d -type l
  t/link
  $ find t -lname a
  t/link
  $ find t -user $(id -u) -name f.c
  t/a/f.c
  $ find t -name f.c -a -type f
  t/a/f.c
  $ find t -true -name f.c , -false
  $ find t -nosuch
  find: unknown predicate `-nosuch'
  [1]
  $ find t -name
  find: missing argument to `-name'
  [1]
  $ find t -type q
  find: Unknown argument to -type: q
  [1]
  $ find t '('
  find: invalid expression; expected to find a ')' but didn't see one. Perhaps you need an extra predicate after '('
  [1]
  $ find t -exec echo
  find: missing argument to `-exec'
  [1]
  $ find t x y -name z
  t/.hid/z
  find: 'x': No such file or directory
  find: 'y': No such file or directory
  [1]
  $ find t -name f.c -ls | awk '{print $3,$NF}'
  -rwxr-xr-x t/a/f.c
  $ find t -name '*.c' -maxdepth 2
  t/a/f.c
  $ find t -executable -type f
  t/a/f.c
  $ find t/a t/c -type f | sort
  t/a/b/g.h
  t/a/f.c
  t/c/empty
  $ find t -path './a'
  $ find t -wholename 't/a/f.c'
  t/a/f.c
  $ find t/ -maxdepth 1 | sort
  t/
  t/.hid
  t/a
  t/c
  t/emptydir
  t/link
  $ find . -name . -o -type d -prune | sort
  .
  ./t

xargs

  $ printf 'a b\nc\n' | xargs echo
  a b c
  $ printf 'a b\nc\n' | xargs -n1 echo x
  x a
  x b
  x c
  $ printf 'a b\nc\n' | xargs -n 2
  a b
  c
  $ printf 'a b\nc\n' | xargs -L1 echo l
  l a b
  l c
  $ printf 'a b\nc d\n' | xargs -I{} echo '<{}>' x{}y
  <a b> xa by
  <c d> xc dy
  $ printf 'a b\0c\0' | xargs -0 -n1 echo
  a b
  c
  $ printf '' | xargs echo empty
  empty
  $ printf '' | xargs -r echo empty
  $ printf 'a,b,c' | xargs -d, -n1 echo
  a
  b
  c
  $ printf "'a b' \"c d\" e\\\\ f\n" | xargs -n1 echo
  a b
  c d
  e f
  $ printf "a'b\n" | xargs echo
  xargs: unmatched single quote; by default quotes are special to xargs unless you use the -0 option
  [1]
  $ echo x | xargs -t echo
  echo x
  x
  $ printf '1\n2\n' | xargs -n1 sh -c 'exit $0'; echo $?
  123
  $ echo x | xargs false; echo $?
  123
  $ echo x | xargs nosuchcmd; echo $?
  xargs: nosuchcmd: No such file or directory
  127
  $ echo x | xargs sh -c 'exit 255'; echo $?
  xargs: sh: exited with status 255; aborting
  124
  $ seq 5 | xargs -P2 -n1 echo | sort
  1
  2
  3
  4
  5
  $ seq 3 | xargs -I% sh -c 'echo n=%'
  n=1
  n=2
  n=3
  $ printf 'a\nb\n' > list; xargs -a list echo
  a b
  $ echo a b c | xargs -n1 -I{} echo {}
  xargs: warning: options --max-args and --replace/-I/-i are mutually exclusive, ignoring previous --max-args value
  a b c
  $ find t -name '*.[ch]' -print0 | sort -z | xargs -0 grep -l .
  t/a/b/g.h
  t/a/f.c
  $ echo 'a  b' | xargs
  a b
  $ xargs -n x echo
  xargs: invalid number "x" for -n option
  Try 'xargs --help' for more information.
  [1]
