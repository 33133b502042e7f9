mkdir, rmdir, touch

  $ mkdir a; mkdir a; mkdir -p a/b/c; ls -R a
  mkdir: cannot create directory 'a': File exists
  a:
  b
  
  a/b:
  c
  
  a/b/c:
  $ mkdir x/y
  mkdir: cannot create directory 'x/y': No such file or directory
  [1]
  $ mkdir -v v1; mkdir -pv v2/v3/v4
  mkdir: created directory 'v1'
  mkdir: created directory 'v2'
  mkdir: created directory 'v2/v3'
  mkdir: created directory 'v2/v3/v4'
  $ mkdir -m 700 m7; stat -c %a m7
  700
  $ mkdir -p -m 711 n1/n2; stat -c %a n1 n1/n2
  755
  711
  $ mkdir
  mkdir: missing operand
  Try 'mkdir --help' for more information.
  [1]
  $ rmdir a
  rmdir: failed to remove 'a': Directory not empty
  [1]
  $ rmdir -p v2/v3/v4; ls -d v2
  ls: cannot access 'v2': No such file or directory
  [2]
  $ rmdir nosuch
  rmdir: failed to remove 'nosuch': No such file or directory
  [1]
  $ touch t1; stat -c '%s %F' t1
  0 regular empty file
  $ touch -d '2020-01-02 03:04:05' t1; stat -c %y t1
  2020-01-02 03:04:05.000000000 +0000
  $ touch -t 202101020304.05 t1; stat -c %Y t1
  1609556645
  $ touch -r t1 t2; stat -c %Y t2
  1609556645
  $ touch -c nosuch; ls nosuch
  ls: cannot access 'nosuch': No such file or directory
  [2]
  $ touch -d @86400 t1; stat -c %Y t1
  86400
  $ touch -m -d @0 t1; stat -c %Y t1
  0
  $ touch nodir/x
  touch: cannot touch 'nodir/x': No such file or directory
  [1]
  $ touch -d bogus t1
  touch: invalid date format 'bogus'
  [1]

