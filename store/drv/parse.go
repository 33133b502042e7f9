package drv

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"nixbench/store"
	"nixbench/store/aterm"
	"nixbench/store/nixhash"
)

// Parse reads the text of a .drv file. Name is the derivation's, without
// ".drv". Paths must be in dir. Lists may be in any order but hold nothing
// twice; the path of a fixed output must be that of its hash. Input-addressed
// paths are taken as they are, see [Modulo.CheckOutputs].
//
// Those with dynamic inputs, DrvWithVersion, are read as well.
func Parse(dir store.Dir, name string, text []byte) (*Derivation, error) {
	p := &parser{dir: dir, Scanner: aterm.NewScanner(string(text))}
	return p.parse(&Derivation{
		Outputs:   make(map[store.OutputName]Output),
		InputDrvs: make(map[store.Path][]store.OutputName),
		Env:       make(map[string]string),
	}, name)
}

// ParseAt is [Parse] for the store derivation at drvPath.
func ParseAt(drvPath store.Path, text []byte) (*Derivation, error) {
	return parseAt(drvPath, text, func(dir store.Dir, name string) (*Derivation, error) { return Parse(dir, name, text) })
}

func parseAt(drvPath store.Path, text []byte, parse func(store.Dir, string) (*Derivation, error)) (*Derivation, error) {
	if !drvPath.IsDerivation() {
		return nil, fmt.Errorf("parse derivation %s: name does not end in %s", drvPath, Suffix)
	}
	if len(text) == 0 {
		return nil, &ParseError{drvPath, formatError("file is empty (possible filesystem corruption)")}
	}
	d, err := parse(drvPath.Dir(), NameOf(drvPath))
	if err != nil {
		return nil, &ParseError{drvPath, err}
	}
	return d, nil
}

// A ParseError reports that the file at Path is not that of a store derivation.
type ParseError struct {
	Path store.Path
	Err  error
}

func (e *ParseError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong with the text.
func (e *ParseError) Unwrap() error { return e.Err }

// A formatError is what is wrong with a text, in Nix's words.
type formatError string

func (e formatError) Error() string { return string(e) }

// InNix returns the message of Nix for the error, if it is one of the format or that
// there are no outputs.
// Behaviour: FormatError in Nix's derivation/aterm.cc.
func (e *ParseError) InNix() (msg string, ok bool) {
	var format formatError
	var token *aterm.Error
	switch {
	case errors.Is(e.Err, errNoOutputs):
		return "must have at least one output", true
	case errors.As(e.Err, &format):
		msg = string(format)
	case !errors.As(e.Err, &token):
		return "", false
	case token.Want != "":
		msg = "expected string '" + token.Want + "'"
	case token.Open:
		msg = "unterminated string in derivation"
	default:
		return "", false
	}
	return "error parsing derivation '" + string(e.Path) + "': " + msg, true
}

// ParseChecked is [ParseAt] for a text that must be the one that drvPath stands
// for.
func ParseChecked(drvPath store.Path, text []byte) (*Derivation, error) {
	parse := func(dir store.Dir, name string) (*Derivation, error) { return Parse(dir, name, text) }
	return checked(drvPath, text, parse, (*Derivation).References)
}

// ReadFile returns the derivation at drvPath, which file holds. Its text must be the one
// that drvPath stands for.
func ReadFile(drvPath store.Path, file string) (*Derivation, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", drvPath, err)
	}
	d, err := ParseChecked(drvPath, text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", drvPath, err)
	}
	return d, nil
}

// errNoOutputs reports a derivation without outputs.
var errNoOutputs = errors.New("no outputs")

type parser struct {
	*aterm.Scanner
	dir       store.Dir
	versioned bool         // it can have dynamic inputs
	inputs    []store.Path // of InputDrvs and Dynamic, in the order of the text
}

// parse reads a derivation into d, which is empty but for its maps.
func (p *parser) parse(d *Derivation, name string) (*Derivation, error) {
	d.Name = name
	p.derivation(d)
	if err := p.Err(); err != nil {
		return nil, fmt.Errorf("parse derivation %q: %w", name, err)
	}
	return d, nil
}

func (p *parser) derivation(d *Derivation) {
	p.begin()
	p.List(func() { p.output(d) })
	p.ListAfter(",[", func() { p.inputDrv(d) })
	p.Literal(",")
	p.List(func() { d.InputSrcs = append(d.InputSrcs, p.path()) })
	p.Literal(",")
	d.System = p.Text()
	p.Literal(",")
	d.Builder = p.Text()
	p.ListAfter(",[", func() { d.Args = append(d.Args, p.Text()) })
	p.ListAfter(",[", func() { p.variable(d) })
	p.Literal(")")
	p.End()
	if len(d.Outputs) == 0 {
		p.Fail(errNoOutputs)
	}
	if !sortUnique(&d.InputSrcs) {
		p.Fail(errors.New("input source listed twice"))
	}
}

