//go:build confirm

package confirm

import (
	"os/exec"
	"testing"
)

// Outputs with what is odd in them are made what the real Nix makes of them, or refused.
func TestConfirmOddOutputs(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
		tw.set(t, "cat > odd.nix <<'END'\n"+oddOutputs+"END\n")
	}
	tw.compareLines(t, `
A=nix-build odd.nix --no-out-link -A linked
nix-store -q --hash $A; cd /nix/store; find $A* $(nix-store -q --outputs $(nix-store -q --deriver $A)) -printf '%y %m %s %T@ %n %l %p\n' | sort -u
B=nix-build odd.nix --no-out-link -A linkedInside
nix-store -q --hash $B; find $(nix-store -q --outputs $(nix-store -q --deriver $B)) -printf '%y %m %s %T@ %n %l %p\n' | sort -u
C=nix-build odd.nix --no-out-link -A modes
nix-store -q --hash $C; find $C -printf '%y %m %s %T@ %n %l %p\n' | sort
D=nix-build odd.nix --no-out-link -A names
nix-store -q --hash $D; find $D -printf '%y %m %s %T@ %n %l %p\n' | sort
E=nix-build odd.nix --no-out-link -A cases
nix-store -q --hash $E; find $E -printf '%y %m %s %T@ %n %l %p\n' | sort
F=nix-build odd.nix --no-out-link -A loop
nix-store -q --hash $F; readlink $F
G=nix-build odd.nix --no-out-link -A many
nix-store -q --hash $G; ls $G | wc -l
nix-build odd.nix --no-out-link -A writable
nix-build odd.nix --no-out-link -A writableFile
nix-build odd.nix --no-out-link -A deep #stderr 2.34 begins the name with two slashes
nix-build odd.nix --no-out-link -A none
nix-store --verify --check-contents
`)
}

const oddOutputs = `let
  mk = name: outputs: script: derivation { inherit name outputs; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" script ]; };
in {
  linked = mk "linked" [ "out" "dev" ] "echo x > $out; ln $out $dev";
  linkedInside = mk "linked-inside" [ "out" "dev" ] "mkdir $out $dev; echo x > $out/a; ln $out/a $out/b; ln $out/a $dev/c; chmod +x $out/a";
  modes = mk "modes" [ "out" ] "mkdir -p $out/d $out/e; echo x > $out/d/f; echo y > $out/g; chmod 0 $out/d/f; chmod 0 $out/d; chmod 1755 $out/e; chmod 711 $out/g";
  names = mk "names" [ "out" ] "mkdir $out; cd $out; n=$(printf '%0255d' 1); echo 1 > $n; echo 2 > 'a b'; echo 3 > \"$(printf '\\377\\376')\"; echo 4 > ./-x; ln -s \"$(printf 'x\\ny')\" l";
  cases = mk "cases" [ "out" ] "mkdir $out; echo 1 > $out/A; echo 2 > $out/a; mkdir $out/B $out/b; echo x > $out/b~nix~case~hack~1";
  loop = mk "loop" [ "out" ] "ln -s $out $out";
  many = mk "many" [ "out" ] "mkdir $out; i=0; while [ $i -lt 5000 ]; do echo > $out/$i; i=$((i+1)); done";
  writable = mk "writable" [ "out" ] "mkdir $out; chmod 777 $out";
  writableFile = mk "writable-file" [ "out" ] "echo > $out; chmod 666 $out";
  deep = mk "deep" [ "out" ] "mkdir $out; cd $out; i=0; while [ $i -lt 70 ]; do mkdir d; cd d; i=$((i+1)); done";
  none = mk "none" [ "out" ] "true";
}
`

// What cannot be deleted, linked or read is told of in the words of the real Nix, and what
// can be is deleted all the same.
func TestConfirmUndeletable(t *testing.T) {
	tw := newApartTwins(t)
	if err := exec.Command("chattr", "+i", tw.ours.dir).Run(); err != nil {
		t.Skipf("make a file immutable: %v", err)
	}
	thaw := func() {
		for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
			exec.Command("chattr", "-R", "-i", tw.dir).Run()
		}
	}
	thaw()
	t.Cleanup(thaw)
	tw.compareLines(t, `
! mkdir -p a/d b; echo x > a/f; echo same > a/g; echo same > a/d/h; echo same > b/g; echo y > c
A=nix-store --add a
! chattr +i $A/f
nix-store --gc
find $A
! chattr -i $A/f; chattr +i $A/d/h
nix-store --gc
! chattr -i $A/d/h; chattr +i $A/d
nix-store --gc
! chattr -i $A/d; chattr +i $A
nix-store --gc
find $A/f
! chattr -i $A; nix-store --gc
A=nix-store --add a
B=nix-store --add b
! chattr +i $A/g $A/d/h $B/g
nix-store --optimise #stderr which file comes first is the directory's
! chattr -i $A/g $A/d/h $B/g; chmod u+w $B/g; mkfifo $A/p
nix-store --optimise
nix-store --verify --check-contents
nix-store --verify --check-contents --repair
! rm $A/p; nix-store --optimise; rm $B/g; echo other > $A/g
nix-store --verify --check-contents --repair
C=nix-store --add c
! mkfifo $A/q; chattr +i $C
nix-store --delete $C #stderr 2.34 does not say what it deletes
find $C
`)
}