cp

  $ echo one > f1; echo two > f2; mkdir d; ln -s f1 l1; ln -s nowhere dangling
  $ cp f1 g1; cat g1
  one
  $ cp f1 f2 d; ls d
  f1
  f2
  $ cp f1
  cp: missing destination file operand after 'f1'
  Try 'cp --help' for more information.
  [1]
  $ cp
  cp: missing file operand
  Try 'cp --help' for more information.
  [1]
  $ cp nosuch x
  cp: cannot stat 'nosuch': No such file or directory
  [1]
  $ cp f1 f2 nosuchdir
  cp: target 'nosuchdir': No such file or directory
  [1]
  $ cp f1 f2 g1
  cp: target 'g1': Not a directory
  [1]
  $ cp f1 nosuchdir/
  cp: cannot create regular file 'nosuchdir/': Not a directory
  [1]
  $ cp d e
  cp: -r not specified; omitting directory 'd'
  [1]
  $ cp -r d e; ls e
  f1
  f2
  $ cp -r d e; ls e
  d
  f1
  f2
  $ cp -rT d e2; ls e2
  f1
  f2
  $ cp -v f1 g2
  'f1' -> 'g2'
  $ cp -rv d e3 | sort
  'd' -> 'e3'
  'd/f1' -> 'e3/f1'
  'd/f2' -> 'e3/f2'
  $ cp f1 f1
  cp: 'f1' and 'f1' are the same file
  [1]
  $ cp l1 g3; stat -c %F g3
  regular file
  $ cp -P l1 g4; stat -c %F g4
  symbolic link
  $ cp -d l1 g5; readlink g5
  f1
  $ mkdir links; cp -a l1 dangling links; ls -l links | awk '{print $1, $9, $10, $11}'
  total   
  lrwxrwxrwx dangling -> nowhere
  lrwxrwxrwx l1 -> f1
  $ cp -r links links2; readlink links2/dangling
  nowhere
  $ cp -rL l1 links3; stat -c %F links3
  regular file
  $ cp dangling x
  cp: cannot stat 'dangling': No such file or directory
  [1]
  $ chmod 600 f2; cp f2 p1; stat -c %a p1; cp -p f2 p2; stat -c %a p2
  600
  600
  $ chmod 755 f1; cp f1 p3; stat -c %a p3
  755
  $ touch -d @1000 f1; cp -p f1 p4; stat -c %Y p4; cp --preserve=timestamps f1 p5; stat -c %Y p5
  1000
  1000
  $ cp -a d d2; stat -c '%n %a' d2 d2/f1
  d2 755
  d2/f1 644
  $ echo new > f1; cp -n f2 f1; cat f1
  new
  $ cp -u p4 f1; cat f1
  new
  $ chmod 444 p1; cp -f f1 p1; cat p1
  new
  $ cp -l f1 hard; stat -c %h hard
  2
  $ cp -s f1 soft; readlink soft
  f1
  $ cp -t d f1 p1; ls d
  f1
  f2
  p1
  $ mkdir -p s/t; echo x > s/t/f; cp --parents s/t/f d; find d -name f
  d/s/t/f
  $ cp -r s s/u
  cp: cannot copy a directory, 's', into itself, 's/u'
  [1]
  $ cp d f1
  cp: -r not specified; omitting directory 'd'
  [1]
  $ cp -r d f1
  cp: cannot overwrite non-directory 'f1' with directory 'd'
  [1]
  $ cp f1 d/sub/x
  cp: cannot create regular file 'd/sub/x': No such file or directory
  [1]
  $ ln f1 h1; mkdir hl; cp -a f1 h1 hl; stat -c %h hl/f1
  2
  $ cp --reflink=auto f1 r1; cat r1
  new
  $ cp -R d/. e4; ls e4
  f1
  f2
  p1
  s
  $ mkdir e4; cp -R d/. e4; ls e4
  mkdir: cannot create directory 'e4': File exists
  f1
  f2
  p1
  s
  $ cp -x --sparse=never f1 r2; cat r2
  new
  $ cp -z f1 r2
  cp: invalid option -- 'z'
  Try 'cp --help' for more information.
  [1]
  $ cp -T f1 f2 d
  cp: extra operand 'd'
  Try 'cp --help' for more information.
  [1]
  $ cp --remove-destination f1 l1; stat -c %F l1
  regular file
  $ echo a > same1; cp same1 ./same1 d; cp same1 same1 d
  cp: warning: source file './same1' specified more than once
  cp: warning: source file 'same1' specified more than once
  $ cp -Rp d d5; ls d5
  f1
  f2
  p1
  s
  same1

mv

  $ mkdir w; cd w; echo 1 > a; echo 2 > b; mkdir d
  $ cd w; mv a c; cat c; ls
  1
  b
  c
  d
  $ cd w; mv c b d; ls d
  b
  c
  $ cd w; mv nosuch x
  mv: cannot stat 'nosuch': No such file or directory
  [1]
  $ cd w; mv d/b .; mv -v b bb
  renamed 'b' -> 'bb'
  $ cd w; mv bb d/c; cat d/c
  2
  $ cd w; mv d d2; ls
  d2
  $ cd w; mv d2 d2
  mv: cannot move 'd2' to a subdirectory of itself, 'd2/d2'
  [1]
  $ cd w; mv d2 d2/x
  mv: cannot move 'd2' to a subdirectory of itself, 'd2/x'
  [1]
  $ cd w; echo f > f; mv f d2/nosuch/x
  mv: cannot move 'f' to 'd2/nosuch/x': No such file or directory
  [1]
  $ cd w; mkdir e; mv -T d2 e; ls
  e
  f
  $ cd w; mv e f
  mv: cannot overwrite non-directory 'f' with directory 'e'
  [1]
  $ cd w; mkdir q; mv f q; mkdir q2; echo z > q2/f; mv q2/f q; cat q/f
  z
  $ cd w; echo n > n; mv -n n q/f; cat q/f
  z
  $ cd w; mv n
  mv: missing destination file operand after 'n'
  Try 'mv --help' for more information.
  [1]
  $ cd w; mv a b nosuchdir
  mv: target 'nosuchdir': No such file or directory
  [1]
  $ cd w; mkdir full other; touch full/x other/x; mkdir other/full; touch other/full/y; mv full other
  mv: cannot move 'full' to 'other/full': Directory not empty
  [1]
  $ cd w; mv n q/.
  $ cd w; mv -t q q2; ls q
  f
  n
  q2

