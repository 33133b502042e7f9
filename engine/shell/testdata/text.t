Input for what follows.

  $ printf 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve\n' > nums; printf 'b 2\na 10\nc 1\na 2\n' > pairs; printf 'x:y:z\n1:2:3\nnodelim\n' > cols

cat

  $ cat nums | head -3
  one
  two
  three
  $ cat -n pairs
       1\tb 2 (esc)
       2\ta 10 (esc)
       3\tc 1 (esc)
       4\ta 2 (esc)
  $ printf 'a\n\n\n\nb\n' | cat -s
  a
  
  b
  $ printf 'a\n\nb\n' | cat -b
       1\ta (esc)
  
       2\tb (esc)
  $ printf 'a\tb\001\177\200\n' | cat -A
  a^Ib^A^?M-^@$
  $ printf 'a\tb\n' | cat -e
  a\tb$ (esc)
  $ printf 'a\tb\n' | cat -t
  a^Ib
  $ cat nosuch
  cat: nosuch: No such file or directory
  [1]
  $ cat .
  cat: .: Is a directory
  [1]
  $ printf 'no newline' | cat - pairs
  no newlineb 2
  a 10
  c 1
  a 2
  $ printf 'x' | cat -E; echo
  x
  $ cat --nosuch
  cat: unrecognized option '--nosuch'
  Try 'cat --help' for more information.
  [1]
  $ cat -Q
  cat: invalid option -- 'Q'
  Try 'cat --help' for more information.
  [1]

head and tail

  $ head -n 2 nums
  one
  two
  $ head -n -10 nums
  one
  two
  $ head -c 5 nums; echo
  one
  t
  $ head -c -60 nums
  one (no-eol)
  $ head -2 nums pairs
  ==> nums <==
  one
  two
  
  ==> pairs <==
  b 2
  a 10
  $ head -q -n1 nums pairs
  one
  b 2
  $ head -v -n1 nums
  ==> nums <==
  one
  $ tail -n 2 nums
  eleven
  twelve
  $ tail -n +11 nums
  eleven
  twelve
  $ tail -2 nums
  eleven
  twelve
  $ tail +11 nums
  eleven
  twelve
  $ tail -c 4 nums
  lve
  $ tail -c +70 nums
  $ tail -n 1 nums pairs
  ==> nums <==
  twelve
  
  ==> pairs <==
  a 2
  $ printf 'a\nb' | tail -n 1; echo
  b
  $ tail -n 0 nums
  $ head -n x nums
  head: invalid number of lines: 'x'
  [1]
  $ head nosuch
  head: cannot open 'nosuch' for reading: No such file or directory
  [1]
  $ head -n 1k nums | wc -l
  12
  $ head -z -n1 nums | head -n1
  one

  $ (head -n 2; cat) < nums | tail -n 3
  ten
  eleven
  twelve

wc

  $ wc nums
  12 12 63 nums
  $ wc -l nums
  12 nums
  $ wc -l < nums
  12
  $ wc nums pairs
  12 12 63 nums
   4  8 17 pairs
  16 20 80 total
  $ wc -lw nums pairs
  12 12 nums
   4  8 pairs
  16 20 total
  $ cat nums | wc
       12      12      63
  $ wc -c nums pairs cols
   63 nums
   17 pairs
   20 cols
  100 total
  $ wc -L nums
  6 nums
  $ printf 'a b  c\n\td' | wc
        1       4       9
  $ printf '' | wc -l
  0
  $ wc nosuch nums
  wc: nosuch: No such file or directory
  12 12 63 nums
  12 12 63 total
  [1]
  $ wc -m nums
  63 nums

