  $ printf 'one\ntwo\nthree\nfour\nfive\n' > f; printf 'a=1\nb=2\n# c\n\nd=4\n' > conf
  $ sed s/o/0/ f
  0ne
  tw0
  three
  f0ur
  five
  $ sed s/e/E/g f
  onE
  two
  thrEE
  four
  fivE
  $ sed s/e/E/2 f
  one
  two
  threE
  four
  five
  $ printf 'aaaa\n' | sed s/a/b/2g
  abbb
  $ sed -n p f
  one
  two
  three
  four
  five
  $ sed -n 2p f
  two
  $ sed -n '$p' f
  five
  $ sed -n 2,4p f
  two
  three
  four
  $ sed -n '/two/,/four/p' f
  two
  three
  four
  $ sed -n '/two/,+1p' f
  two
  three
  $ sed -n '2~2p' f
  two
  four
  $ sed -n '0~3p' f
  three
  $ sed -n '2,~2p' f
  two
  three
  four
  $ sed -n '0,/one/p' f
  one
  $ sed -n '1,/one/p' f
  one
  two
  three
  four
  five
  $ sed -n '/three/,1p' f
  three
  $ sed 2d f
  one
  three
  four
  five
  $ sed '$d' f
  one
  two
  three
  four
  $ sed '/t/d' f
  one
  four
  five
  $ sed '/t/!d' f
  two
  three
  $ sed '2,3!d' f
  two
  three
  $ sed -e 1d -e 2d f
  three
  four
  five
  $ sed '1d;3d' f
  two
  four
  five
  $ sed '/^#/d;/^$/d' conf
  a=1
  b=2
  d=4
  $ sed -n '/=/{s/=/ is /;p}' conf
  a is 1
  b is 2
  d is 4
  $ sed 's/\(.*\)=\(.*\)/\2=\1/' conf
  1=a
  2=b
  # c
  
  4=d
  $ sed -E 's/(.*)=(.*)/\2=\1/' conf
  1=a
  2=b
  # c
  
  4=d
  $ sed -r 's/([a-z])=/<\1>/' conf
  <a>1
  <b>2
  # c
  
  <d>4
  $ sed 's/.*/[&]/' f
  [one]
  [two]
  [three]
  [four]
  [five]
  $ sed 's/o/\&/' f
  &ne
  tw&
  three
  f&ur
  five
  $ sed 's/t/\n/' f
  one
  
  wo
  
  hree
  four
  five
  $ sed 's|o|/|' f
  /ne
  tw/
  three
  f/ur
  five
  $ sed 's,o,\,,' f
  ,ne
  tw,
  three
  f,ur
  five
  $ echo 'a|b' | sed 's|a\|b|X|'
  X
  $ echo a.b | sed 's.a\.b.X.'
  X
  $ sed 's/ONE/x/I' f
  x
  two
  three
  four
  five
  $ sed -n 's/o/0/p' f
  0ne
  tw0
  f0ur
  $ sed -n 's/o/0/w out' f; cat out
  0ne
  tw0
  f0ur
  $ sed 's/one/\U&/;s/two/\u&/' f
  ONE
  Two
  three
  four
  five
  $ echo HELLO World | sed 's/\(.\)\(.*\) \(.*\)/\1\L\2\E \U\3/'
  Hello WORLD
  $ echo 'foo bar' | sed 's/\b./\u&/g'
  Foo Bar
  $ echo 'foo bar' | sed 's/\<./\U&/g'
  Foo Bar
  $ echo foo_bar | sed -E 's/_(.)/\U\1/g'
  fooBar
  $ sed y/abc/xyz/ conf
  x=1
  y=2
  # z
  
  d=4
  $ sed 'y/\n/,/;s/a/b/' conf
  b=1
  b=2
  # c
  
  d=4
  $ sed 'a\
  > appended' f
  one
  appended
  two
  appended
  three
  appended
  four
  appended
  five
  appended
  $ sed '2a appended' f
  one
  two
  appended
  three
  four
  five
  $ sed '2i inserted' f
  one
  inserted
  two
  three
  four
  five
  $ sed '2c changed' f
  one
  changed
  three
  four
  five
  $ sed '2,4c changed' f
  one
  changed
  five
  $ sed '2,4!c changed' f
  changed
  two
  three
  four
  changed
  $ sed '$a\' f
  one
  two
  three
  four
  five
  $ sed '$a last' f
  one
  two
  three
  four
  five
  last
  $ sed '1i\  indented' f
    indented
  one
  two
  three
  four
  five
  $ sed '1i\
  > first\
  > second' f
  first
  second
  one
  two
  three
  four
  five
  $ sed 'a hello\nworld' conf | head -3
  a=1
  hello
  world
  $ sed '/two/a\  x\ty' f
  one
  two
    x\ty (esc)
  three
  four
  five
  $ sed -e '/two/a foo' -e '/two/a bar' f
  one
  two
  foo
  bar
  three
  four
  five
  $ sed '/two/r conf' f
  one
  two
  a=1
  b=2
  # c
  
  d=4
  three
  four
  five
  $ sed '/two/r nosuch' f
  one
  two
  three
  four
  five
  $ sed 'R conf' f
  one
  a=1
  two
  b=2
  three
  # c
  four
  
  five
  d=4
  $ sed = f | head -4
  1
  one
  2
  two
  $ sed -n '$=' f
  5
  $ sed 2q f
  one
  two
  $ sed 2q5 f
  one
  two
  [5]
  $ sed '2Q' f
  one
  $ sed -n '/two/{p;q}' f
  two
  $ sed n\;d f
  one
  three
  five
  $ sed 'N;s/\n/ /' f
  one two
  three four
  five
  $ sed '$!N;s/\n/ /' f
  one two
  three four
  five
  $ sed ':a;N;$!ba;s/\n/,/g' f
  one,two,three,four,five
  $ sed -e ':a' -e '$!N;s/\n//;ta' f
  onetwothreefourfive
  $ sed '1!G;h;$!d' f
  five
  four
  three
  two
  one
  $ sed -n '1!G;h;$p' f
  five
  four
  three
  two
  one
  $ sed 'x;1d' f
  one
  two
  three
  four
  $ sed 'H;$!d;x;s/\n/+/g' f
  +one+two+three+four+five
  $ sed '$!N;P;D' f
  one
  two
  three
  four
  five
  $ sed 'N;P;D' f
  one
  two
  three
  four
  five
  $ printf 'a\na\nb\n' | sed '$!N;/^\(.*\)\n\1$/!P;D'
  a
  b
  $ sed 's/t/T/;t;s/o/0/' f
  0ne
  Two
  Three
  f0ur
  five
  $ sed 's/t/T/;T;s/T/X/' f
  one
  Xwo
  Xhree
  four
  five
  $ sed '/two/bend;s/e/E/;:end' f
  onE
  two
  thrEe
  four
  fivE
  $ sed -n l conf
  a=1$
  b=2$
  # c$
  $
  d=4$
  $ printf 'a\tb\\c\001\n' | sed -n l
  a\tb\\c\001$
  $ printf '%080d\n' 0 | sed -n l
  000000000000000000000000000000000000000000000000000000000000000000000\
  00000000000$
  $ printf '%080d\n' 0 | sed -n 'l 20'
  0000000000000000000\
  0000000000000000000\
  0000000000000000000\
  0000000000000000000\
  0000$
  $ printf 'no newline' | sed s/no/yes/; echo
  yes newline
  $ printf 'a\nb' | sed p; echo
  a
  a
  b
  b
  $ printf 'x' > nn; printf 'y' >> nn; sed '$a z' nn
  xy
  z
  $ sed -s -n '$p' f conf
  five
  d=4
  $ sed -n '$p' f conf
  d=4
  $ sed -n 1p f conf
  one
  $ sed -s -n 1p f conf
  one
  a=1
  $ cp f g; sed -i s/one/ONE/ g; cat g
  ONE
  two
  three
  four
  five
  $ cp f g; sed -i.bak 1d g; cat g g.bak
  two
  three
  four
  five
  one
  two
  three
  four
  five
  $ cp f g; sed -i -e '$d' -e 1d g; cat g
  two
  three
  four
  $ cp f g; sed -n -i 2p g; cat g
  two
  $ cp f g; sed -i '2q' g; cat g
  one
  two
  $ cp f g; chmod 755 g; sed -i s/a/b/ g; stat -c %a g
  755
  $ sed --in-place=.orig s/two/2/ g; ls g.orig
  g.orig
  $ sed -i s/a/b/
  sed: no input files
  [4]
  $ sed -i s/a/b/ nosuch
  sed: can't read nosuch: No such file or directory
  [2]
  $ sed p nosuch
  sed: can't read nosuch: No such file or directory
  [2]
  $ sed -n p nosuch f | head -1
  sed: can't read nosuch: No such file or directory
  one
  $ sed s/a
  sed: -e expression #1, char 3: unterminated `s' command
  [1]
  $ sed s/a/b
  sed: -e expression #1, char 5: unterminated `s' command
  [1]
  $ sed s/a/b/x f
  sed: -e expression #1, char 7: unknown option to `s'
  [1]
  $ sed k f
  sed: -e expression #1, char 1: unknown command: `k'
  [1]
  $ sed '{p' f
  sed: -e expression #1, char 0: unmatched `{'
  [1]
  $ sed 'p}' f
  sed: -e expression #1, char 2: unexpected `}'
  [1]
  $ sed 'bnowhere' f
  sed: can't find label for jump to `nowhere'
  [4]
  $ sed ':' f
  sed: -e expression #1, char 1: ":" lacks a label
  [1]
  $ sed 's/\(a/b/' f
  sed: -e expression #1, char 8: Unmatched ( or \(
  [1]
  $ sed 's/a\)/b/' f
  sed: -e expression #1, char 8: Unmatched ) or \)
  [1]
  $ sed 's/a/\1/' f
  sed: -e expression #1, char 7: invalid reference \1 on `s' command's RHS
  [1]
  $ sed 's/[/b/' f
  sed: -e expression #1, char 6: unterminated `s' command
  [1]
  $ sed y/ab/c/ f
  sed: -e expression #1, char 7: strings for `y' command are different lengths
  [1]
  $ sed 'p p' f
  sed: -e expression #1, char 3: extra characters after command
  [1]
  $ sed '3,p' f
  sed: -e expression #1, char 3: unexpected `,'
  [1]
  $ sed '0p' f
  sed: -e expression #1, char 2: invalid usage of line address 0
  [1]
  $ sed 0,3p f
  sed: -e expression #1, char 4: invalid usage of line address 0
  [1]
  $ sed 'a' f
  sed: -e expression #1, char 1: expected \ after `a', `c' or `i'
  [1]
  $ sed -e 'y/a/' f
  sed: -e expression #1, char 4: unterminated `y' command
  [1]
  $ printf 's/one/1/\n# comment\n/two/d\n' > script; sed -f script f
  1
  three
  four
  five
  $ printf '#n\n/two/p\n' > script; sed -f script f
  two
  $ sed -n '/one/ , /two/ p' f
  one
  two
  $ sed '1~0d' f
  two
  three
  four
  five
  $ sed -z 's/\n/,/g' f; echo
  one,two,three,four,five,
  $ sed 's/$/;/' f | head -2
  one;
  two;
  $ sed 's/^/> /' f | head -2
  > one
  > two
  \x3e one (esc)
  \x3e two (esc)
  sh: line 2: one: command not found
  sh: line 3: two: command not found
  [127]
  $ sed 's/x*/-/g' f | head -1
  -o-n-e-
  $ echo baaac | sed 's/a*/x/g'
  xbxcx
  $ echo abc | sed 's/b*/X/2'
  aXc
  $ echo aaa | sed 's/a\{2\}/X/'
  Xa
  $ echo aaa | sed -E 's/a{2}/X/'
  Xa
  $ echo 'a b' | sed 's/[[:space:]]/_/'
  a_b
  $ echo 'a/b/c' | sed 's/.*\///'
  c
  $ echo path/to/file | sed 's!.*/!!;s!\.[^.]*$!!'
  file
  $ echo '$HOME' | sed 's/\$HOME/x/'
  x
  $ echo 'a*b' | sed 's/a\*b/X/'
  X
  $ echo '/usr/bin' | sed -e 's#/usr#/opt#'
  /opt/bin
  $ echo 'x' | sed 's/x/a\tb/'
  a\tb (esc)
  $ echo 'a	b' | sed 's/\t/-/'
  a-b
  $ echo abcabc | sed 's/\(a\)\(b\)\(c\)\1\2\3/ok/'
  ok
  $ echo 'aXb' | sed 's/\x58/-/'
  a-b
  $ printf 'foo\nbar\n' | sed '/foo/{n;s/bar/baz/}'
  foo
  baz
  $ printf 'foo\nbar\n' | sed -n '/foo/{
  > n
  > p
  > }'
  bar
  $ sed '/one/s//1/' f | head -1
  1
  $ sed 's/one/x/;s//y/' f | head -2
  x
  two
  $ sed -n '/t/I,/f/p' f
  two
  three
  four
  $ sed '/^$/N;/^\n$/D' conf
  a=1
  b=2
  # c
  
  d=4
  $ sed '1,2{/one/d}' f
  two
  three
  four
  five
  $ sed '1{;p;}' f | head -2
  one
  one
  $ sed -e 'i\' -e 'hello' f | head -2
  hello
  one
  $ sed 's/a/b/ # comment' conf | head -1
  b=1
  $ sed -u 1q f
  one
  $ sed F f | head -2
  f
  one
  $ sed -n '/one/F' f
  f
  $ sed 'z;s/^$/empty/' f | head -1
  empty
  $ sed '/two/w out2' f > /dev/null; cat out2
  two
  $ sed -n 'w /dev/stdout' f | head -1
  one
  $ echo abc | sed 's/./&\n/2;P;D'
  ab
  c
  $ sed '2{h;d};4G' f
  one
  three
  four
  two
  five
  $ sed -n '2{p;=}' f
  two
  2
  $ sed --expression='s/one/1/' f | head -1
  1
  $ sed -ne 's/one/1/p' f
  1
  $ sed "s/'/\"/g" f | head -1
  one
  $ echo "a'b" | sed "s/'/\\\\'/g"
  a\'b
  $ printf 'a\\\nb\n' | sed -e :a -e '/\\$/N; s/\\\n//; ta'
  ab
  $ echo 'one two' | sed 's/\([^ ]*\) \([^ ]*\)/\2 \1/'
  two one
  $ echo '@prefix@/bin' | sed -e 's,@prefix@,/usr/local,g'
  /usr/local/bin
  $ echo 'a,b' | sed 's/,/\
  > /'
  a
  b
  $ echo 'foo.c bar.c' | sed 's/\.c\>/.o/g'
  foo.o bar.o
  $ printf '1\n2\n3\n4\n5\n6\n' | sed -n '2{N;N;p}'
  2
  3
  4
  $ echo 'UPPER' | sed 's/.*/\L\u&/'
  Upper
  $ echo '[x]' | sed 's/[][]//g'
  x
  $ echo 'a]b' | sed 's/[^]]*]//'
  b
  $ echo 'a/b' | sed 's/[/]/-/'
  a-b
  $ echo 'aaa' | sed 's/a/b/3'
  aab
  $ echo a | sed 's/a/x\
  > y/'
  x
  y
  $ echo 'x1y22' | sed 's/[0-9][0-9]*/<&>/g'
  x<1>y<22>