rm

  $ mkdir -p r/s; touch r/f r/s/g
  $ rm r
  rm: cannot remove 'r': Is a directory
  [1]
  $ rm r/f; ls r
  s
  $ rm nosuch
  rm: cannot remove 'nosuch': No such file or directory
  [1]
  $ rm -f nosuch
  $ rm -r r; ls r
  ls: cannot access 'r': No such file or directory
  [2]
  $ mkdir -p r/s; touch r/f; rm -rv r | sort
  removed 'r/f'
  removed directory 'r'
  removed directory 'r/s'
  $ rm -r .
  rm: refusing to remove '.' or '..' directory: skipping '.'
  [1]
  $ rm -rf /
  rm: it is dangerous to operate recursively on '/'
  rm: use --no-preserve-root to override this failsafe
  [1]
  $ mkdir empty; rm -d empty
  $ touch x y; rm -v x y
  removed 'x'
  removed 'y'
  $ rm
  rm: missing operand
  Try 'rm --help' for more information.
  [1]
  $ rm -f
  $ rm -z x
  rm: invalid option -- 'z'
  Try 'rm --help' for more information.
  [1]
  $ ln -s nowhere sl; rm sl; ls sl
  ls: cannot access 'sl': No such file or directory
  [2]

ln

  $ mkdir ll; cd ll; echo t > t; ln -s t s; readlink s; ln t h; stat -c %h t
  t
  2
  $ cd ll; ln -s t s
  ln: failed to create symbolic link 's': File exists
  [1]
  $ cd ll; ln -sf h s; readlink s
  h
  $ cd ll; ln t nosuch/x
  ln: failed to create hard link 'nosuch/x' => 't': No such file or directory
  [1]
  $ cd ll; ln nosuch x
  ln: failed to access 'nosuch': No such file or directory
  [1]
  $ cd ll; mkdir d; ln -s ../t d; readlink d/t
  ../t
  $ cd ll; ln -sv t v; ln -v t v2
  'v' -> 't'
  'v2' => 't'
  $ cd ll; ln -s d ld; ln -sf t ld; ls d; ln -sfn t ld; readlink ld
  t
  t
  $ cd ll; ln -sr d/t rel; readlink rel; mkdir -p a/b; ln -sr t a/b/c; readlink a/b/c
  d/t
  ../../t
  $ cd ll; ln d dd
  ln: d: hard link not allowed for directory
  [1]
  $ cd ll; ln -sT t d
  ln: failed to create symbolic link 'd': File exists
  [1]
  $ cd ll; ln -st d t h; ls d
  ln: failed to create symbolic link 'd/t': File exists
  h
  t
  $ cd ll/d; ln -s ../../f1; readlink f1
  ../../f1
  $ ln
  ln: missing file operand
  Try 'ln --help' for more information.
  [1]

chmod

  $ touch c; chmod 644 c; chmod +x c; stat -c %a c
  755
  $ chmod u=rw,go=r c; stat -c %A c
  -rw-r--r--
  $ chmod a-r c; stat -c %a c; chmod 0755 c; chmod g-rx,o=u c; stat -c %a c
  200
  707
  $ chmod -w c; stat -c %a c
  chmod: c: new permissions are r-x---rwx, not r-x---r-x
  507
  $ chmod u+s,g+s,+t c; stat -c '%a %A' c
  7507 -r-s--Srwt
  $ chmod 755 c; chmod u-x,g=,o+w c; stat -c %a c
  607
  $ mkdir -p cd/e; touch cd/f cd/e/g; chmod -R go-rwx cd; stat -c %a cd cd/e cd/f cd/e/g
  700
  700
  600
  600
  $ chmod -R a+X cd; stat -c %a cd cd/e cd/f
  711
  711
  600
  $ chmod -v 600 c; chmod -v 600 c; chmod -c 600 c; chmod -c 644 c
  mode of 'c' changed from 0607 (rw----rwx) to 0600 (rw-------)
  mode of 'c' retained as 0600 (rw-------)
  mode of 'c' changed from 0600 (rw-------) to 0644 (rw-r--r--)
  $ chmod nosuch c
  chmod: invalid mode: 'nosuch'
  Try 'chmod --help' for more information.
  [1]
  $ chmod 644 nosuch
  chmod: cannot access 'nosuch': No such file or directory
  [1]
  $ chmod 999 c
  chmod: invalid mode: '999'
  Try 'chmod --help' for more information.
  [1]
  $ chmod
  chmod: missing operand
  Try 'chmod --help' for more information.
  [1]
  $ chmod 644
  chmod: missing operand after '644'
  Try 'chmod --help' for more information.
  [1]
  $ chmod --reference=f1 c; stat -c %a c
  755
  $ umask 027; chmod =rwx c; stat -c %a c; chmod +w c; stat -c %a c
  750
  750
  $ chmod u+x,,g+x c
  chmod: invalid mode: 'u+x,,g+x'
  Try 'chmod --help' for more information.
  [1]

