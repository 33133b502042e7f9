  $ printf 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n' > o; sed -e 's/b/B/' -e '/h/d' -e '$a new' o > n; touch -d @1000000000 o n
  $ diff o n
  2c2
  < b
  ---
  \x3e B (esc)
  8d7
  < h
  10a10
  \x3e new (esc)
  [1]
  $ diff -u o n
  --- o\t2001-09-09 01:46:40.000000000 +0000 (esc)
  +++ n\t2001-09-09 01:46:40.000000000 +0000 (esc)
  @@ -1,10 +1,10 @@
   a
  -b
  +B
   c
   d
   e
   f
   g
  -h
   i
   j
  +new
  [1]
  $ diff -c o n
  *** o\tSun Sep  9 01:46:40 2001 (esc)
  --- n\tSun Sep  9 01:46:40 2001 (esc)
  ***************
  *** 1,10 ****
    a
  ! b
    c
    d
    e
    f
    g
  - h
    i
    j
  --- 1,10 ----
    a
  ! B
    c
    d
    e
    f
    g
    i
    j
  + new
  [1]
  $ diff -U1 o n
  --- o\t2001-09-09 01:46:40.000000000 +0000 (esc)
  +++ n\t2001-09-09 01:46:40.000000000 +0000 (esc)
  @@ -1,3 +1,3 @@
   a
  -b
  +B
   c
  @@ -7,4 +7,4 @@
   g
  -h
   i
   j
  +new
  [1]
  $ diff -u0 o n
  --- o\t2001-09-09 01:46:40.000000000 +0000 (esc)
  +++ n\t2001-09-09 01:46:40.000000000 +0000 (esc)
  @@ -2 +2 @@
  -b
  +B
  @@ -8 +7,0 @@
  -h
  @@ -10,0 +10 @@
  +new
  [1]
  $ diff -q o n
  Files o and n differ
  [1]
  $ diff o o; echo $?
  0
  $ diff -s o o
  Files o and o are identical
  $ diff o nosuch
  diff: nosuch: No such file or directory
  [2]
  $ diff -u /dev/null o | tail -n +3
  @@ -0,0 +1,10 @@
  +a
  +b
  +c
  +d
  +e
  +f
  +g
  +h
  +i
  +j
  $ diff -N -u nosuch o | head -4
  --- nosuch\t1970-01-01 00:00:00.000000000 +0000 (esc)
  +++ o\t2001-09-09 01:46:40.000000000 +0000 (esc)
  @@ -0,0 +1,10 @@
  +a
  $ diff -u --label x --label y o n | head -3
  --- x
  +++ y
  @@ -1,10 +1,10 @@
  $ diff -L x -u o n | head -2
  --- x
  +++ n\t2001-09-09 01:46:40.000000000 +0000 (esc)
  $ printf 'a\nb' > e1; printf 'a\nb\n' > e2; diff e1 e2; diff -u --label 1 --label 2 e1 e2; diff -u --label 1 --label 2 e2 e1
  2c2
  < b
  \ No newline at end of file
  ---
  \x3e b (esc)
  --- 1
  +++ 2
  @@ -1,2 +1,2 @@
   a
  -b
  \ No newline at end of file
  +b
  --- 1
  +++ 2
  @@ -1,2 +1,2 @@
   a
  -b
  +b
  \ No newline at end of file
  [1]
  $ printf 'a  b\nC\n' > w1; printf 'a b\nc\n' > w2; diff -b w1 w2; diff -w w1 w2; diff -bi w1 w2; echo $?
  2c2
  < C
  ---
  \x3e c (esc)
  2c2
  < C
  ---
  \x3e c (esc)
  0
  $ printf 'a\n\nb\n' > b1; printf 'a\nb\n' > b2; diff b1 b2; diff -B b1 b2; echo $?
  2d1
  < 
  0
  $ printf 'a\0b' > bin1; printf 'a\0c' > bin2; diff bin1 bin2; diff -q bin1 bin2; diff -a bin1 bin2 | wc -l
  Binary files bin1 and bin2 differ
  Files bin1 and bin2 differ
  6
  $ mkdir -p A/s B/s; echo 1 > A/x; echo 2 > B/x; echo s > A/only; echo t > B/s/t; touch -d @0 A/x B/x; cp o A/same; cp o B/same
  $ diff -r A B
  Only in A: only
  Only in B/s: t
  diff -r A/x B/x
  1c1
  < 1
  ---
  \x3e 2 (esc)
  [1]
  $ diff A B
  Only in A: only
  Common subdirectories: A/s and B/s
  diff A/x B/x
  1c1
  < 1
  ---
  \x3e 2 (esc)
  [1]
  $ diff -rq A B
  Only in A: only
  Only in B/s: t
  Files A/x and B/x differ
  [1]
  $ diff -ruN A B | sed 's/\t.*//'
  diff -ruN A/only B/only
  --- A/only
  +++ B/only
  @@ -1 +0,0 @@
  -s
  diff -ruN A/s/t B/s/t
  --- A/s/t
  +++ B/s/t
  @@ -0,0 +1 @@
  +t
  diff -ruN A/x B/x
  --- A/x
  +++ B/x
  @@ -1 +1 @@
  -1
  +2
  $ diff A/x B
  1c1
  < 1
  ---
  \x3e 2 (esc)
  [1]
  $ diff A B/x
  1c1
  < 1
  ---
  \x3e 2 (esc)
  [1]
  $ diff -r -x only A B
  Only in B/s: t
  diff -r -x only A/x B/x
  1c1
  < 1
  ---
  \x3e 2 (esc)
  [1]
  $ diff
  diff: missing operand after 'diff'
  diff: Try 'diff --help' for more information.
  [2]
  $ diff o
  diff: missing operand after 'o'
  diff: Try 'diff --help' for more information.
  [2]
  $ diff -u o n - < /dev/null
  diff: extra operand '-'
  diff: Try 'diff --help' for more information.
  [2]
  $ diff --nosuch a b
  diff: unrecognized option '--nosuch'
  diff: Try 'diff --help' for more information.
  [2]
  $ printf 'x\n' | diff - o | head -3
  1c1,10
  < x
  ---
  $ printf 'int f(void)\n{\n  a;\n  b;\n  c;\n  d;\n  e;\n}\n' > p1; sed s/d/D/ p1 > p2; diff -up --label 1 --label 2 p1 p2
  --- 1
  +++ 2
  @@ -1,8 +1,8 @@
  -int f(void)
  +int f(voiD)
   {
     a;
     b;
     c;
  -  d;
  +  D;
     e;
   }
  [1]
  $ seq 30 > s1; seq 30 | sed -e 5d -e 's/^15$/x/' -e '25a y' > s2; diff s1 s2; diff -u --label 1 --label 2 s1 s2
  5d4
  < 5
  15c14
  < 15
  ---
  \x3e x (esc)
  25a25
  \x3e y (esc)
  --- 1
  +++ 2
  @@ -2,7 +2,6 @@
   2
   3
   4
  -5
   6
   7
   8
  @@ -12,7 +11,7 @@
   12
   13
   14
  -15
  +x
   16
   17
   18
  @@ -23,6 +22,7 @@
   23
   24
   25
  +y
   26
   27
   28
  [1]
  $ printf 'a\na\na\n' > r1; printf 'a\na\n' > r2; diff r1 r2; diff r2 r1
  3d2
  < a
  2a3
  \x3e a (esc)
  [1]
  $ printf '{\n  x\n}\n{\n  y\n}\n' > q1; printf '{\n  x\n}\n{\n  z\n}\n{\n  y\n}\n' > q2; diff q1 q2
  4a5,7
  \x3e   z (esc)
  \x3e } (esc)
  \x3e { (esc)
  [1]
  $ : > empty; diff empty o | head -2; diff o empty | head -1
  0a1,10
  \x3e a (esc)
  1,10d0

cmp

  $ cmp o n
  o n differ: char 3, line 2
  [1]
  $ cmp o o; echo $?
  0
  $ cmp -s o n; echo $?
  1
  $ cmp -l o n 2>/dev/null | head -3
   3 142 102
  15 150 151
  17 151 152
  $ cmp e1 e2
  cmp: EOF on e1 after byte 3, in line 2
  [1]
  $ cmp empty o
  cmp: EOF on empty which is empty
  [1]
  $ cmp o nosuch
  cmp: nosuch: No such file or directory
  [2]
  $ cmp -n 2 o n; echo $?
  0
  $ cmp -b o n
  o n differ: byte 3, line 2 is 142 b 102 B
  [1]
  $ printf 'a\nb\n' > c1; printf 'a\nb\nc\n' > c2; cmp c1 c2
  cmp: EOF on c1 after byte 4, line 2
  [1]
  $ cmp -i 2 e1 e2
  cmp: EOF on e1 after byte 1, in line 1
  [1]

patch

  $ mkdir P; cp o P/f; (cd P; cp f g; cp f f.new; sed -i 's/e/E/' f.new; diff -u --label a/f --label b/f f f.new > ../p.diff; rm f.new); cat p.diff
  --- a/f
  +++ b/f
  @@ -2,7 +2,7 @@
   b
   c
   d
  -e
  +E
   f
   g
   h
  $ cd P; patch -p1 < ../p.diff; cat f | tr '\n' ' '
  patching file f
  a b c d E f g h i j  (no-eol)
  $ cd P; patch -R -p1 < ../p.diff; cmp f g
  patching file f
  $ cd P; patch -p1 -i ../p.diff; patch -p1 -N -i ../p.diff; ls; rm -f f.rej
  patching file f
  patching file f
  Reversed (or previously applied) patch detected!  Skipping patch.
  1 out of 1 hunk ignored -- saving rejects to file f.rej
  f
  f.rej
  g
  $ cd P; cp g f; patch < ../p.diff; cp g f; patch -p0 f ../p.diff
  patching file f
  patching file f
  $ cd P; cp g f; sed -i '1i zero' f; patch -p1 < ../p.diff; ls; cat f | tr '\n' ' '
  patching file f
  Hunk #1 succeeded at 3 (offset 1 line).
  f
  f.orig
  g
  zero a b c d E f g h i j  (no-eol)
  $ cd P; rm -f *.orig; cp g f; sed -i 's/c/X/' f; patch -p1 < ../p.diff; ls; rm -f *.orig
  patching file f
  Hunk #1 succeeded at 2 with fuzz 2.
  f
  f.orig
  g
  $ cd P; cp g f; sed -i 's/[cdfg]/X/' f; patch -p1 < ../p.diff; ls; cat f.rej; rm -f *.orig *.rej
  patching file f
  Hunk #1 FAILED at 2.
  1 out of 1 hunk FAILED -- saving rejects to file f.rej
  f
  f.orig
  f.rej
  g
  --- f
  +++ f
  @@ -2,7 +2,7 @@
   b
   c
   d
  -e
  +E
   f
   g
   h
  $ cd P; cp g f; patch -s -p1 < ../p.diff; cmp -s f g; echo $?
  1
  $ cd P; cp g f; patch --dry-run -p1 < ../p.diff; cmp f g
  checking file f
  $ cd P; cp g f; patch -b -p1 < ../p.diff; ls; rm -f *.orig
  patching file f
  f
  f.orig
  g
  $ cd P; cp g f; patch -o out -p1 < ../p.diff; ls; rm out
  patching file out (read from f)
  f
  g
  out
  $ mkdir -p Q/d; cp o Q/d/x; printf -- '--- a/d/x\n+++ b/d/x\n@@ -1,3 +1,4 @@\n a\n+new\n b\n c\n--- /dev/null\n+++ b/d/y\n@@ -0,0 +1,2 @@\n+one\n+two\n' > q.diff; cd Q; patch -p1 < ../q.diff; head -2 d/x; cat d/y
  patching file d/x
  patching file d/y
  a
  new
  one
  two
  $ printf -- '--- a/d/y\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n' > del.diff; cd Q; patch -p1 < ../del.diff; ls d
  patching file d/y
  x
  $ patch -d Q -p1 -R < del.diff; ls Q/d
  patching file d/y
  x
  y
  $ printf 'garbage\n' | patch -p1
  patch: **** Only garbage was found in the patch input.
  [2]
# differs: the interpreter does not tell the line of a redirection
  $ patch -p1 < nosuch
  sh: nosuch: No such file or directory
  [1]
  $ cd Q; printf -- '--- a/none\n+++ b/none\n@@ -1 +1 @@\n-a\n+b\n' | patch -p1 -f
  can't find file to patch at input line 3
  Perhaps you used the wrong -p or --strip option?
  The text leading up to this was:
  --------------------------
  |--- a/none
  |+++ b/none
  --------------------------
  No file to patch.  Skipping patch.
  1 out of 1 hunk ignored
  [1]
  $ cd Q; printf 'diff --git a/d/x b/d/z\nsimilarity index 100%%\nrename from d/x\nrename to d/z\n' | patch -p1; ls d
  patching file d/z (renamed from d/x)
  y
  z
  $ cd Q; printf 'diff --git a/n b/n\nnew file mode 100755\nindex 0000000..1\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+#!/bin/sh\n' | patch -p1; stat -c %a n
  patching file n
  755
  $ cd Q; printf 'Some text\n\nIndex: d/z\n===\n--- d/z\t2020-01-01\n+++ d/z\t2020-01-02\n@@ -1,2 +1,2 @@\n-a\n+A\n new\n' | patch -p0; head -1 d/z
  patching file d/z
  A
  $ printf 'a\nb' > nn; printf -- '--- nn\n+++ nn\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n' | patch -p0; cat nn
  patching file nn
  a
  c
  $ printf -- '--- nn\n+++ nn\n@@ -1,2 +1,2 @@\n a\n-c\n+d\n\\ No newline at end of file\n' | patch; cat nn; echo
  patching file nn
  a
  d
  $ seq 20 > m; printf -- '--- m\n+++ m\n@@ -1,4 +1,4 @@\n 1\n-2\n+two\n 3\n 4\n@@ -17,4 +17,4 @@\n 17\n 18\n-19\n+nineteen\n 20\n' | patch; sed -n '2p;19p' m
  patching file m
  two
  nineteen
  $ seq 20 > m; sed -i 3i\\x m; printf -- '--- m\n+++ m\n@@ -8,7 +8,6 @@\n 8\n 9\n 10\n-11\n 12\n 13\n 14\n' | patch; wc -l m
  patching file m
  Hunk #1 succeeded at 9 (offset 1 line).
  20 m
