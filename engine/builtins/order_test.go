package builtins

import (
	"strings"
	"testing"
)

// TestArgumentOrder gives each builtin of several arguments a wrong one where it
// looks first, and an error where it looks next: Nix checks each argument
// before it evaluates the next.
func TestArgumentOrder(t *testing.T) {
	b := newBench(t)
	for _, call := range []string{
		"bitAnd null later", "bitOr null later", "bitXor null later",
		"elemAt later null", "elem later null", "map later null", "filter later null", "sort later null",
		"genList later null", "mapAttrs later null", "filterSource later null", "scopedImport later null",
		"all null later", "any null later", "foldl' null later later", "concatMap null later",
		"partition null later", "groupBy null later", "zipAttrsWith null later",
		"getAttr null later", "hasAttr null later", "unsafeGetAttrPos null later", "removeAttrs null later",
		"intersectAttrs null later", "catAttrs null later", "compareVersions null later",
		"substring null later later", `substring (-1) later later`, "substring 0 null later",
		"concatStringsSep null later", "replaceStrings null later later", "replaceStrings [ ] null later",
		`replaceStrings [ ] [ "" ] later`, "match null later", `match "(" later`, "split null later", `split "(" later`,
		"hashString null later", `hashString "none" later`, "hashFile null later", `hashFile "none" later`,
		"findFile null later", "findFile [ null ] later", "toFile null later", "appendContext null later",
		"warn null later",
	} {
		for _, apply := range []string{"builtins." + call, "builtins.seq (" + partly(call)} {
			_, err := b.eval(`let later = throw "too early"; in ` + apply)
			if err == nil || strings.Contains(err.Error(), "too early") {
				t.Errorf("%s: got %v, want the error of the wrong argument", apply, err)
			}
		}
	}
	for _, call := range []string{"add", "sub", "mul", "div", "lessThan"} {
		if _, err := b.eval("builtins." + call + ` null (throw "first")`); err == nil || !strings.Contains(err.Error(), "first") {
			t.Errorf("%s: got %v, want the error of the second argument", call, err)
		}
	}
}

// partly writes the call of a builtin so that its arguments reach it one by one.
func partly(call string) string {
	name, args, _ := strings.Cut(call, " ")
	return "let f = builtins." + name + "; in f " + args + ") null"
}
