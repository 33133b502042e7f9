Lists, loops, conditions

  $ while true; do { break; echo x; }; done; echo done
  done
  $ for i in 1 2; do if true; then continue; echo bad; fi; echo bad2; done; echo end
  end
  $ for i in 1 2 3; do for j in a b; do if [ $i = 2 ]; then continue 2; fi; echo $i$j; done; done
  1a
  1b
  3a
  3b
  $ for i in 1 2 3; do for j in a b; do if [ $j = b ]; then if [ $i = 2 ]; then break 2; fi; echo in; fi; echo $i$j; done; echo o$i; done
  1a
  in
  1b
  o1
  2a
  $ for i in 1 2 3; do case $i in 2) continue;; esac; echo $i; done
  1
  3
  $ for i in 1 2 3; do { [ $i = 2 ] && continue; echo $i; }; done
  1
  3
  $ for i in 1 2 3; do if [ $i -gt 1 ]; then { echo gt; break; echo no; }; echo no; fi; echo $i; done
  1
  gt
  $ i=0; while [ $i -lt 5 ]; do i=$((i+1)); if [ $i = 2 ]; then continue; fi; if [ $i = 4 ]; then break; fi; echo $i; done
  1
  3
  $ f() { for x in 1 2 3; do if [ $x = 2 ]; then return 7; fi; echo $x; done; }; f; echo $?
  1
  7
  $ for i in a b; do for j in 1 2; do if true; then break; fi; echo no; done; echo $i; done
  a
  b
  $ for i in 1 2; do (exit 3) || { echo failed $?; continue; }; echo no; done
  failed 3
  failed 3
  $ for i in 1 2; do if false; then continue; fi; false; echo rc=$?; done
  rc=1
  rc=1
  $ until false; do echo once; break; done
  once
  $ for ((i=0;i<3;i++)); do echo $i; done; for i; do echo no; done; set -- a b; for i; do echo $i; done
  0
  1
  2
  a
  b
  $ if false; then echo 1; elif true; then echo 2; else echo 3; fi
  2
  $ case abc in a*) echo star;; esac; case x in [a-c]|x) echo m;; esac; case "a b" in "a b") echo q;; esac; case x in y) ;; *) echo def;; esac
  star
  m
  q
  def
  $ true && echo a || echo b; false && echo a || echo b; ! false; echo $?; ! true; echo $?
  a
  b
  0
  1
  $ { echo a; echo b; } | wc -l; (cd /; pwd); x=1; (x=2); echo $x; { x=3; }; echo $x
  2
  /
  1
  3

Pipelines

  $ echo x | read v; echo "v=$v"
  v=
  $ echo x | { read v; echo "in=$v"; }; echo "v=$v"
  in=x
  v=
  $ printf '1\n2\n' | while read l; do n=$l; done; echo "n=$n"
  n=
  $ echo x | exit 3; echo $?
  3
  $ (exit 3) | true; echo $?; set -o pipefail; (exit 3) | true; echo $?; false | exit 2; echo $?
  0
  3
  2
  $ echo a | cat | cat | tr a b; seq 3 | tail -1 | cat -n
  b
       1\t3 (esc)
  $ echo err >&2 | cat; { echo out; echo err >&2; } 2>&1 | sort
  err
  err
  out
  $ echo a |& cat; ls nosuch |& sed 's/^/E:/'
  a
  E:ls: cannot access 'nosuch': No such file or directory
  $ echo x | cd /; pwd | sed "s,$HOME,H,"
  H
  $ f() { cat; }; echo via | f; echo a | { cat; echo b; }
  via
  a
  b
  $ yes | head -1; seq 100000 | head -1; while :; do echo y; done | head -2; echo ok
  y
  1
  y
  y
  ok