// begin takes what is before the outputs.
func (p *parser) begin() {
	p.Literal("D")
	if p.versioned = p.Take("rvWithVersion("); !p.versioned {
		p.Literal("erive(")
		return
	}
	version := p.Text()
	if p.Err() == nil && version != dynamicVersion {
		p.Fail(formatError("Unknown derivation ATerm format version '" + version + "'"))
	}
	p.Literal(",")
}

func (p *parser) output(d *Derivation) {
	p.Literal("(")
	name := p.Text()
	p.Literal(",")
	path := p.Text()
	p.Literal(",")
	algo := p.Text()
	p.Literal(",")
	hash := p.Text()
	p.Literal(")")
	if p.Err() != nil {
		return
	}
	p.Fail(d.addOutput(p.dir, name, path, algo, hash))
}

// addOutput adds an output by its four fields.
func (d *Derivation) addOutput(dir store.Dir, name, path, algo, hash string) error {
	if _, twice := d.Outputs[name]; twice {
		return fmt.Errorf("output %q listed twice", name)
	}
	o, err := d.makeOutput(dir, name, path, algo, hash)
	if err != nil {
		return fmt.Errorf("output %q: %w", name, err)
	}
	d.Outputs[name] = o
	return nil
}

func (d *Derivation) makeOutput(dir store.Dir, name, path, algo, hash string) (o Output, err error) {
	if path != "" {
		if o.Path, err = dir.ParsePath(path); err != nil {
			return o, err
		}
	}
	if algo == "" {
		if hash != "" {
			return o, errors.New("hash without an algorithm")
		}
		return o, nil
	}
	var algoName string
	o.Method, algoName = store.CutIngestionMethod(algo)
	if o.Algo, err = nixhash.ParseAlgo(algoName); err != nil {
		return o, err
	}
	if hash == "" || hash == "impure" {
		o.Impure = hash != ""
		if path != "" {
			return o, errors.New("path of a content-addressed output is given")
		}
		return o, nil
	}
	if o.Hash, err = nixhash.Parse(hash, o.Algo); err != nil {
		return o, err
	}
	if o.Hash.Hex() != hash {
		return o, fmt.Errorf("hash %q is not in base 16", hash)
	}
	want, err := d.fixedPath(dir, name, o)
	if err == nil && o.Path != want {
		err = fmt.Errorf("got path %q, want %s", path, want)
	}
	return o, err
}

func (p *parser) inputDrv(d *Derivation) {
	p.Literal("(")
	path := p.path()
	p.Literal(",")
	in := p.node(0)
	p.Literal(")")
	if p.Err() != nil {
		return
	}
	p.inputs = append(p.inputs, path)
	switch twice := d.InputDrvs[path] != nil || d.Dynamic[path] != nil; {
	case twice:
		p.Fail(fmt.Errorf("input derivation %s listed twice", path))
	case len(in.Outputs)+len(in.Dynamic) == 0:
		p.Fail(fmt.Errorf("input derivation %s: no outputs", path))
	case !path.IsDerivation():
		p.Fail(fmt.Errorf("input derivation %s: name does not end in %s", path, Suffix))
	}
	if len(in.Outputs) > 0 {
		d.InputDrvs[path] = in.Outputs
	}
	if len(in.Dynamic) > 0 {
		if d.Dynamic == nil {
			d.Dynamic = make(map[store.Path]DynamicInputs)
		}
		d.Dynamic[path] = in.Dynamic
	}
}

func (p *parser) variable(d *Derivation) {
	p.Literal("(")
	name := p.Text()
	p.Literal(",")
	value := p.Text()
	p.Literal(")")
	if p.Err() != nil {
		return
	}
	p.Fail(d.addVariable(name, value))
}

// addVariable adds a variable, or the structured attributes.
func (d *Derivation) addVariable(name, value string) error {
	if name == jsonVar && d.StructuredAttrs == "" && value != "" {
		d.StructuredAttrs = value
		return nil
	}
	if _, twice := d.Env[name]; twice || name == jsonVar {
		return fmt.Errorf("variable %q set twice or empty", name)
	}
	d.Env[name] = value
	return nil
}

func (p *parser) path() store.Path {
	s := p.Text()
	if p.Err() != nil {
		return ""
	}
	path, err := p.dir.ParsePath(s)
	p.Fail(err)
	return path
}

// sortUnique sorts the list and reports whether it holds nothing twice.
func sortUnique[E ~string](list *[]E) bool {
	slices.Sort(*list)
	return len(slices.Compact(*list)) == len(*list)
}