install

  $ echo i > i; install i i2; stat -c %a i2
  755
  $ install -m 644 i i3; stat -c %a i3
  644
  $ install -d ida/b idc; stat -c %a ida ida/b
  755
  755
  $ install -D i deep/er/i; cat deep/er/i
  i
  $ install -Dm600 i deep2/i; stat -c %a deep2/i
  600
  $ install -t ida i i2; ls ida
  b
  i
  i2
  $ install -D -t newdir/sub i; ls newdir/sub
  i
  $ install i i2 nosuchdir
  install: target 'nosuchdir': No such file or directory
  [1]
  $ install nosuch x
  install: cannot stat 'nosuch': No such file or directory
  [1]
  $ install -v i iv
  'i' -> 'iv'
  $ install -dv vd/ve
  install: creating directory 'vd'
  install: creating directory 'vd/ve'
  $ install ida x
  install: omitting directory 'ida'
  [1]
  $ install -p -m755 i ip; stat -c %a ip
  755
  $ install -m u=rwx,go=rx i im; stat -c %a im
  755
  $ install
  install: missing file operand
  Try 'install --help' for more information.
  [1]
  $ install -d -m 700 idm; stat -c %a idm
  700

readlink, realpath, basename, dirname

  $ mkdir -p rl/d; cd rl; touch f; ln -s f l; ln -s l l2; ln -s d ld; ln -s nowhere dang
  $ cd rl; readlink l l2; readlink f; readlink -f l2 | sed "s,$PWD,.,"; readlink -f ld/x | sed "s,$PWD,.,"
  f
  l
  ./f
  ./d/x
  $ cd rl; readlink -e dang; readlink -f dang | sed "s,$PWD,.,"; readlink -m no/such | sed "s,$PWD,.,"; readlink -f no/such; readlink -v f; readlink -n l; echo
  ./nowhere
  ./no/such
  readlink: f: Invalid argument
  f
  $ cd rl; realpath l2 ld/.. | sed "s,$PWD,.,"; realpath nosuch | sed "s,$PWD,.,"; realpath -e nosuch; realpath -s ld | sed "s,$PWD,.,"
  ./f
  .
  ./nosuch
  realpath: nosuch: No such file or directory
  ./ld
  $ cd rl; realpath --relative-to=d f; realpath --relative-to=. d/x; realpath -m a/b/../c --relative-to=.
  ../f
  d/x
  a/c
  $ basename /a/b.c; basename /a/b.c .c; basename -s .c /a/b.c c.c; basename /; basename a/; basename -a x/y z/w; basename .c .c
  b.c
  b
  b
  c
  /
  a
  y
  w
  .c
  $ dirname /a/b; dirname a; dirname /a; dirname a/b/; dirname /; dirname a//b; dirname x/y z
  /a
  .
  /
  a
  /
  a
  x
  .
  $ basename
  basename: missing operand
  Try 'basename --help' for more information.
  [1]
  $ dirname
  dirname: missing operand
  Try 'dirname --help' for more information.
  [1]

