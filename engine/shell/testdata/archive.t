  $ mkdir -p d/sub; echo one > d/a; echo two > d/sub/b; ln -s a d/l; chmod 755 d/a; ln d/a d/hard; touch -hd @1000000000 d/a d/sub/b d/l d/sub d
  $ tar cf x.tar d; tar tf x.tar | sort
  d/
  d/a
  d/hard
  d/l
  d/sub/
  d/sub/b
  $ tar --sort=name --mtime=@1 --owner=0 --group=0 --numeric-owner -cf r.tar d; sha256sum < r.tar; wc -c < r.tar
  82cf78d97d584bd3836df2c46ccfcf6f7b6701671401eb8bf3298ee5de95d2dc  -
  10240
  $ tar --sort=name --mtime='2020-01-01 UTC' --owner=root:0 --group=root:0 --format=gnu -cf r2.tar d; sha256sum < r2.tar
  52e982443f08c6f034efe67b27a35b6edc980e404ed9e2b4b467cf18c498565e  -
  $ tar tvf r.tar
  drwxr-xr-x 0/0               0 1970-01-01 00:00 d/
  -rwxr-xr-x 0/0               4 1970-01-01 00:00 d/a
  hrwxr-xr-x 0/0               0 1970-01-01 00:00 d/hard link to d/a
  lrwxrwxrwx 0/0               0 1970-01-01 00:00 d/l -> a
  drwxr-xr-x 0/0               0 1970-01-01 00:00 d/sub/
  -rw-r--r-- 0/0               4 1970-01-01 00:00 d/sub/b
  $ tar --numeric-owner -tvf r2.tar
  drwxr-xr-x 0/0               0 2020-01-01 00:00 d/
  -rwxr-xr-x 0/0               4 2020-01-01 00:00 d/a
  hrwxr-xr-x 0/0               0 2020-01-01 00:00 d/hard link to d/a
  lrwxrwxrwx 0/0               0 2020-01-01 00:00 d/l -> a
  drwxr-xr-x 0/0               0 2020-01-01 00:00 d/sub/
  -rw-r--r-- 0/0               4 2020-01-01 00:00 d/sub/b
  $ mkdir o; tar xf r.tar -C o; find o | sort; cat o/d/a o/d/sub/b; readlink o/d/l; stat -c '%h %Y %a' o/d/a; stat -c %Y o/d/sub
  o
  o/d
  o/d/a
  o/d/hard
  o/d/l
  o/d/sub
  o/d/sub/b
  one
  two
  a
  2 1 755
  1
  $ mkdir o2; tar -xf r.tar -C o2 --strip-components=1; ls o2; ls o2/sub
  a
  hard
  l
  sub
  b
  $ mkdir o3; tar xf r.tar -C o3 d/sub; find o3 | sort
  o3
  o3/d
  o3/d/sub
  o3/d/sub/b
  $ mkdir o4; tar xvf r.tar -C o4
  d/
  d/a
  d/hard
  d/l
  d/sub/
  d/sub/b
  $ tar cvf v.tar d/sub
  d/sub/
  d/sub/b
  $ tar czf x.tgz d; tar tzf x.tgz | sort; tar tf x.tgz | wc -l
  d/
  d/a
  d/hard
  d/l
  d/sub/
  d/sub/b
  6
  $ tar cjf x.tbz d; tar tjf x.tbz | wc -l
  6
  $ tar -caf x2.tar.gz d; gzip -t x2.tar.gz; echo $?
  0
  $ tar cf - d | tar tf - | wc -l
  6
  $ mkdir o5; tar cf - -C d . | tar xf - -C o5; ls o5
  a
  hard
  l
  sub
  $ tar -cf e.tar --exclude=sub d; tar tf e.tar | sort
  d/
  d/a
  d/hard
  d/l
  $ tar -cf e.tar --exclude='*.o' --exclude d/a d; tar tf e.tar | sort
  d/
  d/hard
  d/l
  d/sub/
  d/sub/b
  $ tar -cf t.tar --transform 's,^d,e,' d; tar tf t.tar | sort
  e/
  e/a
  e/hard
  e/l
  e/sub/
  e/sub/b
  $ tar -cf c.tar -C d a -C sub b; tar tf c.tar
  a
  b
  $ printf 'd/a\nd/sub\n' > list; tar cf l.tar -T list; tar tf l.tar
  d/a
  d/sub/
  d/sub/b
  $ tar cf n.tar --no-recursion d; tar tf n.tar
  d/
  $ tar xf nosuch.tar
  tar: nosuch.tar: Cannot open: No such file or directory
  tar: Error is not recoverable: exiting now
  [2]
  $ tar xf x.tar nomember
  tar: nomember: Not found in archive
  tar: Exiting with failure status due to previous errors
  [2]
  $ tar cf y.tar nosuch
  tar: nosuch: Cannot stat: No such file or directory
  tar: Exiting with failure status due to previous errors
  [2]
  $ echo garbage-garbage > g; tar xf g
  tar: This does not look like a tar archive
  tar: Exiting with failure status due to previous errors
  [2]
  $ tar cf
  tar: Old option 'f' requires an argument.
  Try 'tar --help' or 'tar --usage' for more information.
  [2]
  $ tar f x
  tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options
  Try 'tar --help' or 'tar --usage' for more information.
  [2]
  $ tar -xOf r.tar d/sub/b
  two
  $ tar xf r.tar -C nodir
  tar: nodir: Cannot open: No such file or directory
  tar: Error is not recoverable: exiting now
  [2]
  $ tar cf h.tar -h d/l; tar tvf h.tar | cut -c1
  -
  $ tar cf abs.tar $PWD/d/a 2>&1; tar tf abs.tar | sed "s,${PWD#/},X,"
  tar: Removing leading `/' from member names
  tar: Removing leading `/' from hard link targets
  X/d/a
  $ n=$(printf 'x%.0s' $(seq 120)); mkdir ln; touch -d @5 ln/$n; tar --sort=name --mtime=@1 --owner=0 --group=0 --numeric-owner -cf long.tar ln; sha256sum < long.tar; tar tf long.tar
  43de0cd7623a74947e69f968beccd7b65f5d67c8b1e2dcdefcfefae59cbac9b9  -
  ln/
  ln/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  $ tar -cf m.tar --mode=u=rw,go=r d/a; tar tvf m.tar | cut -c1-10
  -rw-r--r--
  $ cp r.tar ap.tar; tar rf ap.tar g; tar tf ap.tar | tail -1
  g
  $ tar -xf r.tar --wildcards '*/b' -O
  two
  $ tar c d | tar t | wc -l
  6
  $ tar -tf x.tar d/sub/b
  d/sub/b
  $ tar --nosuch
  tar: unrecognized option '--nosuch'
  Try 'tar --help' or 'tar --usage' for more information.
  [64]
  $ mkdir k; cd k; tar xf ../r.tar; echo changed > d/a; tar xkf ../r.tar; cat d/a
  tar: d/a: Cannot open: File exists
  tar: d/l: Cannot create symlink to 'a': File exists
  tar: d/sub/b: Cannot open: File exists
  tar: Exiting with failure status due to previous errors
  changed
  $ cd k; tar --skip-old-files -xf ../r.tar; cat d/a; tar xf ../r.tar; cat d/a
  changed
  one
  $ mkdir -p out la lb/link; ln -s ../out la/link; ln la/link la/hard; echo x > lb/link/file; tar cf s.tar -C la link -C ../lb link/file; mkdir i1; tar xf s.tar -C i1; echo $?; ls out; readlink i1/link
  tar: link/file: Cannot open: Not a directory
  tar: Exiting with failure status due to previous errors
  2
  ../out
  $ tar cf h.tar -C la hard link; mkdir i2; tar xf h.tar -C i2; readlink i2/hard i2/link; stat -c %h i2/link
  ../out
  ../out
  2
  $ tar xPf s.tar -C i1; ls out
  file