set -e

  $ set -e; false; echo never
  [1]
  $ set -e; f() { false; echo in; }; f || echo caught; f && echo y; if f; then echo i; fi; echo end
  in
  in
  y
  in
  i
  end
  $ set -e; (false; echo no) || echo sub; ! true; echo ok; false; echo never
  no
  ok
  [1]
  $ set -e; x=$(false); echo never
  [1]
  $ set -e; local_() { local x=$(false); echo still; }; local_
  still
  $ set -e; if false; then :; fi; false && true; echo here; { false || false; }; echo never
  here
  [1]
  $ set -e; f() { echo f; return 1; }; while f; do :; done; f | true; echo end; f; echo never
  f
  end
  f
  [1]
  $ set -e; trap 'echo exit $?' EXIT; false
  exit 1
  [1]
  $ set -e; (exit 4); echo never
  [4]
  $ set -e; for i in 1; do false; done; echo never
  [1]
  $ set -e; echo a | false; echo never
  [1]
  $ set -e; false | true; echo yes; x=$(true); echo $(false) still
  yes
  still
  $ set -e; set +e; false; echo on
  on
  $ set -e; if (cd nosuch 2>/dev/null; true); then echo t; fi; echo e
  t
  e
  $ set -e; test -f nosuch || echo no; [ -f nosuch ] && echo yes; echo last
  no
  last
  $ set -eu; echo ${X-default}; echo ${X:-d}; Y=; echo "[$Y]"; set +u; echo "[$X]"
  default
  d
  []
  []
  $ set -e; f() { test 1 = 2 && echo no; }; f; echo never
  [1]
  $ set -eo pipefail; x=$(false | cat); echo never
  [1]
  $ set -e; eval 'false; echo no'; echo never
  [1]
  $ set -e; ! false; echo ok; ! { false; true; } || echo x; case x in x) false;; esac; echo never
  ok
  x
  [1]

Traps and exit

  $ trap 'echo bye $?' EXIT; exit 4
  bye 4
  [4]
  $ trap 'echo bye' 0; echo hi
  hi
  bye
  $ (trap 'echo sub' EXIT; echo in); echo out
  in
  sub
  out
  $ (trap 'echo sub $?' EXIT; exit 3); echo $?
  sub 3
  3
  $ x=$(trap 'echo trapped' EXIT; echo body); echo "$x"
  body
  trapped
  $ { trap 'echo p' EXIT; echo a; } | cat; echo z
  a
  p
  z
  $ trap 'echo sig' INT TERM HUP; trap - INT; trap '' TERM; trap 'rm -f x' 0 1 2 15; echo t$?
  t0
  $ trap 'echo got' USR1; kill -USR1 $$; sleep 0.05; :; echo after
  got
  after
  $ trap 'echo cleanup; exit 5' TERM; kill -TERM $$; sleep 0.05; echo never
  cleanup
  [5]
  $ trap 'echo e' ERR; false; echo x
  e
  x
  $ trap 'echo a' EXIT; trap - EXIT; echo none
  none
  $ trap 'echo x' NOSUCH; echo $?
  sh: line 1: trap: NOSUCH: invalid signal specification
  1
  $ trap 'echo t' EXIT; trap
  trap -- 'echo t' EXIT
  t
  $ f() { trap 'echo ft' EXIT; }; f; echo z
  z
  ft
  $ exit 256
  $ f() { exit 3; }; f; echo never
  [3]
  $ (exit 5); echo $?; sh -c 'exit 6'; echo $?; $(exit 7); echo $?
  5
  6
  7