cut

  $ cut -d: -f2 cols
  y
  2
  nodelim
  $ cut -d: -f1,3 cols
  x:z
  1:3
  nodelim
  $ cut -d: -f2- cols
  y:z
  2:3
  nodelim
  $ cut -d: -f-2 -s cols
  x:y
  1:2
  $ cut -c1-2 cols
  x:
  1:
  no
  $ cut -b 2 cols
  :
  :
  o
  $ cut -d: -f2 --complement cols
  x:z
  1:3
  nodelim
  $ cut -d: -f1,3 --output-delimiter=' ' cols
  x z
  1 3
  nodelim
  $ cut -c1,3 --output-delimiter=, cols
  x,y
  1,2
  n,d
  $ printf 'a\tb\tc\n' | cut -f2
  b
  $ cut cols
  cut: you must specify a list of bytes, characters, or fields
  Try 'cut --help' for more information.
  [1]
  $ cut -f0 cols
  cut: fields are numbered from 1
  Try 'cut --help' for more information.
  [1]
  $ cut -fx cols
  cut: invalid field value 'x'
  Try 'cut --help' for more information.
  [1]
  $ cut -d:: -f1 cols
  cut: the delimiter must be a single character
  Try 'cut --help' for more information.
  [1]
  $ cut -d ' ' -f 2 pairs
  2
  10
  1
  2
  $ cut -f3-1 cols
  cut: invalid decreasing range
  Try 'cut --help' for more information.
  [1]
  $ printf 'a b c\n' | cut -d' ' -f5
  

paste

  $ paste pairs cols
  b 2\tx:y:z (esc)
  a 10\t1:2:3 (esc)
  c 1\tnodelim (esc)
  a 2\t (esc)
  $ paste -d, pairs cols
  b 2,x:y:z
  a 10,1:2:3
  c 1,nodelim
  a 2,
  $ paste -s pairs
  b 2\ta 10\tc 1\ta 2 (esc)
  $ paste -sd, nums
  one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve
  $ printf '1\n2\n3\n4\n' | paste - -
  1\t2 (esc)
  3\t4 (esc)
  $ paste -d '\n' pairs cols
  b 2
  x:y:z
  a 10
  1:2:3
  c 1
  nodelim
  a 2
  
  $ paste -d ',;' pairs cols pairs
  b 2,x:y:z;b 2
  a 10,1:2:3;a 10
  c 1,nodelim;c 1
  a 2,;a 2

tr

  $ echo hello | tr a-z A-Z
  HELLO
  $ echo hello | tr '[:lower:]' '[:upper:]'
  HELLO
  $ echo 'a b  c' | tr -s ' '
  a b c
  $ echo 'a b c' | tr -d ' '
  abc
  $ echo 'a1b2' | tr -cd '0-9\n'
  12
  $ echo 'a1b2' | tr -c '[:alnum:]\n' _
  a1b2
  $ echo abc | tr abc xy
  xyy
  $ echo abc | tr -t abc xy
  xyc
  $ printf 'a:b:c' | tr : '\n'; echo
  a
  b
  c
  $ printf 'a\nb\n' | tr '\n' ' '; echo
  a b 
  $ echo aabbcc | tr -s a-z
  abc
  $ echo aabbcc | tr -s ab xy
  xycc
  $ echo 'abc' | tr 'a-c' '[x*]'
  xxx
  $ echo 'path/to' | tr / -
  path-to
  $ printf 'a\\b\n' | tr '\\' /
  a/b
  $ echo abc | tr '\141' z
  zbc
  $ tr a
  tr: missing operand after 'a'
  Two strings must be given when translating.
  Try 'tr --help' for more information.
  [1]
  $ tr
  tr: missing operand
  Try 'tr --help' for more information.
  [1]
  $ echo x | tr 'z-a' y
  tr: range-endpoints of 'z-a' are in reverse collating sequence order
  [1]
  $ echo HELLO | tr '[:upper:]' '[:lower:]' | tr -d '[:space:]'; echo
  hello
  $ echo 'a-b' | tr 'a-' 'x_'
  x_b
  $ tr -d a b
  tr: extra operand 'b'
  Only one string may be given when deleting without squeezing repeats.
  Try 'tr --help' for more information.
  [1]

fold

  $ echo 'the quick brown fox jumps' | fold -w 10
  the quick 
  brown fox 
  jumps
  $ echo 'the quick brown fox jumps' | fold -s -w 10
  the quick 
  brown fox 
  jumps
  $ echo abcdef | fold -b -w 4
  abcd
  ef
  $ echo abcdef | fold -3
  abc
  def

tac and rev

  $ tac pairs
  a 2
  c 1
  a 10
  b 2
  $ printf 'a\nb' | tac; echo
  ba
  
  $ rev cols
  z:y:x
  3:2:1
  miledon