gzip

  $ echo hello > z; gzip z; ls z*; gunzip z.gz; cat z
  z.gz
  hello
  $ gzip -k z; ls z*; zcat z.gz; gzip -dc z.gz; gunzip -c < z.gz; rm z.gz
  z
  z.gz
  hello
  hello
  hello
  $ gzip -c z | gzip -d
  hello
  $ gzip -9n < z | od -An -tx1 | head -1 | cut -c1-30
   1f 8b 08 00 00 00 00 00 02 03
  $ gzip -n < z | gunzip
  hello
  $ gzip z; gzip z.gz
  gzip: z.gz already has .gz suffix -- unchanged
  $ gzip -d nosuch
  gzip: nosuch.gz: No such file or directory
  [1]
  $ gzip -d < g
  
  gzip: stdin: not in gzip format
  [1]
  $ gunzip z.gz; gzip -t z; echo $?
  
  gzip: z: not in gzip format
  1
  $ cp z y.x; gunzip y.x
  gzip: y.x: unknown suffix -- ignored
  [2]
  $ mkdir gd; gzip gd
  gzip: gd is a directory -- ignored
  [2]
  $ echo b > b; gzip < b > b.gz; gzip b
  gzip: b.gz already exists;\tnot overwritten (esc)
  [2]
  $ gzip -f b; ls b*
  b.gz
  $ printf 'a\n' | bzip2 | bunzip2; printf 'a\n' | bzip2 -c | bzcat
  a
  a
  $ bzip2 -k z; bunzip2 -c z.bz2; rm z.bz2
  hello
  $ cat z | gzip | cat - | zcat
  hello
  $ zcat nosuch
  gzip: nosuch.gz: No such file or directory
  [1]

