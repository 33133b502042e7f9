package builtins

import (
	"context"
	"maps"
	"slices"
	"testing"
)

// TestExamples runs the examples of the documentation.
func TestExamples(t *testing.T) {
	docs := parseDocs()
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			for _, e := range docs[name].examples {
				b.check(e.input, e.result)
			}
		})
	}
}

// TestDocs pins that every builtin is documented with an example, and that
// nothing else is. Those that need a feature, or a setting, may do without an
// example.
func TestDocs(t *testing.T) {
	docs := parseDocs()
	have := make(map[string]bool)
	exec := func(context.Context, string, []string) ([]byte, error) { return nil, nil }
	for _, b := range Table(Options{Exec: exec}) {
		have[b.Name] = true
		if b.Doc() == "" {
			t.Errorf("%s: got no documentation", b.Name)
		}
		if native := b.Name == "exec" || b.Name == "importNative"; len(docs[b.Name].examples) == 0 && b.Feature == "" && !native {
			t.Errorf("%s: got no example", b.Name)
		}
		if got := len(b.Args); got != int(b.Arity) {
			t.Errorf("%s: got names of %d arguments, want %d", b.Name, got, b.Arity)
		}
	}
	for name := range docs {
		if !have[name] {
			t.Errorf("%s is documented, but is not there", name)
		}
	}
}

// TestNames holds the names against those of Nix 2.34.
func TestNames(t *testing.T) {
	const want = "abort add addDrvOutputDependencies addErrorContext all any appendContext attrNames attrValues baseNameOf " +
		"bitAnd bitOr bitXor break builtins catAttrs ceil compareVersions concatLists concatMap concatStringsSep convertHash " +
		"currentSystem currentTime deepSeq derivation derivationStrict dirOf div elem elemAt false fetchGit fetchMercurial " +
		"fetchTarball fetchurl filter filterSource findFile flakeRefToString floor foldl' fromJSON fromTOML functionArgs genList " +
		"genericClosure getAttr getContext getEnv getFlake groupBy hasAttr hasContext hashFile hashString head import " +
		"intersectAttrs isAttrs isBool isFloat isFunction isInt isList isNull isPath isString langVersion length lessThan " +
		"listToAttrs map mapAttrs match mul nixPath nixVersion null parseDrvName parseFlakeRef partition path pathExists " +
		"placeholder readDir readFile readFileType removeAttrs replaceStrings scopedImport seq sort split splitVersion storeDir " +
		"storePath stringLength sub substring tail throw toFile toJSON toPath toString toXML trace traceVerbose true tryEval " +
		"typeOf unsafeDiscardOutputDependency unsafeDiscardStringContext unsafeGetAttrPos warn zipAttrsWith"
	b := newBench(t)
	b.check(`builtins.concatStringsSep " " (builtins.attrNames builtins)`, `"`+want+`"`)
	b.check("[ __add __foldl' map toString __toJSON fromTOML __nixPath __currentTime __langVersion derivationStrict ] != null", "true")
	for _, text := range []string{"add", "__map", "__import", "toJSON", "__true", "currentSystem"} {
		b.check(text, "error: undefined variable '"+text+"'")
	}
	b = newBench(t, "fetch-tree", "fetch-closure", "dynamic-derivations")
	b.check("map (n: builtins ? ${n}) [ \"fetchTree\" \"fetchClosure\" \"outputOf\" ]", "[ true true true ]")
}