comm and join

  $ printf 'a\nb\nc\n' > s1; printf 'b\nc\nd\n' > s2
  $ comm s1 s2
  a
  \t\tb (esc)
  \t\tc (esc)
  \td (esc)
  $ comm -12 s1 s2
  b
  c
  $ comm -3 s1 s2
  a
  \td (esc)
  $ comm -23 s1 s2
  a
  $ comm --output-delimiter=, s1 s2
  a
  ,,b
  ,,c
  ,d
  $ printf '1 a\n2 b\n3 c\n' > j1; printf '1 x\n3 y\n4 z\n' > j2
  $ join j1 j2
  1 a x
  3 c y
  $ join -a1 j1 j2
  1 a x
  2 b
  3 c y
  $ join -v2 j1 j2
  4 z
  $ join -o 1.2,2.2 j1 j2
  a x
  c y
  $ join -o 0,1.2,2.2 -e - -a1 -a2 j1 j2
  1 a x
  2 b -
  3 c y
  4 - z

uniq

  $ printf 'a\na\nb\nc\nc\nc\n' > u
  $ uniq u
  a
  b
  c
  $ uniq -c u
        2 a
        1 b
        3 c
  $ uniq -d u
  a
  c
  $ uniq -u u
  b
  $ uniq -D u
  a
  a
  c
  c
  c
  $ printf 'A\na\n' | uniq -i
  A
  $ printf '1 a\n2 a\n3 b\n' | uniq -f1
  1 a
  3 b
  $ printf 'xa\nya\n' | uniq -s1
  xa
  $ uniq u out; cat out
  a
  b
  c

seq

  $ seq 3
  1
  2
  3
  $ seq 2 4
  2
  3
  4
  $ seq 1 2 7
  1
  3
  5
  7
  $ seq 5 -2 0
  5
  3
  1
  $ seq -w 8 11
  08
  09
  10
  11
  $ seq -s, 1 4
  1,2,3,4
  $ seq 0 0.25 1
  0.00
  0.25
  0.50
  0.75
  1.00
  $ seq -f %03g 1 3
  001
  002
  003
  $ seq -f 'x%.2fy' 1 2
  x1.00y
  x2.00y
  $ seq 1 0
  $ seq -1 1
  -1
  0
  1
  $ seq
  seq: missing operand
  Try 'seq --help' for more information.
  [1]
  $ seq x
  seq: invalid floating point argument: 'x'
  Try 'seq --help' for more information.
  [1]
  $ seq -w 0.5 1 3
  0.5
  1.5
  2.5
  $ seq 1e1
  1
  2
  3
  4
  5
  6
  7
  8
  9
  10
  $ seq 3 -1

sort

  $ sort nums
  eight
  eleven
  five
  four
  nine
  one
  seven
  six
  ten
  three
  twelve
  two
  $ sort -r pairs
  c 1
  b 2
  a 2
  a 10
  $ sort -k2 pairs
  c 1
  a 10
  a 2
  b 2
  $ sort -k2n pairs
  c 1
  a 2
  b 2
  a 10
  $ sort -k2,2n -k1,1r pairs
  c 1
  b 2
  a 2
  a 10
  $ sort -n -k2 -u pairs
  c 1
  b 2
  a 10
  $ printf '10\n9\n2\n1\n' | sort
  1
  10
  2
  9
  $ printf '10\n9\n2\n-1\n1.5\n' | sort -n
  -1
  1.5
  2
  9
  10
  $ printf '1K\n2M\n512\n1G\n' | sort -h
  512
  1K
  2M
  1G
  $ printf 'b\nA\na\nB\n' | sort -f
  A
  a
  B
  b
  $ printf 'v1.10\nv1.9\nv1.2\n' | sort -V
  v1.2
  v1.9
  v1.10
  $ printf 'a-1.0.tar.gz\na-1.0.1.tar.gz\na-1.0~rc1.tar.gz\n' | sort -V
  a-1.0~rc1.tar.gz
  a-1.0.tar.gz
  a-1.0.1.tar.gz
  $ sort -t: -k2 cols
  nodelim
  1:2:3
  x:y:z
  $ sort -t: -k3,3r cols
  x:y:z
  1:2:3
  nodelim
  $ printf 'b\na\nb\n' | sort -u
  a
  b
  $ sort -c nums
  sort: nums:3: disorder: three
  [1]
  $ sort -C nums; echo $?
  1
  $ printf 'a\nb\n' | sort -c; echo $?
  0
  $ printf '1e3\n2\nx\n' | sort -g
  x
  2
  1e3
  $ printf 'Mar\nJan\nFeb\n' | sort -M
  Jan
  Feb
  Mar
  $ sort -o sorted pairs; cat sorted
  a 10
  a 2
  b 2
  c 1
  $ sort -s -k1,1 pairs
  a 10
  a 2
  b 2
  c 1
  $ printf '  b\n a\nc\n' | sort -b
   a
    b
  c
  $ sort -m s1 s2
  a
  b
  b
  c
  c
  d
  $ printf 'b\0a\0' | sort -z | tr '\0' ' '; echo
  a b 
  $ sort nosuch
  sort: cannot read: nosuch: No such file or directory
  [2]
  $ sort -k0 nums
  sort: field number is zero: invalid field specification '0'
  [2]
  $ sort -k1,x nums
  sort: invalid number after ',': invalid count at start of 'x'
  [2]
  $ printf 'x 3 b\ny 1 a\nz 2 c\n' | sort -k3.1,3.1
  x 3 b
  y 1 a
  z 2 c
  $ printf 'a.b\nab\na-c\n' | sort -d
  a.b
  ab
  a-c

