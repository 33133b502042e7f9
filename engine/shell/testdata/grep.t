  $ printf 'apple\nBanana\ncherry pie\napple pie\n\nfoo_bar foo\n123 abc\n' > f; printf 'cherry\n123\n' > pats; mkdir -p d/sub; printf 'apple\n' > d/a.c; printf 'banana\napple\n' > d/sub/b.h; printf 'none\n' > d/x.txt
  $ grep apple f
  apple
  apple pie
  $ grep -n apple f
  1:apple
  4:apple pie
  $ grep -c apple f
  2
  $ grep -v apple f
  Banana
  cherry pie
  
  foo_bar foo
  123 abc
  $ grep -i banana f
  Banana
  $ grep -l apple f pats
  f
  $ grep -L apple f pats
  pats
  $ grep -q apple f; echo $?
  0
  $ grep -q nosuch f; echo $?
  1
  $ grep -o 'p[a-z]*' f
  pple
  pie
  pple
  pie
  $ grep -w foo f
  foo_bar foo
  $ grep -w bar f
  [1]
  $ grep -x apple f
  apple
  $ grep -e apple -e cherry f
  apple
  cherry pie
  apple pie
  $ grep -f pats f
  cherry pie
  123 abc
  $ grep -F . f
  [1]
  $ grep -F -e a -e b f
  apple
  Banana
  apple pie
  foo_bar foo
  123 abc
  $ grep 'a.*e$' f
  apple
  apple pie
  $ grep '^a' f
  apple
  apple pie
  $ grep -E 'apple|cherry' f
  apple
  cherry pie
  apple pie
  $ egrep '(ap|ch)+' f
  apple
  cherry pie
  apple pie
  $ fgrep 'foo_' f
  foo_bar foo
  $ grep 'ap\|ch' f
  apple
  cherry pie
  apple pie
  $ grep '[[:digit:]]\+' f
  123 abc
  $ grep -E '[0-9]{3}' f
  123 abc
  $ grep '[0-9]\{3\}' f
  123 abc
  $ grep -A1 cherry f
  cherry pie
  apple pie
  $ grep -B1 cherry f
  Banana
  cherry pie
  $ grep -C1 -n cherry f
  2-Banana
  3:cherry pie
  4-apple pie
  $ grep -n -A1 -e apple -e 123 f
  1:apple
  2-Banana
  --
  4:apple pie
  5-
  --
  7:123 abc
  $ grep -1 Banana f
  apple
  Banana
  cherry pie
  $ grep -m1 apple f
  apple
  $ grep -m1 -A2 apple f
  apple
  Banana
  cherry pie
  $ grep -h apple f d/a.c
  apple
  apple pie
  apple
  $ grep -H apple f
  f:apple
  f:apple pie
  $ grep apple f d/a.c
  f:apple
  f:apple pie
  d/a.c:apple
  $ grep -c apple f d/a.c
  f:2
  d/a.c:1
  $ grep -r apple d | sort
  d/a.c:apple
  d/sub/b.h:apple
  $ grep -rn apple d | sort
  d/a.c:1:apple
  d/sub/b.h:2:apple
  $ grep -rl apple d | sort
  d/a.c
  d/sub/b.h
  $ cd d; grep -r apple | sort
  a.c:apple
  sub/b.h:apple
  $ cd d; grep -r apple . | sort
  ./a.c:apple
  ./sub/b.h:apple
  $ grep -r --include='*.c' apple d
  d/a.c:apple
  $ grep -r --exclude='*.c' apple d
  d/sub/b.h:apple
  $ grep -r --exclude-dir=sub apple d
  d/a.c:apple
  $ grep apple d
  grep: d: Is a directory
  [2]
  $ grep apple nosuch
  grep: nosuch: No such file or directory
  [2]
  $ grep -s apple nosuch
  [2]
  $ grep apple nosuch f
  grep: nosuch: No such file or directory
  f:apple
  f:apple pie
  [2]
  $ grep -b apple f
  0:apple
  24:apple pie
  $ grep -ob pie f
  20:pie
  30:pie
  $ grep '' f | wc -l
  7
  $ grep -c '' f
  7
  $ grep -v '^$' f | wc -l
  6
  $ grep
  Usage: grep [OPTION]... PATTERNS [FILE]...
  Try 'grep --help' for more information.
  [2]
  $ grep -E '(' f
  grep: Unmatched ( or \(
  [2]
  $ grep -E 'a{2' f
  [1]
  $ grep '\(' f
  grep: Unmatched ( or \(
  [2]
  $ grep '*a' f
  [1]
  $ grep -E 'a**' f | head -n 1
  apple
  $ echo 'abab' | grep '\(ab\)\1'
  abab
  $ echo 'aXbX' | grep -E '(.).*\1'
  aXbX
  $ echo 'a.b' | grep 'a\.b'
  a.b
  $ echo 'a+b' | grep 'a+b'
  a+b
  $ echo 'aab' | grep -E 'a+b'
  aab
  $ echo 'foo bar' | grep -o '\<[a-z]'
  f
  b
  $ echo 'foo bar' | grep -o '[a-z]\>'
  o
  r
  $ echo 'foobar' | grep -c '\bfoo\b'
  0
  [1]
  $ printf 'a\0b\n' | grep a
  grep: (standard input): binary file matches
  $ printf 'a\0b\n' | grep -a a | od -c
  0000000   a  \0   b  \n
  0000004
  $ printf 'a\0b\n' | grep -c a
  1
  $ printf 'a\0b\0' | grep -z b | od -c
  0000000   b  \0
  0000002
  $ printf 'x' | grep x
  x
  $ printf 'no\n' | grep x; echo $?
  1
  $ grep -Z -l apple f | od -c
  0000000   f  \0
  0000002
  $ grep --color=never apple f | head -n 1
  apple
  $ grep -P '\d+' f
  123 abc
  $ grep -y BANANA f
  Banana
  $ echo 'AbC' | grep -io b
  b
  $ echo 'one two' | grep -ow two
  two
  $ printf 'a b\n' | grep -E '^a\sb$'
  a b
  $ grep -vn apple f
  2:Banana
  3:cherry pie
  5:
  6:foo_bar foo
  7:123 abc
  $ grep -vc apple f
  5
  $ echo "it's" | grep "'"
  it's
  $ echo 'a]b' | grep '[]]'
  a]b
  $ echo 'a-b' | grep '[a-]b'
  a-b
  $ echo 'a^b' | grep 'a^b'
  a^b
  $ echo 'x$y' | grep 'x$y'
  x$y
  $ echo 'tab	x' | grep -P '\t'
  tab\tx (esc)
  $ grep -nH apple f
  f:1:apple
  f:4:apple pie
  $ grep -T apple f
  apple
  apple pie
  $ grep -e
  grep: option requires an argument -- 'e'
  Usage: grep [OPTION]... PATTERNS [FILE]...
  Try 'grep --help' for more information.
  [2]
  $ grep --nosuch x f
  grep: unrecognized option '--nosuch'
  Usage: grep [OPTION]... PATTERNS [FILE]...
  Try 'grep --help' for more information.
  [2]
  $ echo aaa | grep -o a | wc -l
  3
  $ printf 'abc\n' | grep -o ''; echo $?
  0
  $ printf 'ABC\nabc\n' | grep -i '[[:upper:]]'
  ABC
  abc
  $ printf 'foo\nfoo1\n1foo\n' | grep -w foo
  foo
  $ printf 'ab\nabc\n' | grep -E 'a(b|bc)$'
  ab
  abc
  $ printf 'a\n-5\n-C5\n' | grep -e -5
  -5
  $ grep -n1 Banana f
  1-apple
  2:Banana
  3-cherry pie
  $ grep -2n1 Banana f
  1-apple
  2:Banana
  3-cherry pie
  $ grep -01 -n Banana f
  1-apple
  2:Banana
  3-cherry pie
  $ grep -A0 -C1 -n Banana f
  1-apple
  2:Banana
  $ grep -B 0 -1 -n Banana f
  2:Banana
  3-cherry pie