sums

  $ printf 'abc' > s; md5sum s; sha1sum s; sha256sum s; sha512sum s | cut -c1-40; sha224sum s; sha384sum s | cut -c1-20
  900150983cd24fb0d6963f7d28e17f72  s
  a9993e364706816aba3e25717850c26c9cd0d89d  s
  ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  s
  ddaf35a193617abacc417349ae20413112e6fa4e
  23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7  s
  cb00753f45a35e8bb5a0
  $ md5sum < s; md5sum s z > sums; cat sums; md5sum -c sums
  900150983cd24fb0d6963f7d28e17f72  -
  900150983cd24fb0d6963f7d28e17f72  s
  b1946ac92492d2347c6235b4d2611184  z
  s: OK
  z: OK
  $ echo x > s; md5sum -c sums; md5sum --status -c sums; echo $?; md5sum --quiet -c sums
  s: FAILED
  z: OK
  md5sum: WARNING: 1 computed checksum did NOT match
  1
  s: FAILED
  md5sum: WARNING: 1 computed checksum did NOT match
  [1]
  $ md5sum nosuch; md5sum -c nosuch
  md5sum: nosuch: No such file or directory
  md5sum: nosuch: No such file or directory
  [1]
  $ echo bad > badsums; md5sum -c badsums
  md5sum: badsums: no properly formatted checksum lines found
  [1]
  $ sha256sum --tag s | cut -c1-20; md5sum -b s
  SHA256 (s) = 73cb385
  401b30e3b8b5d629635a5c613cdb7919 *s
  $ rm s; md5sum -c sums; md5sum --ignore-missing -c sums
  md5sum: s: No such file or directory
  s: FAILED open or read
  z: OK
  md5sum: WARNING: 1 listed file could not be read
  z: OK
  $ printf hello | base64; printf aGVsbG8= | base64 -d; echo; seq 50 | base64 | head -2; seq 50 | base64 -w0 | wc -c; echo '!!' | base64 -d
  aGVsbG8=
  hello
  MQoyCjMKNAo1CjYKNwo4CjkKMTAKMTEKMTIKMTMKMTQKMTUKMTYKMTcKMTgKMTkKMjAKMjEKMjIK
  MjMKMjQKMjUKMjYKMjcKMjgKMjkKMzAKMzEKMzIKMzMKMzQKMzUKMzYKMzcKMzgKMzkKNDAKNDEK
  188
  base64: invalid input
  [1]
  $ printf abc | cksum; printf abc > ck; cksum ck; sum ck; sum -s ck; printf '' | cksum
  1219131554 3
  1219131554 3 ck
  16556     1 ck
  294 1 ck
  4294967295 0
  $ printf hello | base32
  NBSWY3DP
