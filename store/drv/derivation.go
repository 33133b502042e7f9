package drv

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// Suffix ends the names of store derivations.
const Suffix = ".drv"

// jsonVar is the environment variable in which .drv files carry structured
// attributes.
const jsonVar = "__json"

// Derivation is a store derivation. Strings are bytes, in no particular
// encoding.
type Derivation struct {
	// Name is that of the store derivation without ".drv", and of its out
	// output.
	Name string
	// Outputs is never empty.
	Outputs map[store.OutputName]Output
	// InputDrvs says which outputs of which store derivations are needed,
	// sorted without duplicates and never empty.
	InputDrvs map[store.Path][]store.OutputName
	// Dynamic says what is needed of derivations that outputs of store derivations
	// are, never empty sets; nil if nothing.
	Dynamic map[store.Path]DynamicInputs
	// InputSrcs are the other store paths needed, sorted without duplicates.
	InputSrcs []store.Path
	System    string
	Builder   string
	Args      []string
	// Env is the builder's environment. It does not hold structured attributes.
	Env map[string]string
	// StructuredAttrs is the text of a JSON object, kept byte for byte, or "" if
	// the derivation has none.
	StructuredAttrs string
}

// Output says where one output of a derivation goes. Which fields are set
// tells its [OutputKind].
type Output struct {
	Path   store.Path            // of an input-addressed or a fixed output
	Method store.IngestionMethod // of a content-addressed output
	Algo   nixhash.Algo          // of a content-addressed output
	Hash   nixhash.Hash          // of a fixed output
	Impure bool
}

// OutputKind says how the path of an output is found.
type OutputKind uint8

// The kinds of outputs.
const (
	InputAddressed OutputKind = iota + 1 // from the derivation
	Fixed                                // from a hash that is known beforehand
	Floating                             // from the contents, once built
	Impure                               // likewise, and built anew each time
	Deferred                             // from the derivation, once inputs of kind Floating are built
)

// String returns the kind in the Nix manual's words.
func (k OutputKind) String() string {
	switch k {
	case InputAddressed:
		return "input-addressed"
	case Fixed:
		return "fixed-output"
	case Floating:
		return "content-addressed"
	case Impure:
		return "impure"
	case Deferred:
		return "deferred"
	}
	return ""
}

// Kind returns the output's kind.
func (o Output) Kind() OutputKind {
	switch {
	case o.Impure:
		return Impure
	case !o.Hash.IsZero():
		return Fixed
	case o.Algo != 0:
		return Floating
	case o.Path != "":
		return InputAddressed
	}
	return Deferred
}

// hashAlgo returns the third field of an output, such as "r:sha256", or "".
func (o Output) hashAlgo() string {
	if o.Algo == 0 {
		return ""
	}
	return string(o.Method) + o.Algo.String()
}

// hashText returns the fourth field of an output.
func (o Output) hashText() string {
	if o.Impure {
		return "impure"
	}
	return o.Hash.Hex()
}

// Kind returns the kind that all outputs have. Outputs of different kinds,
// none, or a fixed output beside another or not named out are an error in Nix's
// words.
func (d *Derivation) Kind() (OutputKind, error) {
	var kind OutputKind
	if out, ok := d.Outputs[store.DefaultOutput]; ok && len(d.Outputs) == 1 {
		return out.Kind(), nil // as of most
	}
	for _, name := range d.OutputNames() {
		k := d.Outputs[name].Kind()
		switch {
		case kind != 0 && k != kind:
			return 0, errors.New("can't mix derivation output types")
		case k == Fixed && len(d.Outputs) > 1:
			return 0, errors.New("only one fixed output is allowed for now")
		case k == Fixed && name != store.DefaultOutput:
			return 0, errors.New(`single fixed output must be named "out"`)
		}
		kind = k
	}
	if kind == 0 {
		return 0, errors.New("must have at least one output")
	}
	return kind, nil
}

// FixedOutput returns the output of a fixed-output derivation.
func (d *Derivation) FixedOutput() (o Output, ok bool) {
	o, ok = d.Outputs[store.DefaultOutput]
	return o, ok && len(d.Outputs) == 1 && o.Kind() == Fixed
}

// OutputNames returns the names of the outputs, sorted.
func (d *Derivation) OutputNames() []store.OutputName { return slices.Sorted(maps.Keys(d.Outputs)) }

// OutputPath returns where an output goes, or "" if there is none of that name
// or its path is not known before the build.
func (d *Derivation) OutputPath(name store.OutputName) store.Path { return d.Outputs[name].Path }

// References returns the store paths that the derivation as a store object
// refers to: its inputs, sorted without duplicates.
func (d *Derivation) References() []store.Path {
	refs := make([]store.Path, 0, len(d.InputSrcs)+len(d.InputDrvs)+len(d.Dynamic))
	refs = append(refs, d.InputSrcs...)
	refs = slices.AppendSeq(refs, maps.Keys(d.InputDrvs))
	refs = slices.AppendSeq(refs, maps.Keys(d.Dynamic))
	store.SortPaths(refs)
	return slices.Compact(refs)
}

// Path returns where the derivation itself is in a store.
func (d *Derivation) Path(dir store.Dir) (store.Path, error) {
	return pathOf(dir, d, d.ATerm())
}

func pathOf(dir store.Dir, d *Derivation, text []byte) (store.Path, error) {
	return dir.TextPath(d.Name+Suffix, nixhash.Sum(nixhash.SHA256, text), d.References())
}

// NameOf returns the Name of the derivation at p.
func NameOf(p store.Path) string { return strings.TrimSuffix(p.Name(), Suffix) }

// fixedPath returns where a fixed output of d goes.
func (d *Derivation) fixedPath(dir store.Dir, name store.OutputName, o Output) (store.Path, error) {
	return dir.FixedPath(store.OutputPathName(d.Name, name), o.Method, o.Hash, nil, false)
}
