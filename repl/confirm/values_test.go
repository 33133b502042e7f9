//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"testing"
)

// What is written of a value before an error ends it, and the error, are the real one's.
func TestConfirmCutOffValues(t *testing.T) {
	tw := newShellTwins(t)
	for name, text := range map[string]string{
		"bad.nix":  "\"\xff\"",
		"long.nix": `builtins.concatStringsSep "\n" (builtins.genList (x: "é€") 300) + import ./bad.nix`,
	} {
		if err := os.WriteFile(filepath.Join(tw.dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tw.compareLines(t, `
nix-instantiate --eval --strict --json -E '[ 1 (import ./bad.nix) 2 ]'
nix-instantiate --eval --strict --json -E '[ 1 ("a\n" + import ./bad.nix) ]'
nix-instantiate --eval --strict --json -E '{ a = 1; ${import ./bad.nix} = 2; }'
nix-instantiate --eval --strict --json -E '{ a = [ (import ./bad.nix) (throw "x") ]; }'
nix-instantiate --eval --strict --json long.nix
nix-instantiate --eval --json bad.nix
nix-instantiate --eval --json long.nix
nix-instantiate --eval --strict --json -E 1 -E 2 -A '' bad.nix
nix-instantiate --eval --strict --xml -E '[ 1 (throw "x") 2 ]'
nix-instantiate --eval --strict --xml --no-location -E '{ a = 1; b = [ 1 { c = throw "x"; } ]; c = 3; }'
nix-instantiate --eval --strict --xml -E '{ type = "derivation"; drvPath = throw "x"; }'
nix-instantiate --eval --strict --xml -E '{ type = "derivation"; drvPath = "/d"; outPath = "/o"; z = throw "x"; }'
nix-instantiate --eval --strict --xml -E '{ type = throw "x"; }'
nix-instantiate --eval --strict --xml -E 'throw "x"'
nix-instantiate --eval --xml -E 'throw "x"'
nix eval --json --expr "[ 1 (import $PWD/bad.nix) ]" --impure
nix eval --json --pretty -f bad.nix
nix eval --json -f long.nix
nix eval --raw --impure --expr "builtins.toJSON (import $PWD/bad.nix)"
nix eval --raw -f bad.nix
nix eval --impure --expr "(derivation { name = \"a\"; system = \"b\"; builder = \"c\"; __structuredAttrs = true; x = import $PWD/bad.nix; }).drvPath"
nix eval --show-trace --impure --expr "builtins.addErrorContext (throw \"y\") (derivation { name = \"a\"; system = \"b\"; builder = \"c\"; __structuredAttrs = true; x = import $PWD/bad.nix; }).drvPath"
nix-instantiate -E 'derivation { name = "a"; system = "b"; builder = "c"; __structuredAttrs = true; x = import ./bad.nix; }'
nix-instantiate --eval -E '(builtins.tryEval (derivation { name = "a"; system = "b"; builder = "c"; __structuredAttrs = true; x = import ./bad.nix; }).drvPath).success'
`)
}

// Which of several attributes fails first depends on when their names were first read. That
// of a name which a builtin takes or gives is where a program has it, or calls the builtin.
func TestConfirmOrderOfNames(t *testing.T) {
	tw := newShellTwins(t)
	if err := os.WriteFile(filepath.Join(tw.dir, "named.nix"), []byte(`{ qFirst = throw "first"; version = throw "version"; success = throw "success"; allOutputs = throw "allOutputs"; }`), 0o644); err != nil {
		t.Fatal(err)
	}
	tw.compareLines(t, `
nix-instantiate --eval -E 'builtins.deepSeq { qFirst = throw "first"; _type = throw "named"; } null'
nix-instantiate --eval -E 'builtins.deepSeq { qFirst = throw "first"; allOutputs = throw "named"; } null'
nix-instantiate --eval -E 'builtins.deepSeq { qFirst = throw "first"; hash = throw "named"; } null'
nix-instantiate --eval -E 'builtins.deepSeq { qFirst = throw "first"; hashAlgo = throw "named"; } null'
nix-instantiate --eval -E 'builtins.deepSeq { qFirst = throw "first"; success = throw "named"; } null'
nix-instantiate --eval -E 'builtins.deepSeq { qFirst = throw "first"; toHashFormat = throw "named"; } null'
nix-instantiate --eval -E 'builtins.deepSeq { qFirst = throw "first"; version = throw "named"; } null'
nix-instantiate --eval -E 'builtins.deepSeq (import ./named.nix) null'
nix-instantiate --eval -E 'builtins.seq (builtins.tryEval 1) (builtins.deepSeq (import ./named.nix) null)'
nix-instantiate --eval -E 'builtins.seq (builtins.tryEval (throw "x")) (builtins.deepSeq (import ./named.nix) null)'
nix-instantiate --eval -E 'builtins.seq (builtins.parseDrvName "a-1") (builtins.deepSeq (import ./named.nix) null)'
nix-instantiate --eval -E 'builtins.seq (builtins.getContext "") (builtins.deepSeq (import ./named.nix) null)'
nix-instantiate --eval -E 'builtins.seq (builtins.appendContext "" { }) (builtins.deepSeq (import ./named.nix) null)'
`)
}

// What goes too deep as XML is told of with the place of the attribute that it is in.
func TestConfirmXMLPlaces(t *testing.T) {
	newShellTwins(t).compareLines(t, `
nix-instantiate --eval --strict --xml --option max-call-depth 40 -E 'let x = { a = x; }; in x'
nix-instantiate --eval --strict --xml --option max-call-depth 40 -E 'let x = { a = [ x ]; }; in x'
nix-instantiate --eval --strict --xml --option max-call-depth 40 -E 'let x = [ x ]; in x'
`)
}

// What refers to itself is evaluated to the depth at which Nix meets a value that it has been
// at: a variable's, not what that evaluated to.
func TestConfirmDeepWithinItself(t *testing.T) {
	newShellTwins(t).compareLines(t, `
nix-instantiate --eval --strict --show-trace -E 'let x = { a = [ x ]; b = throw "x"; }; in x'
nix-instantiate --eval --strict --show-trace -E 'let x = { a = x; b = throw "x"; }; in x'
nix-instantiate --eval --strict --show-trace -E 'let x = { a = [ x ]; b = throw "x"; }; in builtins.deepSeq x 1'
nix-instantiate --eval --strict --show-trace -E 'let x = { a = x; b = throw "x"; }; in builtins.deepSeq x 1'
nix-instantiate --eval --strict --show-trace -E 'let x = { a = x; b = throw "x"; }; in builtins.seq x (builtins.deepSeq x 1)'
nix-instantiate --eval --strict --show-trace -E 'let x = { a = [ x ]; b = throw "x"; }; in builtins.seq (builtins.head x.a) (builtins.deepSeq x 1)'
nix-instantiate --eval --strict --show-trace -E 'let x = [ x (throw "x") ]; in x'
nix-instantiate --eval --strict --show-trace -E 'let x = [ x (throw "x") ]; in builtins.deepSeq x 1'
nix-instantiate --eval --strict --show-trace -E 'let x = [ [ x ] (throw "x") ]; in builtins.seq x (builtins.deepSeq x 1)'
nix-instantiate --eval --strict --show-trace -E 'rec { a = { inherit b; }; b = { inherit a; c = throw "c"; }; }'
nix-instantiate --eval --strict --show-trace -E 'let y = if true then x else 1; x = { a = y; b = throw "x"; }; in builtins.deepSeq y 1'
nix-instantiate --eval --strict --show-trace -E 'let y = if true then x else 1; x = { a = y; b = throw "x"; }; in builtins.deepSeq x 1'
nix-instantiate --eval --strict --show-trace -E 'let y = if true then x else 1; x = { a = y; b = throw "x"; }; in builtins.deepSeq [ x y ] 1'
nix-instantiate --eval --strict --show-trace -E 'let f = x: { a = [ x ]; b = throw "x"; }; x = f x; in x'
nix-instantiate --eval --strict --show-trace -E 'let fix = f: let x = f x; in x; in fix (self: { a = self; b = { inherit self; }; c = throw "c"; })'
nix-instantiate --eval --strict --show-trace -E 'let fix = f: let x = f x; in x; in builtins.deepSeq (fix (self: { a = self; b = { inherit self; }; c = throw "c"; })) 1'
nix-instantiate --eval --strict --show-trace -E 'let x = { a = 1; } // { a = [ x ]; b = throw "x"; }; in x'
nix-instantiate --eval --strict --show-trace -E 'let x = builtins.listToAttrs [ { name = "a"; value = x; } { name = "b"; value = throw "x"; } ]; in builtins.deepSeq x 1'
nix-instantiate --eval --strict --show-trace -E 'let x = map (y: x) [ 1 ] ++ [ (throw "x") ]; in builtins.deepSeq x 1'
nix-instantiate --eval --strict --show-trace -E 'let s = { a = { b = s; }; z = throw "z"; }; in builtins.deepSeq s.a 1'
nix-instantiate --eval --strict --show-trace -E 'let s = { a = { b = s; inherit (s) a; }; z = throw "z"; }; in builtins.deepSeq s.a.a 1'
`)
}

// Long XML is written as it is made, also where an error ends it.
func TestConfirmLongXML(t *testing.T) {
	newShellTwins(t).compareLines(t, `
nix-instantiate --eval --strict --xml -E 'builtins.genList (x: { a = x; b = [ x ]; }) 50000' | sha256sum
nix-instantiate --eval --strict --xml -E 'builtins.genList (x: { a = if x == 49999 then throw "last" else x; }) 50000' > out; tail -c 300 out; sha256sum < out
nix-instantiate --eval --strict --xml --option max-call-depth 2000 -E 'let x = { a = x; }; in x' > out; tail -c 300 out; sha256sum < out
nix-instantiate --eval --strict --xml -E 'builtins.genList (x: x) 100000' | head -c 100
`)
}

// An argument that is to be a set is wanted where the function is, and called from nowhere by
// a builtin.
func TestConfirmFormalsWant(t *testing.T) {
	newShellTwins(t).compareLines(t, `
nix-instantiate --eval --strict --show-trace -E 'builtins.filter ({ v }: v) (map (x: throw "x") [ 1 ])'
nix-instantiate --eval --strict --show-trace -E 'builtins.filter ({ v }: v) (map (x: 1) [ 1 ])'
nix-instantiate --eval --strict --show-trace -E 'let f = { a }: a; l = map (x: throw "y") [ 1 ]; in map f l'
nix-instantiate --eval --strict --show-trace -E 'builtins.mapAttrs (n: { v }: v) (builtins.mapAttrs (n: x: throw "q") { a = 1; })'
nix-instantiate --eval --strict --show-trace -E 'let f = { a }@b: a; in builtins.map f (builtins.genList (x: throw "t") 1)'
`)
}

// What --write-to writes before an error ends it is what Nix writes.
func TestConfirmWriteTo(t *testing.T) {
	newApartTwins(t).compareLines(t, `
nix eval --write-to o1 --expr '{ zz = "z"; b = throw "x"; aa = "y"; }'; find o1 | sort
nix eval --write-to o2 --expr '{ zz.b = "z"; zz.a = throw "y"; aa = throw "x"; }'; find o2 | sort
nix eval --write-to o3 --expr '{ zz = "z"; aa = 1; bb = 2; }'; find o3 | sort
nix eval --write-to o4 --expr '{ version = throw "v"; aa = throw "a"; name = throw "n"; }'; find o4 | sort
`)
}
