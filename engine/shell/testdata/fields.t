# What is quoted inside ${x-word} stays together.
  $ set -- 'a  b' c; for i in ${1+"$@"}; do echo "[$i]"; done
  [a  b]
  [c]
  $ set --; for i in ${1+"$@"} ${@+"$@"}; do echo "[$i]"; done; echo none
  none
  $ set -- 'a  b' c; printf '[%s]' ${@+"$@"} x${1:+"  $1"}y; echo
  [a  b][c][x  a  by]
  $ for i in ${nope:-"x  y" z 'u  v'w}; do echo "[$i]"; done
  [x  y]
  [z]
  [u  vw]
  $ nope=; for i in ${nope:-"x  y" z} ${nope-"x  y"} ${nope:+"x  y"} ${nope+"x  y"}; do echo "[$i]"; done
  [x  y]
  [z]
  [x  y]
  $ x='a  b'; for i in ${x:+"$x" "q  r"} ${x:-"u  v"} ${x-'u  v'}; do echo "[$i]"; done
  [a  b]
  [q  r]
  [a]
  [b]
  [a]
  [b]
  $ x='a  b'; y=${x:+"$x  c"} z=(${x+"$x" "$x"}); echo "$y" ${#z[@]}
  a  b  c 2
  $ x='1  2'; echo ${x+"${y-"3  4"}" ${z-'5  6'}}
  3  4 5  6
  $ f() { printf '[%s]' ${1+"$@"}; echo; test $# = 0 || { shift; f ${1+"$@"}; }; }; f 'a  b' 'c  d'
  [a  b][c  d]
  [c  d]
  []
  $ set -eu; set -- 'a  b'; exec printf '[%s]\n' ${1+"$@"} ${2-"no  ne"}
  [a  b]
  [no  ne]
  $ set -- 'a  b'; for i in ${1+"$@"}; do for j in ${1+"$@"} x; do test "$j" = x && continue 2; echo "$j"; done; done
  a  b
  $ false; echo "$?" ${1-"$?"}
  1 1
  $ touch 1.x 2.x; x='*.x'; echo ${x+"*.x" *.x "$x"} ${y-'*'.x}
  *.x 1.x 2.x *.x *.x
  $ echo ${x-a\ \ b "c  d"} ${x-"a"\ \ b}
  a  b c  d a  b

# A single quote quotes nothing there, in quotes.
  $ echo "${x:-'q'}" "${x-'a b'c}" ${x:-'q  r'}
  'q' 'a b'c q  r
  $ cat <<X
  > ${x:-'q'}
  > X
  'q'

# Parameters of two digits.
  $ set 1 2 3 4 5 6 7 8 9 ten 'e  l'; echo "${10}" ${10}x "${11}" ${11} $10 "${#}"; x=${11}; echo "$x"
  ten tenx e  l e l 10 11
  e  l
  $ set a; printf '[%s]' "${10}" ${10} "${12}x"; echo
  [][x]

# A signal that a shell sends itself comes before the next command.
  $ trap 'echo term' TERM; kill -15 $$; echo alive
  term
  alive
  $ trap 'echo T' USR1; kill -USR1 $$; kill -USR1 $$; echo done
  T
  T
  done
  $ f() { kill -TERM $$; echo inf; }; trap 'echo T' TERM; f; echo end
  T
  inf
  end
  $ trap 'echo t; exit 4' TERM; kill $$; echo no
  t
  [4]
  $ trap '' TERM; kill $$; kill -CONT $$; kill -0 $$; echo alive
  alive
  $ (bash -c 'kill -USR1 $$; echo alive'; echo $?) 2>/dev/null
  138
  $ (bash -c 'kill $$; echo alive'; echo $?) 2>/dev/null
  143

# Empty fields, where IFS has more than blanks.
  $ IFS=:; x=a:b::c:; for i in $x; do echo "[$i]"; done
  [a]
  [b]
  []
  [c]
  $ IFS=': '; x=' a : b  c::d '; for i in $x; do echo "[$i]"; done; set -- $x; echo $#
  [a]
  [b]
  [c]
  []
  [d]
  5
  $ IFS=,; x=a,b,,c; set -- $x; echo $# "$3"; y=($x); echo ${#y[@]}
  4 
  4
  $ P=/a:/b::/c; oIFS=$IFS; IFS=:; for d in $P; do IFS=$oIFS; test -z "$d" && d=.; echo $d; done
  /a
  /b
  .
  /c
  $ touch 1.x 2.x; IFS=:; x="*.x:it's:\$y:a b:\\"; for i in $x; do echo "[$i]"; done; set -f; set -- $x; echo "$1"
  [1.x]
  [2.x]
  [it's]
  [$y]
  [a b]
  [\]
  *.x
  $ IFS=:; for i in $(echo a::b); do echo "[$i]"; done; x=; for i in $x; do echo no; done; set -- $x; echo $#
  [a]
  []
  [b]
  0
  $ IFS=:; eval 'x=a::b; for i in $x; do echo "[$i]"; done'; IFS=; x='a b'; for i in $x; do echo "[$i]"; done; unset IFS; for i in $x; do echo "[$i]"; done
  [a]
  []
  [b]
  [a b]
  [a]
  [b]
