echo and printf

  $ echo a  b; echo -n x; echo; echo -e 'a\tb\n\x41\101\0101\c no'; echo -E 'a\tb'; echo -ne 'x\n'; echo -nE; echo -- -n; echo -x; echo
  a b
  x
  a\tb (esc)
  A\101Aa\tb
  x
  -- -n
  -x
  
  $ printf '%s-%s\n' a b c; printf '%d %i %u %o %x %X %#x %#o\n' 1 2 3 8 255 255 255 8
  a-b
  c-
  1 2 3 10 ff FF 0xff 010
  $ printf '%5d|%-5d|%05d|%+d|% d\n' 42 42 42 42 42; printf '%.3d|%8.3d\n' 5 5
     42|42   |00042|+42| 42
  005|     005
  $ printf '%f %.2f %e %g %G\n' 3.14159 3.14159 12345.678 0.0001 1e10; printf '%10.3f|%-10.2f|%010.2f\n' 1.5 1.5 1.5
  3.141590 3.14 1.234568e+04 0.0001 1E+10
       1.500|1.50      |0000001.50
  $ printf '%s|%10s|%-10s|%.2s\n' abc abc abc abc; printf '%c%c\n' abc def; printf '%%\n'
  abc|       abc|abc       |ab
  ad
  %
  $ printf '%b\n' 'a\tb\0101\n'; printf '%q\n' "a b" "it's" '' 'x$y' 'tab	'; printf 'a\tb\101\x41\n'
  a\tbA (esc)
  
  a\ b
  it\'s
  ''
  x\$y
  $'tab\t'
  a\tbAA (esc)
  $ printf '%d\n' 0x1f 010 "'a" -5; printf '%d\n' abc; printf '%d\n' 3x
  31
  8
  97
  -5
  sh: line 1: printf: abc: invalid number
  0
  sh: line 1: printf: 3x: invalid number
  3
  [1]
  $ printf '%*d|%-*d\n' 5 1 5 2; printf '%.*f\n' 2 3.14159; printf 'no args %s %d\n'; printf 'x\n' extra
      1|2    
  3.14
  no args  0
  x
  $ printf '%z\n' 1; printf '%s\n' "$(printf 'a\0b' | tr '\0' 'x')"
  sh: line 1: printf: `\': invalid format character
  axb
  $ printf '%s\n' -- -n; printf -- '-%s\n' x; printf '%5%|\n'; printf '%x\n' -1; printf "%s" abc; echo
  --
  -n
  -x
  sh: line 1: printf: `%': invalid format character
  ffffffffffffffff
  abc
  $ printf '%s %s\n' "a b" 'c'; printf '\\n\n'; printf 'a\nb'; echo; printf "%d%%\n" 50; printf '%08.3f\n' 3.14159; printf '%+.1e\n' 12345
  a b c
  \n
  a
  b
  50%
  0003.142
  +1.2e+04
  $ env printf '%s\n' x; env echo -e 'x\ty'
  x
  x\ty (esc)

expr

  $ expr 1 + 2; expr 3 '*' 4; expr 10 / 3; expr 10 % 3; expr 5 - 8; expr 1 + 2 '*' 3; expr '(' 1 + 2 ')' '*' 3
  3
  12
  3
  1
  -3
  7
  9
  $ expr abc : 'a\(.\)c'; expr abc : '.*'; expr abc : x; expr abc : 'ab'; expr length hello; expr substr hello 2 3; expr index hello l; expr match abc 'a.'
  b
  3
  0
  2
  5
  ell
  3
  2
  $ expr a = a; expr a = b; expr 2 '<' 10; expr a '<' b; expr 1 '|' 2; expr 0 '|' 2; expr 1 '&' 0; expr '' '|' ''; expr 0; echo $?
  1
  0
  1
  1
  1
  2
  0
  0
  0
  1
  $ expr 1 / 0; expr a + 1; expr; expr 1 +; expr '(' 1; expr 1 2; expr + length; expr -- 1 + 1
  expr: division by zero
  expr: non-integer argument
  expr: missing operand
  Try 'expr --help' for more information.
  expr: syntax error: missing argument after '+'
  expr: syntax error: expecting ')' after '1'
  expr: syntax error: unexpected argument '2'
  length
  2
  $ expr 99999999999999999999 + 1; expr -5 + 3; expr 'x/y.c' : '.*/\(.*\)'; expr 10 '>=' 9; expr "$(echo 5)" - 1; expr "a b" : 'a \(.*\)'; expr 00 ; echo $?
  100000000000000000000
  -2
  y.c
  1
  4
  b
  00
  1

