package instantiate

import (
	"slices"
	"strings"
	"sync"

	"nixbench/engine/builtins/serial"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// request is a derivation whose attributes are being read.
type request struct {
	s   *eval.State
	in  *Instantiator
	d   *drv.Derivation
	ctx eval.ContextSum

	isStructured bool
	badJSON      error  // of the first string that is not UTF-8 in structured attributes
	json         []byte // the object of structured attributes, its end missing

	outputs          []store.OutputName // as written, without duplicates
	outputHash       string
	hasHash          bool
	hashAlgo         nixhash.Algo
	method           store.IngestionMethod
	hasMethod        bool
	floating, impure bool
}

// DerivationStrict makes a store derivation of a set of attributes.
// The result has drvPath and an attribute for each output, all of them strings
// that refer to the derivation.
func (in *Instantiator) DerivationStrict(s *eval.State, arg eval.Value) eval.Value {
	attrs := s.ForceAttrs(arg, "while evaluating the argument passed to builtins.derivationStrict")
	nameValue := s.ForceAttr(attrs, symName, "in the attrset passed as argument to builtins.derivationStrict")
	namePos := attrs.Pos(symName)
	var name string
	s.While(namePos, "while evaluating the derivation attribute 'name'", func() {
		name = s.ForceStringNoCtx(nameValue, "while evaluating the `name` attribute passed to builtins.derivationStrict")
	})
	where := &drvFrame{name: name, pos: namePos}
	return s.WithErrorContext(where.message(s), func() eval.Value {
		r := request{s: s, in: in, d: newDerivation(name), outputs: []store.OutputName{"out"}}
		return r.instantiate(attrs)
	})
}

// A drvFrame is the step of a trace that names a derivation.
type drvFrame struct {
	name string
	pos  eval.Pos
}

// message returns, lazily, what the trace says.
func (f *drvFrame) message(s *eval.State) eval.Value {
	return s.Later(func(s *eval.State) eval.Value {
		return eval.MakeString(string(syntax.Hintf("while evaluating derivation '%s'\n  whose name attribute is located at %s",
			f.name, s.Evaluator().Position(f.pos))))
	})
}

// fail raises an error of evaluation.
func (r *request) fail(format string, args ...any) { r.s.Fail(eval.ErrorOther, format, args...) }

func (r *request) instantiate(attrs eval.Attrs) eval.Value {
	s := r.s
	if problem := NameProblem(r.d.Name); problem != "" {
		r.fail("invalid derivation name: %s. Please pass a different '%s'.", problem, "name")
	}
	if v, ok := attrs.Get(symStructuredAttrs); ok &&
		s.ForceBool(v, "while evaluating the `__structuredAttrs` attribute passed to builtins.derivationStrict") {
		r.isStructured = true
	}
	ignoreNulls := false
	if v, ok := attrs.Get(symIgnoreNulls); ok {
		ignoreNulls = s.ForceBool(v, "while evaluating the `__ignoreNulls` attribute passed to builtins.derivationStrict")
	}
	r.read(attrs, ignoreNulls)
	r.inputs()
	r.check()
	r.makeOutputs()
	if r.badJSON != nil {
		s.Raise(eval.ErrorOther, syntax.Hintf("%v", r.badJSON), eval.Untraced())
	}
	drvPath, kept, err := r.in.write(s.Context(), r.d)
	if err != nil {
		s.Poll()
		s.FailWith(PathError(err))
	}
	if !kept {
		defer release(r.d)
	}
	return r.result(drvPath)
}

// derivations holds those that were written and forgotten, as most are, for
// their maps.
var derivations = sync.Pool{New: func() any {
	return &drv.Derivation{
		Outputs:   make(map[store.OutputName]drv.Output),
		InputDrvs: make(map[store.Path][]store.OutputName),
		Env:       make(map[string]string),
	}
}}

func newDerivation(name string) *drv.Derivation {
	d := derivations.Get().(*drv.Derivation)
	d.Name = name
	return d
}

func release(d *drv.Derivation) {
	clear(d.Outputs)
	clear(d.InputDrvs)
	clear(d.Env)
	*d = drv.Derivation{Outputs: d.Outputs, InputDrvs: d.InputDrvs, Env: d.Env}
	derivations.Put(d)
}

// read reads all attributes, in the order of their names.
func (r *request) read(attrs eval.Attrs, ignoreNulls bool) {
	s := r.s
	ahead, i := r.ahead(attrs), 0
	defer ahead.Stop()
	var buf *serial.Buffer
	if r.isStructured {
		buf = serial.NewBuffer()
		r.json = append(buf.Text, '{')
	}
	step := &eval.StepText{Before: "while evaluating attribute '", After: "' of derivation '" + syntax.Magenta.Paint(r.d.Name) + "'", Show: eval.ShowSym}
	for a := range attrs.All() {
		ahead.Take(i)
		i++
		if a.Name == symIgnoreNulls {
			continue
		}
		s.WhilePart(step, a.Name, a.Pos, func() {
			if ignoreNulls && s.Force(a.Value).Kind() == eval.KindNull {
				return
			}
			r.attribute(a)
		})
	}
	if buf != nil {
		r.d.StructuredAttrs = buf.Finish(append(r.json, '}'))
	}
}

// ahead lets idle workers evaluate the attributes, all of which are going to be.
func (r *request) ahead(attrs eval.Attrs) *eval.Ahead[struct{}] {
	if !r.s.Shares() {
		return nil
	}
	var all []eval.Attr
	collect := func(int) bool {
		all = slices.Collect(attrs.All())
		return true
	}
	structured := r.isStructured
	return eval.NewAhead(r.s, attrs.Len(), collect, func(s *eval.State, i int) struct{} {
		switch v := s.Force(all[i].Value); {
		case v.Kind() == eval.KindNull:
		case structured:
			serial.JSON(s, v, false)
		case all[i].Name == symArgs:
			s.ForceDeep(v)
		default:
			s.CoerceToString(v, "", eval.CoerceOpts{More: true})
		}
		return struct{}{}
	})
}

// inputs turns what the attributes refer to into inputs.
func (r *request) inputs() {
	drvs := r.d.InputDrvs
	var srcs []store.Path
	for _, e := range r.ctx.Context() {
		switch p := e.Path(); {
		case e.IsDrvDeep():
			srcs = append(srcs, r.deepInputs(drvs, p)...)
		case e.IsNested():
			r.d.AddDynamic(p, outputChain(e)...)
		case e.IsOutput():
			drvs[p] = append(drvs[p], e.Output())
		default:
			srcs = append(srcs, p)
		}
	}
	for p, outputs := range drvs {
		slices.Sort(outputs)
		drvs[p] = slices.Compact(outputs)
	}
	slices.Sort(srcs)
	r.d.InputSrcs = slices.Compact(srcs)
}

// outputChain returns the outputs that an element is of, that of the store
// derivation first.
func outputChain(e eval.ContextElem) []store.OutputName {
	var chain []store.OutputName
	for e.IsOutput() {
		chain = append(chain, e.Output())
		e, _ = e.Inner()
	}
	slices.Reverse(chain)
	return chain
}

// deepInputs adds all outputs of the derivations in the closure of p to drvs,
// and returns the closure: a builder may look at all of it.
func (r *request) deepInputs(drvs map[store.Path][]store.OutputName, p store.Path) []store.Path {
	ctx := r.s.Context()
	closure, err := store.Requisites(ctx, r.in.references, p)
	if err != nil {
		r.s.Poll()
		r.s.FailWith(err)
	}
	for _, q := range closure {
		if !q.IsDerivation() {
			continue
		}
		outputs, err := r.in.outputs(ctx, q)
		if err != nil {
			r.s.Poll()
			r.s.FailWith(err)
		}
		drvs[q] = append(drvs[q], outputs...)
	}
	return closure
}

// check refuses what no derivation may be.
func (r *request) check() {
	if r.d.Builder == "" {
		r.fail("required attribute 'builder' missing")
	}
	if r.d.System == "" {
		r.fail("required attribute 'system' missing")
	}
	onlyOut := len(r.outputs) == 1 && r.outputs[0] == store.DefaultOutput
	if strings.HasSuffix(r.d.Name, drv.Suffix) && !(r.method == store.Text && onlyOut) {
		r.fail("derivation names are allowed to end in '%s' only if they produce a single derivation file", drv.Suffix)
	}
	if r.hasHash && !onlyOut {
		r.fail("multiple outputs are not supported in fixed-output derivations")
	}
	if !r.hasHash && r.floating && r.impure {
		r.fail("derivation cannot be both content-addressed and impure")
	}
}

// makeOutputs sets the outputs, but for the paths that follow from the
// derivation as a whole.
func (r *request) makeOutputs() {
	d := r.d
	if r.hasHash {
		h := ParseExpectedHash(r.s, r.outputHash, r.hashAlgo)
		d.Outputs[store.DefaultOutput] = drv.Output{Method: r.method, Algo: h.Algo(), Hash: h}
		delete(d.Env, store.DefaultOutput) // drv fills it in
		return
	}
	method, algo := r.method, r.hashAlgo
	if !r.hasMethod {
		method = store.NAR
	}
	if algo == 0 {
		algo = nixhash.SHA256
	}
	for _, name := range r.outputs {
		if r.floating || r.impure {
			d.Outputs[name] = drv.Output{Method: method, Algo: algo, Impure: r.impure}
			d.Env[name] = drv.Placeholder(name)
		} else {
			d.Outputs[name] = drv.Output{}
			d.Env[name] = ""
		}
	}
}

// result returns the set of drvPath and the outputs.
func (r *request) result(drvPath store.Path) eval.Value {
	b := r.s.NewAttrs(len(r.d.Outputs) + 1)
	b.Set(symDrvPath, eval.MakeContextString(string(drvPath), eval.NewStringContext(eval.DrvDeepElem(drvPath))))
	for _, name := range r.d.OutputNames() {
		b.SetName(name, OutputString(r.s, drvPath, name, r.d.OutputPath(name)))
	}
	return b.Value()
}

// OutputString returns the string that stands for an output in the language.
// OutPath is "" if it is not known before the derivation is built; then the
// string is a placeholder, which needs the feature ca-derivations.
func OutputString(s *eval.State, drvPath store.Path, output store.OutputName, outPath store.Path) eval.Value {
	text := string(outPath)
	if text == "" {
		RequireFeature(s, "ca-derivations", "")
		text = drv.UpstreamPlaceholder(drvPath, output)
	}
	return eval.MakeContextString(text, eval.NewStringContext(eval.BuiltElem(drvPath, output)))
}