stat, truncate, mktemp

  $ printf hello > st; chmod 640 st; ln -s st stl; mkdir std
  $ stat -c '%n %s %a %A %F' st stl std
  st 5 640 -rw-r----- regular file
  stl 2 777 lrwxrwxrwx symbolic link
  std 4096 755 drwxr-xr-x directory
  $ stat -c '%N' st stl; stat -L -c %F stl; stat --printf '%s\n%a\t' st; echo
  'st'
  'stl' -> 'st'
  regular file
  5
  640\t (esc)
  $ stat -c '%04a|%10s|%-10s|%h' st
  0640|         5|5         |1
  $ stat nosuch
  stat: cannot statx 'nosuch': No such file or directory
  [1]
  $ truncate -s 3 st; cat st; echo; truncate -s +2 st; wc -c < st; truncate -s 1K st; wc -c < st; truncate -s -1 st; wc -c < st
  hel
  5
  1024
  1023
  $ truncate st
  truncate: you must specify either '--size' or '--reference'
  Try 'truncate --help' for more information.
  [1]
  $ mktemp | sed 's/\(.*\)\..*/\1/' | sed "s,$TMPDIR,T,"; mktemp -d xXXXXXX | sed 's/x......$/ok/'; mktemp -u -t fooXXX | sed "s,$TMPDIR/foo...,ok,"; mktemp xx; mktemp -p std tXXXX | sed 's/t....$/ok/'
  T/tmp
  ok
  ok
  mktemp: too few X's in template 'xx'
  std/ok
  $ f=$(mktemp); stat -c %a $f; d=$(mktemp -d); stat -c %a $d; mktemp --suffix=.c aXXXX | sed 's/a....\.c/ok/'
  600
  700
  ok

ls

  $ mkdir lsd; cd lsd; touch -d @0 b a .h; mkdir -m 755 sub; touch -d @0 sub/x; ln -s a l; printf 12345 > big; chmod 644 big; chmod +x b; touch -d '2020-01-01' sub big
  $ cd lsd; ls; ls -a; ls -A; ls -d .; ls -r
  a
  b
  big
  l
  sub
  .
  ..
  .h
  a
  b
  big
  l
  sub
  .h
  a
  b
  big
  l
  sub
  .
  sub
  l
  big
  b
  a
  $ cd lsd; ls -l | awk 'NR>1{print $1,$2,$5,$6,$7,$8,$9,$10,$11}' | grep -v ' l '
  -rw-r--r-- 1 0 Jan 1 1970 a  
  -rwxr-xr-x 1 0 Jan 1 1970 b  
  -rw-r--r-- 1 5 Jan 1 2020 big  
  drwxr-xr-x 2 4096 Jan 1 2020 sub  
  $ cd lsd; ls -F; ls -p; ls sub a; ls -1 sub .
  a
  b*
  big
  l@
  sub/
  a
  b
  big
  l
  sub/
  a
  
  sub:
  x
  .:
  a
  b
  big
  l
  sub
  
  sub:
  x
  $ cd lsd; ls -R; ls -S; ls -t | tail -2
  .:
  a
  b
  big
  l
  sub
  
  ./sub:
  x
  sub
  big
  l
  a
  b
  a
  b
  $ cd lsd; ls nosuch
  ls: cannot access 'nosuch': No such file or directory
  [2]
  $ cd lsd; ls nosuch a
  ls: cannot access 'nosuch': No such file or directory
  a
  [2]
  $ cd lsd; ls -d sub/ ./a; ls l; ls -l l | sed 's/.* l /l /'
  ./a
  sub/
  l
  l -> a
  $ cd lsd; ls -ln a | awk '{print $1,$2}'; ls -l --time-style=long-iso a | awk '{print $6,$7}'; ls -l --full-time a | awk '{print $6,$7,$8}'
  -rw-r--r-- 1
  1970-01-01 00:00
  1970-01-01 00:00:00.000000000 +0000
  $ head -c 123456 /dev/zero > bigfile; ls -sh bigfile | sed 's/.* //'; ls -lh bigfile | awk '{print $5}'; touch empty1; ls -lh empty1 | awk '{print $5}'
  bigfile
  121K
  0
  $ cd lsd; ls -Q a; ls -X; ls -v
  "a"
  a
  b
  big
  l
  sub
  a
  b
  big
  l
  sub