test

  $ t() { test "$@"; echo -n "$? "; }; echo x > f; : > e; mkdir -p d; ln -sf f l; ln -sf no dang; chmod 755 d
  > t -f f; t -d d; t -e no; t -s f; t -s e; t -L l; t -h dang; t -e dang; t -r f; t -w f; t -x f; t -x d; t -n ''; t -z ''; t a = a; t a != a; t 1 -lt 2; t 2 -ge 3; t f -nt no; t f -ef l; t ! a; t ! ''; t a -a ''; t a -o ''; t '(' a ')'; t '(' '' ')' ; t ! -f f; t -f f -a -d d; t -f no -o -d d; t ! -f no -a -d d; t; t ''; t a; t -n; t '!' ; t -f ; t = ; t = = =; t -a -a -a; echo
  0 0 1 0 1 0 0 1 0 0 1 0 1 0 0 1 0 1 0 0 1 0 1 0 0 1 1 0 0 0 1 1 0 0 0 0 0 0 0 
  $ test 1 -eq x; echo $?; test a b; echo $?; test a b c; echo $?; [ a; echo $?; [ 1 -eq 1 ]; echo $?; test -t 0; echo $?; test ' 5' -eq 5; echo $?; test -p /dev/null -o -c /dev/null; echo $?; test 'a>b'; echo $?; test a '<' b; echo $?
  sh: line 1: test: x: integer expression expected
  2
  sh: line 1: test: a: unary operator expected
  2
  sh: line 1: test: b: binary operator expected
  2
  sh: line 1: [: missing `]'
  2
  0
  1
  0
  0
  0
  0
  $ [ "x$Y" = x ] && echo ok; [ -n "$HOME" ] && echo home; [ ! -e no ] && echo no; if [ -f f ] && [ ! -d f ]; then echo file; fi; [ a -nt b ]; echo $?; env test 1 = 1; echo $?; env [ 1 = 2 ]; echo $?
  ok
  home
  no
  file
  1
  0
  1

date

  $ date -u -d @0; date -d @86400 +%Y-%m-%d; date -u -d '2020-02-29 12:34:56' '+%F %T %j %a %A %b %B %d %e %H %I %M %S %p %y %C %u %w %U %V %W %G %Z %z %s %N'
  Thu Jan  1 00:00:00 UTC 1970
  1970-01-02
  2020-02-29 12:34:56 060 Sat Saturday Feb February 29 29 12 12 34 56 PM 20 20 6 6 08 09 08 2020 UTC +0000 1582979696 000000000
  $ date -d 2021-01-03 '+%-d %_d %-m %3d %^a %^b %#Z %D %R %r %c %x %X %n%t|%%|%h|%k|%l|%P|%q|%:z|%::z'
  3  3 1 003 SUN JAN utc 01/03/21 00:00 12:00:00 AM Sun Jan  3 00:00:00 2021 01/03/21 00:00:00 
  \t|%|Jan| 0|12|am|1|+00:00|+00:00:00 (esc)
  $ date -d '2020-01-31 +1 month' +%F; date -d '2020-01-01 1 day ago' +%F; date -d '2020-01-01 -1 week' +%F; date -d '2020-01-01 2 days' +%F; date -d '2020-01-01 12:00 +3 hours' '+%F %T'; date -d '1 Jan 2020' +%F; date -d 'Jan 5, 2020' +%F; date -d '2020-01-01T10:20:30Z' +%s; date -d '2020-01-01 10:00 +0200' +%T; date -d '20200102' +%F; date -d '01/02/2020' +%F; date -d '2020-01-01 UTC' +%s; date -d '10:30pm 2020-01-01' +%T; date -d 'Wed, 01 Jan 2020 00:00:00 GMT' +%s; date -d 'Wed Jan  1 00:00:00 UTC 2020' +%s
  2020-03-02
  2019-12-31
  2019-12-25
  2020-01-03
  2020-01-01 10:00:00
  2020-01-01
  2020-01-05
  1577874030
  08:00:00
  2020-01-02
  2020-01-02
  1577836800
  22:30:00
  1577836800
  1577836800
  $ date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d; date -R -d @0; date -Iseconds -d @0; date -I -d @0; date --rfc-3339=seconds -d @0; touch -d @12345 r; date -r r +%s; date -r nosuch; date -d bogus; date +%Q; date x; TZ=EST5 date -d @0; date -d '' +%T; date -d 'yesterday' +%H%M | wc -c; date --iso-8601=date -d @0; date -d '2019-12-30' +%G-W%V-%u; date -d @1.5 +%s.%N; date -u +%Y | grep -c '^20'
  19800101
  Thu, 01 Jan 1970 00:00:00 +0000
  1970-01-01T00:00:00+00:00
  1970-01-01
  1970-01-01 00:00:00+00:00
  12345
  date: nosuch: No such file or directory
  date: invalid date 'bogus'
  %Q
  date: invalid date 'x'
  Wed Dec 31 19:00:00 EST 1969
  00:00:00
  5
  1970-01-01
  2020-W01-1
  1.500000000
  1
  $ printf 'bogus\n@0\n' | date -u -f -
  date: invalid date 'bogus'
  Thu Jan  1 00:00:00 UTC 1970
  [1]

env and friends

  $ env -i A=1 B=2 env; env -i; env -i sh -c 'echo ${HOME-unset}'; env -u HOME printenv HOME; A=x printenv A; printenv NOSUCH; echo $?; env A=5 sh -c 'echo $A'; env nosuchcmd; echo $?; env -i X='a b' printenv X; env - Y=1 printenv
  A=1
  B=2
  unset
  x
  1
  5
  env: 'nosuchcmd': No such file or directory
  127
  a b
  Y=1
  $ nohup true; nohup nosuch; echo $?; nice -n 5 echo nice; timeout 5 echo t; timeout 0.1 sleep 5; echo $?; timeout 1 nosuch; echo $?; timeout x true; echo $?; sleep 0; sleep 0.01; sleep x; sleep; true; echo $?; false; echo $?
  nohup: failed to run command 'nosuch': No such file or directory
  127
  nice
  t
  124
  timeout: failed to run command 'nosuch': No such file or directory
  127
  timeout: invalid time interval 'x'
  Try 'timeout --help' for more information.
  125
  sleep: invalid time interval 'x'
  Try 'sleep --help' for more information.
  sleep: missing operand
  Try 'sleep --help' for more information.
  0
  1
  $ which nosuch; echo $?; uname -s; uname nosuch; nproc | grep -c '^[0-9]'; id -u | grep -c .; whoami > /dev/null 2>&1; pwd | sed "s,$HOME,H,"; mkdir -p p; cd p; pwd -P | sed 's,.*/,,'; arch | wc -l; hostname | wc -l; tty; sync
  1
  Linux
  uname: extra operand 'nosuch'
  Try 'uname --help' for more information.
  1
  1
  H
  p
  1
  1
  not a tty
  $ mkfifo ff; stat -c %F ff; (echo via fifo > ff &) ; cat ff; unlink ff; ls ff; yes | head -c 5 | od -c | head -1; kill -l 9; kill -l TERM
  fifo
  via fifo
  ls: cannot access 'ff': No such file or directory
  0000000   y  \n   y  \n   y
  KILL
  15

awk

  $ printf 'a 1\nb 2\nc 3\n' > aw; awk '{print $2}' aw; awk '{s+=$2} END{print s}' aw; awk -F: '{print $1}' /dev/null; awk 'NR==2' aw; awk '/b/{print NR": "$0}' aw; awk 'BEGIN{printf "%d %s\n", 3, "x"}'; awk -v x=5 'BEGIN{print x*2}'; awk '{print NF}' aw; awk 'END{print NR}' aw
  1
  2
  3
  6
  b 2
  2: b 2
  3 x
  10
  2
  2
  2
  3
  $ awk '{a[$1]=$2} END{for(k in a) print k, a[k]}' aw | sort; awk '{$1="x"; print}' aw; awk 'BEGIN{FS=","} {print $2}' aw; echo a,b | awk -F, '{print $2}'; awk '{gsub(/[a-c]/,"<&>"); print}' aw; awk 'BEGIN{print length("abc"), substr("hello",2,3), index("abc","b"), toupper("x")}'; awk 'BEGIN{"echo cmd" | getline x; print x}'; awk 'BEGIN{system("echo sys; exit 3")}'; awk 'BEGIN{print "to sort" | "sort"}'; awk '{print > "awout"}' aw; cat awout; awk 'BEGIN{while((getline l < "aw") > 0) n++; print n}'; awk 'BEGIN{exit 4}'; echo $?; awk 'BEGIN{print ENVIRON["HOME"]}' | sed "s,$HOME,H,"; mkdir -p awd; cd awd; awk '{print FILENAME; exit}' ../aw; awk 'BEGIN{print "x" > "here"}'; ls; awk 'BEGIN{system("pwd")}' | sed 's,.*/,,'
  a 1
  b 2
  c 3
  x 1
  x 2
  x 3
  
  
  
  b
  <a> 1
  <b> 2
  <c> 3
  3 ell 2 X
  cmd
  sys
  to sort
  a 1
  b 2
  c 3
  3
  4
  H
  ../aw
  here
  awd
  $ awk 'BEGIN { n = split("a b c", arr); print n, arr[3] }'; awk 'function f(x){return x+1} BEGIN{print f(1)}'; awk 'BEGIN{print 1/3; print 1e6, 100000000, 0.1+0.2; print substr("abc",0); x["a"]; print ("a" in x), ("b" in x); print -3%2, 2^10; print "a" "b" 1+1}'; printf 'k=v\n' | awk -F= '{print $1 " -> " $2}'; printf 'a\tb c\n' | awk -F'\t' '{print $2}'; awk 'NR>1 && NR<3' aw; awk '$2 > 1 {print $1}' aw; awk '!seen[$1]++' aw aw | wc -l; awk 'BEGIN{OFS="-"; $0="a b c"; $1=$1; print}'; printf 'x y\n' | awk '{print $NF, $(NF-1)}'; awk 'BEGIN{printf "%5.2f|%-5s|%05d|%c\n", 3.14159, "ab", 42, 65}'; awk -F'[:,]' '{print $2}' <<< 'a:b,c'; awk '{sub(/^a/,"");print}' aw; awk 'BEGIN { while (i < 3) { i++; if (i == 2) continue; print i } }'; awk 'match($0, /[0-9]+/) {print RSTART, RLENGTH}' aw; awk 'BEGIN{print tolower("ABC") sprintf("%03d", 7)}'
  3 c
  2
  0.333333
  1000000 100000000 0.3
  abc
  1 0
  -1 1024
  ab2
  k -> v
  b c
  b 2
  b
  c
  3
  a-b-c
  y x
   3.14|ab   |00042|A
  b
   1
  b 2
  c 3
  1
  3
  3 1
  3 1
  3 1
  abc007

dd

  $ printf 'hello world' | dd bs=1 count=5 2>/dev/null; echo; printf 'hello' | dd bs=1 skip=1 status=none; echo; dd if=/dev/zero of=z bs=1k count=2 2>/dev/null; wc -c < z; printf X | dd of=z bs=1 seek=3 conv=notrunc status=none; od -c z | head -1; printf 'abc' | dd conv=ucase status=none; echo; dd if=nosuch; dd foo=1; printf 'abcdef' | dd bs=2 count=2 2>&1 | head -c 4; echo; printf abc | dd of=o status=noxfer
  hello
  ello
  2048
  0000000  \0  \0  \0   X  \0  \0  \0  \0  \0  \0  \0  \0  \0  \0  \0  \0
  ABC
  dd: failed to open 'nosuch': No such file or directory
  dd: unrecognized operand 'foo=1'
  Try 'dd --help' for more information.
  abcd
  0+1 records in
  0+1 records out