tee and yes

  $ echo x | tee t1 t2; cat t1 t2
  x
  x
  x
  $ echo y | tee -a t1; cat t1
  y
  x
  y
  $ yes | head -n 2
  y
  y
  $ yes a b | head -n 1
  a b

expand, unexpand and nl

  $ printf 'a\tb\n\tc\n' | expand
  a       b
          c
  $ printf 'a\tb\n\tc\n' | expand -t 4
  a   b
      c
  $ printf '        x       y\n' | unexpand
  \tx       y (esc)
  $ printf 'a\n\nb\n' | nl
       1\ta (esc)
         
       2\tb (esc)
  $ printf 'a\n\nb\n' | nl -ba -w3 -s' '
    1 a
    2 
    3 b

split

  $ split -l 5 nums; ls x*; wc -l xa*
  xaa
  xab
  xac
   5 xaa
   5 xab
   2 xac
  12 total
  $ split -b 30 -d nums part.; ls part.*
  part.00
  part.01
  part.02
  $ seq 10 | split -n 2 - half.; ls half.*
  split: -: cannot determine file size
  ls: cannot access 'half.*': No such file or directory
  [2]

od

  $ printf 'hello world, this is od\n' | od
  0000000 062550 066154 020157 067567 066162 026144 072040 064550
  0000020 020163 071551 067440 005144
  0000030
  $ printf 'hello\n' | od -c
  0000000   h   e   l   l   o  \n
  0000006
  $ printf 'hello\n' | od -An -tx1
   68 65 6c 6c 6f 0a
  $ printf 'hello world, this is od\n' | od -A x -t x1z
  000000 68 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 74 68 69  >hello world, thi<
  000010 73 20 69 73 20 6f 64 0a                          >s is od.<
  000018
  $ printf '\001\002\377' | od -An -tu1
     1   2 255
  $ printf '\001\002\377\376' | od -An -td2
      513   -257
  $ printf 'abcd' | od -An -tx4
   64636261
  $ printf 'ab\n\0' | od -a
  0000000   a   b  nl nul
  0000004
  $ seq 100 | od -N 20 -j 4 -b
  0000004 063 012 064 012 065 012 066 012 067 012 070 012 071 012 061 060
  0000024 012 061 061 012
  0000030
  $ printf '%064d' 0 | od
  0000000 030060 030060 030060 030060 030060 030060 030060 030060
  *
  0000100
  $ printf 'abc' | od -An -t x1 -v | tr -d ' \n'; echo
  616263
  $ printf 'hello world' | od -t x2c
  0000000    6568    6c6c    206f    6f77    6c72    0064
            h   e   l   l   o       w   o   r   l   d
  0000013
  $ head -c 8 nums | od -An -tu8
     751951003068493423