Variables and expansion

  $ x=abc.tar.gz; echo ${x%.*} ${x%%.*} ${x#*.} ${x##*.} ${x/a/b} ${x//a/b} ${x:1:2} ${x^^} ${#x} ${y:-d} ${y:=e} $y ${y:+f}
  abc.tar abc tar.gz gz bbc.tar.gz bbc.tbr.gz bc ABC.TAR.GZ 10 d e e f
  $ x='a b  c'; echo $x; echo "$x"; set -- $x; echo $#; IFS=:; p=a:b::c; set -- $p; echo $#; echo "$*"; unset IFS
  a b c
  a b  c
  3
  4
  a:b::c
  $ a=(1 2 "3 4"); echo ${#a[@]} "${a[2]}" "${a[@]:1}"; a+=(5); a[7]=x; echo "${!a[@]}"; for e in "${a[@]}"; do echo "<$e>"; done; unset 'a[0]'; echo ${a[*]}
  3 3 4 2 3 4
  0 1 2 3 7
  <1>
  <2>
  <3 4>
  <5>
  <x>
  2 3 4 5 x
# differs: the interpreter miscounts what is added later
  $ declare -A m=([x]=1); m[y]=2; echo ${m[x]} ${m[y]} ${#m[@]}
  1 2 1
  $ echo $((1+2*3)) $((0x10)) $((010)) $((2**3)) $((5/2)) $((7%3)) $((1<2?3:4)) $((-7/2)) $(( (1+2)*3 )); i=1; ((i++)); echo $i; let i+=2; echo $i; echo $((i==4 && 1)); i=5; echo $((i+=1)) $((i--)) $i; echo $((1<<4|1)) $((~0)) $((!0))
  7 16 8 8 2 1 3 -3 9
  2
  4
  1
  6 6 5
  17 -1 1
  $ set -- a b c; echo $# $1 $*; shift; echo "$@"; shift 5; echo "rc=$? $#"; shift 2; echo $#; set --; shift; echo $?
  3 a a b c
  b c
  rc=1 2
  0
  1
  $ echo {a,b}{1,2} {1..3} {a..c}; echo ~/x | sed "s,$HOME,H,"; echo "~"; echo a\ b 'c d' "e	f" $'g\th'; echo "$(echo "nested $(echo deep)")" `echo \`echo bq\``
  a1 a2 b1 b2 1 2 3 a b c
  H/x
  ~
  a b c d e\tf g\th (esc)
  nested deep bq
  $ x=$(printf 'a\n\n\n'); echo "[$x]"; echo "a$(echo b)c"; y="$(cat <<EOF
  > hello
  > EOF
  > )"; echo "$y"
  [a]
  abc
  hello
  $ touch g1.c g2.c g3.h .hid; echo *.c; echo *.nosuch; echo g?.?; echo [g]1*; echo .h*; echo "*.c"; set -f; echo *.c; set +f; x='*.c'; echo $x; echo "$x"; for f in *.h; do echo $f; done; shopt -s nullglob; echo *.zzz; shopt -u nullglob; ls *.c
  g1.c g2.c
  *.nosuch
  g1.c g2.c g3.h
  g1.c
  .hid
  *.c
  *.c
  g1.c g2.c
  *.c
  g3.h
  
  g1.c
  g2.c
  $ export FOO=bar; env | grep ^FOO; FOO=baz env | grep ^FOO; echo $FOO; unset FOO; echo ${FOO-unset}; A=1 B=2; echo $A$B; A=x true; echo $A; readonly R=1; echo $R
  FOO=bar
  FOO=baz
  bar
  unset
  12
  1
  1
  $ f() { local a=1; b=2; echo $a; }; a=0; f; echo $a $b; g() { local a; a=5; h; }; h() { echo h$a; }; g; local z 2>/dev/null; echo $?
  1
  0 2
  h5
  1
  $ x=1; x+=2; echo $x; echo ${x:-y} ${z:-y} "${z-}" ${x:+alt} ${#x}; z=; echo "[${z:-empty}] [${z-unset}]"; v=HELLO; echo ${v,,} ${v:0:1}${v:1}; n=name; name=val; echo ${!n}; p=/a/b/c; echo ${p##*/} ${p%/*}; echo ${p//\//-}; s="a.b.c"; echo ${s/./-} "${s//[.]/_}"
  12
  12 y  alt 2
  [empty] []
  hello HELLO
  val
  c /a/b
  -a-b-c
  a-b.c a_b_c
  $ echo "a\$b" 'a$b' "a\`b" "a\\b" "a\"b"; echo "line1
  > line2"; echo a\
  > b; echo "q1 'q2' q3"; echo $LINENO
  a$b a$b a`b a\b a"b
  line1
  line2
  ab
  q1 'q2' q3
  3
# differs: the interpreter words this and chooses the status
  $ echo ${x:?unset msg}; echo never
  x: unset msg
  [1]
  $ cat <<EOF
  > x=$((1+1)) $(echo sub) \$esc `echo bt`
  > EOF
  x=2 sub $esc bt
  $ cat <<'EOF'
  > x=$((1+1)) $(echo sub) \$esc
  > EOF
  x=$((1+1)) $(echo sub) \$esc
  $ cat <<-EOF
  > 	tab
  > 	EOF
  tab
  $ cat <<A; cat <<B
  > one
  > A
  > two
  > B
  one
  two
  $ cat <<< "here string"; read a b <<< "x y z"; echo "$b"; tr a-z A-Z <<EOF | cat -n
  > abc
  > EOF
  here string
  y z
       1\tABC (esc)

read

  $ IFS=: read -r a b c <<< "1:2:3:4"; echo $a $b $c; printf 'a\\b  c\n' | while IFS= read -r l; do echo "$l"; done; printf 'a b\0c d\0' | while IFS= read -r -d '' l; do echo "<$l>"; done
  1 2 3:4
  a\b  c
  <a b>
  <c d>
  $ printf 'a\\\nb\n' | { read x; echo "$x"; }; printf '  lead trail  \n' | { read x; echo "[$x]"; }; printf 'x' | { read v; echo "$? $v"; }; read v < /dev/null; echo "$? [$v]"; printf 'one two\nthree\n' > rd; { read a; read b; } < rd; echo "$a|$b"; while read -r a b; do echo "$b-$a"; done < rd; read -n 2 x < rd; echo $x; echo 'a,b,c' | { IFS=, read -ra arr; echo ${#arr[@]} ${arr[1]}; }; echo 'p q' | { read -p prompt x; echo $x; }; printf 'a:b:\n' | { IFS=: read x y; echo "[$x][$y]"; }; printf 'l1\nl2\n' | { read x; cat; }; printf ' a  b \n' | { read x y z; echo "[$x][$y][$z]"; }; mapfile -t ma < rd; echo ${#ma[@]}; read 1bad < rd; echo $?
  ab
  [lead trail]
  1 x
  1 []
  one two|three
  two-one
  -three
  on
  3 b
  p q
  [a][b]
  l2
  [a][b][]
  2
  sh: line 1: read: `1bad': not a valid identifier
  1

Functions and builtins

  $ f() { echo "$# $@ $*"; }; f "a b" c; g() { f "$@"; }; g 1 "2 3"; f() (exit 8); f; echo $?; r() { return 7; }; r; echo $?; function k { echo k; }; k; f() { echo $1; shift; [ $# -gt 0 ] && f "$@"; }; f 1 2 3; unset -f f; f 2>/dev/null; echo $?
  2 a b c a b c
  2 1 2 3 1 2 3
  8
  7
  k
  1
  2
  3
  127
  $ echo() { command echo "my $*"; }; echo hi; unset -f echo; echo hi; cd() { builtin cd "$@" && pwd | sed 's,.*/,,'; }; mkdir -p sub; cd sub; test() { command printf 'T\n'; }; test
  my hi
  hi
  sub
  T
  $ eval 'x=5; echo $x'; eval "echo a | tr a b"; eval 'for i in 1 2; do if true; then continue; echo no; fi; done'; eval; echo $?; cmd='echo "a  b"'; eval "$cmd"; eval 'exec 3>&1; echo three >&3'
  5
  b
  0
  a  b
  three
  $ echo 'echo sourced $1; y=9; return 3' > src.sh; . ./src.sh arg; echo $? $y; source ./src.sh; . ./nosuch.sh; echo $?; printf 'for i in 1 2; do if true; then break; echo no; fi; done; echo $i | { read z; echo $z; }\n' > s2.sh; . ./s2.sh; sh s2.sh; sh -e ./s2.sh; sh -x -c 'echo t'
  sourced arg
  3 9
  sourced
  sh: line 1: ./nosuch.sh: No such file or directory
  1
  1
  1
  1
  + echo t
  t
  $ type echo; type -t echo if ls_ f; f() { :; }; type -t f; command -v echo; command -v f; command -v nosuch; echo $?; command -v if; type nosuch; hash nosuch; echo $?; command echo c; command nosuch; echo $?; command -V cd; builtin echo b
  echo is a shell builtin
  builtin
  keyword
  function
  echo
  f
  1
  if
  sh: line 1: type: nosuch: not found
  sh: line 1: hash: nosuch: not found
  1
  c
  sh: line 1: nosuch: command not found
  127
  cd is a shell builtin
  b
  $ if command -v sed > /dev/null; then echo has sed; fi; set -e; trap 'echo bad' ERR; if type sed > /dev/null 2>&1 && hash sed; then echo sed; fi; for p in grep nosuch; do command -v $p >/dev/null 2>&1 && echo $p || echo no $p; done
  has sed
  sed
  grep
  no nosuch
  $ getopts ab:c o -a -b foo -c; echo $o; while getopts ab:c o -a -b foo -c; do echo $o $OPTARG; done; OPTIND=1; while getopts :x o -y -x; do echo $o $OPTARG; done; f() { local OPTIND=1; while getopts vn: o "$@"; do echo "$o=$OPTARG"; done; shift $((OPTIND-1)); echo rest $@; }; f -v -n 3 a b
  a
  b foo
  c
  ? y
  x
  v=
  n=3
  rest a b
  $ umask 022; umask; (umask 077; umask; touch um; stat -c %a um); umask; touch um2; stat -c %a um2; umask -S; umask g+w; umask; echo x > um3; stat -c %a um3; umask 0; mkdir umd; stat -c %a umd
  0022
  0077
  600
  0022
  644
  u=rwx,g=rx,o=rx
  0002
  664
  777
  $ ulimit -n > /dev/null; echo $?; ulimit -c 0; ulimit -c; kill -0 $$; echo $?; kill -0 999999; echo $?; kill -l TERM; kill -l 9
  0
  0
  0
  sh: line 1: kill: (999999) - No such process
  1
  15
  KILL
  $ pwd | sed "s,$HOME,H,"; cd /tmp; pwd; cd -; cd nosuch; echo $?; cd ''; echo $?; cd /etc/passwd; echo $?; cd a b; echo $?; mkdir -p c1/c2; ln -sfn c1/c2 cl; cd cl; pwd | sed "s,$HOME,H,"; cd -P .; pwd | sed "s,$HOME,H,"; cd ../..; pwd | sed "s,$HOME,H,"; cd -- c1; echo ${OLDPWD#$HOME} ${PWD#$HOME}; cd; pwd | sed "s,$HOME,H,"
  H
  /tmp
  $DIR
  sh: line 1: cd: nosuch: No such file or directory
  1
  0
  sh: line 1: cd: /etc/passwd: Not a directory
  1
  sh: line 1: cd: too many arguments
  1
  H/cl
  H/c1/c2
  H
  /c1
  H
  $ true; echo $?; false; echo $?; :; echo $?; test; echo $?; nosuchcmd; echo $?; ./nosuch; echo $?; touch noexec; ./noexec; echo $?; ./; echo $?; printf '#!/nosuch\n' > badint; chmod +x badint; ./badint; echo $?; printf 'echo no shebang $1\n' > nsb; chmod +x nsb; ./nsb arg; printf '\177ELF\0\0' > elf; chmod +x elf; ./elf; echo $?
  0
  1
  0
  1
  sh: line 1: nosuchcmd: command not found
  127
  sh: line 1: ./nosuch: No such file or directory
  127
  sh: line 1: ./noexec: Permission denied
  126
  sh: line 1: ./: Is a directory
  126
  sh: line 1: ./badint: cannot execute: required file not found
  127
  no shebang arg
  sh: line 1: ./elf: cannot execute binary file: Exec format error
  126
  $ sleep 0.05 & wait $!; echo $?; (exit 5) & wait $!; echo $?; for i in 1 2 3; do sleep 0.01 & done; wait; echo waited; { sleep 0.02; echo bg; } & wait; x=$(sleep 0.01 & wait; echo y); echo $x; cat & wait; echo nullin; (echo sub &); sleep 0.05; wait 99999; echo $?
  0
  5
  waited
  bg
  y
  nullin
  sub
  sh: line 1: wait: pid 99999 is not a child of this shell
  127
  $ sleep 100 & kill $!; wait $! 2>/dev/null; echo $?; sleep 100 & p=$!; kill -0 $p; echo $?; kill -9 $p; wait $p 2>/dev/null; echo $?; kill -0 $p 2>/dev/null; echo $?
  143
  0
  137
  1
  $ (while :; do sleep 0.01; done) & p=$!; kill $p; wait $p 2>/dev/null; echo $?; { sleep 100; echo no; } & kill -TERM $!; wait 2>/dev/null; echo waited; for i in 1 2 3; do (exit $i) & pids="$pids $!"; done; for p in $pids; do wait $p; echo $?; done; f() { sleep 0.02; return 4; }; f & wait $!; echo $?; [ "$!" -gt 0 ] && echo number; sleep 0 & x=$!; wait $x; wait $x; echo $?
  143
  waited
  1
  2
  3
  4
  number
  0
  $ exec echo replaced; echo never
  replaced
  $ (exec echo sub); echo after; exec > exo; echo hidden; exec > /dev/null; echo x
  sub
  after
  $ cat exo; sh -c 'echo $0 $1 $#' name a b; sh -c 'echo $0'; echo 'echo stdin $1' | sh -s x; echo 'echo plain' | sh; printf 'echo file $0 $1\n' > sc; sh sc q; sh nosuchfile; echo $?; sh -c; echo $?; sh -o pipefail -c 'false | true'; echo $?
  hidden
  name a 2
  sh
  stdin x
  plain
  file sc q
  sh: nosuchfile: No such file or directory
  127
  sh: -c: option requires an argument
  2
  1
# differs: syntax errors have the parser's words
  $ printf 'echo one\nfi\necho two\n' > syn; sh syn; echo $?; sh -c 'echo a
  > echo "unclosed'; echo $?; sh -z
  one
  syn: line 2: syntax error: `fi` can only be used to end an `if`
  2
  a
  sh: line 2: syntax error: reached EOF without closing quote `"`
  2
  sh: -z: invalid option
  [2]
  $ set -x; echo traced; set +x; { time -p true; } 2>&1 | while read what seconds; do echo $what; done; [[ foo =~ ^f(o+)$ ]] && echo ${BASH_REMATCH[1]}; [[ a < b && -n x ]] && echo both; [[ abc == a* ]] && echo glob; [[ -f nosuch || 1 -eq 1 ]] && echo or; while read -r a; do echo "l:$a"; done < <(printf '1\n2\n'); diff <(echo a) <(echo a) && echo same; echo >(cat >/dev/null) | wc -l
  + echo traced
  traced
  + set +x
  real
  user
  sys
  oo
  both
  glob
  or
  l:1
  l:2
  same
  1
  $ export -p | grep -c HOME; set | grep ^HOME= | wc -l; ZZ='a b'; set | grep ^ZZ; alias; readonly RR=5; readonly -p | grep RR; declare -p ZZ; printf -v pv '%03d' 7; echo $pv; unset pv nosuch; echo $?; times | wc -l; jobs; hash -r; echo $?; bg; echo $?
  1
  1
  ZZ='a b'
  declare -r RR="5"
  declare -- ZZ="a b"
  007
  0
  2
  0
  sh: line 1: bg: no job control
  1

Redirections

  $ echo a > o1; echo b >> o1; cat o1; cat < o1; echo c >| o1; cat o1; echo e1 2> o2; ls nosuch 2> o2; cat o2; ls nosuch > o3 2>&1; cat o3; { echo x; echo y >&2; } &> o4; cat o4; echo z &>> o4; wc -l < o4; { cat < nosuch_; } 2>/dev/null; echo $?
  a
  b
  a
  b
  c
  e1
  ls: cannot access 'nosuch': No such file or directory
  ls: cannot access 'nosuch': No such file or directory
  x
  y
  3
  1
  $ exec 3>&1; echo three >&3; exec 3>&-; (echo closed >&3) 2>/dev/null; echo $?
  three
  1
  $ exec 3> o5; echo a >&3; echo b >&3; exec 3>&-; cat o5; exec 4< o5; read x <&4; read y <&4; echo $x$y; exec 4<&-
  a
  b
  ab
  $ { echo out; echo err >&2; } 3>&1 1>&2 2>&3 3>&- | sed 's/^/P:/'
  out
  P:err
  $ f() { echo to3 >&3; }; f 3>&1; f 3> o6; cat o6; { echo in3 >&3; } 3> o6; cat o6; while read -r l <&3; do echo "r:$l"; done 3< o5; cat 0< o5; cat <&0 < o5
  to3
  to3
  in3
  r:a
  r:b
  a
  b
  a
  b
  $ exec 5>&1; x=$(echo cap; echo direct >&5); echo "x=$x"; exec 5>&-; echo to-stderr >&2; echo a 1>&2 2>/dev/null; ls nosuch 2>&1 >/dev/null | wc -l; echo x > /dev/null; { echo y > /dev/stderr; } 2>&1 | cat; echo z > /dev/stdout | cat; cat /dev/stdin < o5; cat - < o5 | head -1; echo q | cat /dev/fd/0
  direct
  x=cap
  to-stderr
  a
  1
  y
  z
  a
  b
  a
  q
  $ exec 6<<EOF
  > heredoc on six
  > EOF
  > cat <&6; read v 7<<< x <&7; echo $v; sh -c 'echo child3 >&3' 3>&1; cat <> o5 | head -1; exec 2>&1; ls nosuch__; exec {fd}> o7; echo via >&$fd; exec {fd}>&-; cat o7; n=3; exec 3>&1; echo dyn >&$n; echo x 3>&1 >&3 | cat; : > o8; [ -s o8 ]; echo $?; > o9; ls o9; cat o5 > o10 2>/dev/null < o5; cat o10
  heredoc on six
  x
  child3
  a
  ls: cannot access 'nosuch__': No such file or directory
  via
  dyn
  x
  1
  o9
  a
  b
# What a command substitution takes through another descriptor is there when it ends.
  $ for i in 1 2 3 4 5 6 7 8 9 10 11 12; do x=$( { echo a >&3; echo b; echo c >&3; } 3>&1 ); echo $x; done | uniq -c; x=$(exec 4>&1; f() { echo d >&4; }; f; (echo e >&4); f | cat; exec 4>&-); echo $x
       12 a b c
  d e d
  $ x=$( { status=$( { echo out >&3; sh -c 'echo child >&3; echo one; exit 3'; echo $? ; } ); echo "status: $status"; } 3>&1 ); echo "$x"
  out
  child
  status: one
  3
  $ x=$( { /bin/sh -c 'echo program >&3; echo one; echo two >&3; echo three'; } 3>&1 ); echo "$x"; x=$( { /bin/sh -c 'echo only >&5' > /dev/null; } 5>&1 ); echo "$x"
  program
  one
  two
  three
  only
# differs: the interpreter does not tell the line of a redirection
  $ echo no > nodir/x; cat < nosuch
  sh: nodir/x: No such file or directory
  sh: nosuch: No such file or directory
  [1]
  $ if read x; then echo "$x"; fi < o5; for i in 1 2; do echo $i; done > o11; cat o11; (echo s1; echo s2) > o12; wc -l < o12; case x in x) echo c;; esac > o13; cat o13; { cat; } < o5; f() { cat; } < o5; f; echo "$(< o5)"; while :; do echo loop; break; done >&2; { echo no > nodir/x; } 2>/dev/null; echo $?; echo > "a b"; ls a*
  a
  1
  2
  2
  c
  a
  b
  a
  b
  a
  b
  loop
  1
  a b

Backslashes outside of quotes, where words are not split

  $ y=a\ b; echo "$y"; y=\'\"\$y\\; echo "$y"; y=$y\#\b; echo "$y"; u=c#\ d; echo "$u"
  a b
  '"$y\
  '"$y\#b
  c# d
  $ export y=a\ b; echo "$y"; f() { local z=c\ d; echo "$z"; }; f; declare w=e\ f; echo "$w"
  a b
  c d
  e f
  $ echo hi >x\ y; cat 'x y'; cat <<<a\ b; case "a b" in a\ b) echo same;; esac; case a\ b in 'a b') echo same;; esac
  hi
  a b
  same
  same
  $ echo "${u-a\ b}" "${u-\$\"}" ${u-a\ b}; w=${u:-a\#b}; echo $w; : ${v=c\ d}; echo "$v"; a=(x\ y z); echo "${a[0]}"; a[3]=q\ r; echo "${a[3]}"
  a\ b $" a b
  a#b
  c d
  x y
  q r
  $ [[ "a b" == a\ b ]] && echo 1; [[ a\ b == "a b" ]] && echo 2; [[ 'a*' == a\* && ab != a\* ]] && echo 3; [[ a.b =~ a\.b && ! axb =~ a\.b ]] && echo 4
  1
  2
  3
  4
  $ y=~/\~; [ "$y" = "$HOME/~" ] && echo home; a=1; y=$a#b; echo $y; cat <<E
  > a\ b $y\$ \#
  > E
  home
  1#b
  a\ b 1#b$ \#
  $ eval 'y=a\ b'; echo "$y"; eval 'echo "${u-\$x}"'; echo 'y=c\ d' > s; . ./s; echo "$y"; echo "${u-"\$x"} ${u-\}}${y+\"}"
  a b
  $x
  c d
  $x }"

Words with a # in subshells and substitutions

  $ a=1; x=$(echo $a#b); echo "$x"; echo "$(echo ${a}#b $1#c "$a"#d '$a'#e)"
  1#b
  1#b #c 1#d $a#e
  $ a=1; (echo $a#b $(echo 2)#c $#d $?#e $((16#ff))#f); x=`echo $a#b`; echo $x
  1#b 2#c 0d 0#e 255#f
  1#b
  $ a=1; f() { (y=$a#b; echo $y); }; f; x=$(echo $a#b # comment
  > ); echo $x; (true)#comment
  1#b
  1#b
  $ a=1; eval 'x=$(echo $a#b)'; echo $x; echo 'echo $(echo $a#c)' > s; . ./s
  1#b
  1#c

What is read or printed into a variable may hold quotes.

  $ printf '%s\n' "it's 'so' \\\\ \"now\"" "d'e f'g" > quoted; while IFS= read -r line; do printf '%s\n' "$line"; done < quoted
  it's 'so' \\ "now"
  d'e f'g
  $ read -r a b < quoted; echo "$a|$b"; read c < quoted; echo "$c"; read -r -d o e < quoted; echo "$e"; read -r < quoted; echo "$REPLY"
  it's|'so' \\ "now"
  it's 'so' \ "now"
  it's 's
  it's 'so' \\ "now"
  $ printf -v f '%s' "h'i"; echo "$f"; read -r -a g < quoted; echo "${g[1]}"
  h'i
  'so'
