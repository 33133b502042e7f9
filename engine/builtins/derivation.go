package builtins

import (
	_ "embed"

	"nixbench/engine/eval"
	"nixbench/store/drv"
)

// These are written in the language itself, so that they are lazy in the way
// that programs rely on: the outputs of a derivation refer to each other.
var (
	//go:embed nix/derivation.nix
	derivationSource string
	//go:embed nix/imported.nix
	importedSource string
	//go:embed nix/fetchurl.nix
	fetchurlSource string
)

// Corepkgs returns the files that <nix/…> finds in every search path.
func Corepkgs() map[string]string { return map[string]string{"fetchurl.nix": fetchurlSource} }

// derivations are the builtins that make store derivations.
func (t *table) derivations() []eval.Builtin {
	return []eval.Builtin{
		global(constant("derivation", func(s *eval.State) eval.Value {
			return s.EvalText(eval.DerivationInternal, derivationSource, "/", nil)
		})),
		global(def1("derivationStrict", 1, "attrs", t.Derivations.DerivationStrict)),
		global(def1("placeholder", eval.Told, "output", placeholder)),
		feature("dynamic-derivations", def2("outputOf", 0, "derivation-reference output-name", t.outputOf)),
	}
}

func placeholder(s *eval.State, v eval.Value) eval.Value {
	name := s.ForceStringNoCtx(v, "while evaluating the first argument passed to builtins.placeholder")
	return eval.MakeString(drv.Placeholder(name))
}
