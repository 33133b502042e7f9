package drv

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/nixhash"
	"nixbench/store/nixjson"
)

// A JSONError says, in Nix's words, why a JSON text is not a derivation.
type JSONError struct {
	While []string // what was being done, outermost first: "while reading key 'outputs'"
	Msg   string
	// Usage errors name a value that does not exist among few that do.
	Usage bool
}

func (e *JSONError) Error() string { return e.Msg }

// ReadJSON reads what MarshalJSON writes. The outputs' paths may be missing: see
// [Modulo.FillOutputs]. Feature is asked for the experimental features that the
// derivation needs, and returns an error for one that is off. What is wrong with the
// text is a *[JSONError] or a *[nixjson.ParseError].
//
// Behaviour: Nix's derivation/json.cc.
func ReadJSON(dir store.Dir, text []byte, feature func(name string) error) (d *Derivation, err error) {
	v, err := nixjson.Decode(string(text))
	if err != nil {
		return nil, err
	}
	r := &jsonReader{dir: dir, feature: feature}
	defer func() {
		if p := recover(); p != nil {
			stop, ok := p.(jsonStop)
			if !ok {
				panic(p)
			}
			d, err = nil, stop.err
		}
	}()
	return r.derivation(v), nil
}

// A jsonReader reads one derivation. Its methods panic with a jsonStop.
type jsonReader struct {
	dir     store.Dir
	feature func(string) error
	while   []string
}

type jsonStop struct{ err error }

func (r *jsonReader) fail(format string, args ...any) {
	panic(jsonStop{&JSONError{While: slices.Clone(r.while), Msg: fmt.Sprintf(format, args...)}})
}

func (r *jsonReader) unknown(format string, args ...any) {
	panic(jsonStop{&JSONError{While: slices.Clone(r.while), Msg: fmt.Sprintf(format, args...), Usage: true}})
}

func (r *jsonReader) need(feature string) {
	if err := r.feature(feature); err != nil {
		panic(jsonStop{err})
	}
}

// in reads what belongs to a key, which errors name.
func (r *jsonReader) in(key string, read func()) {
	r.while = append(r.while, "while reading key '"+key+"'")
	read()
	r.while = r.while[:len(r.while)-1]
}

func (r *jsonReader) derivation(v any) *Derivation {
	top := r.object(v)
	if version := r.unsigned(r.at(top, "version")); version != jsonVersion {
		r.fail("Unsupported derivation JSON format version %d, only format version %d is currently supported.", version, jsonVersion)
	}
	d := &Derivation{Outputs: make(map[store.OutputName]Output), Env: make(map[string]string)}
	r.in("outputs", func() {
		outputs := r.object(r.at(top, "outputs"))
		for _, name := range slices.Sorted(maps.Keys(outputs)) {
			d.Outputs[name] = r.output(outputs[name])
		}
	})
	r.in("inputs", func() {
		inputs := r.object(r.at(top, "inputs"))
		r.in("srcs", func() { d.InputSrcs = r.sources(r.at(inputs, "srcs")) })
		r.in("drvs", func() { r.inputDrvs(d, r.at(inputs, "drvs")) })
	})
	d.System = r.text(r.at(top, "system"))
	d.Builder = r.text(r.at(top, "builder"))
	d.Args = r.texts(r.at(top, "args"))
	r.in("env", func() {
		env := r.object(r.at(top, "env"))
		for _, name := range slices.Sorted(maps.Keys(env)) {
			d.Env[name] = r.text(env[name])
		}
	})
	if attrs, found := top["structuredAttrs"]; found {
		if _, isObject := attrs.(map[string]any); !isObject {
			r.fail("[json.exception.type_error.302] type must be object, but is %s", nixjson.TypeName(attrs))
		}
		d.StructuredAttrs = nixjson.Dump(attrs)
	}
	d.Name = r.text(r.at(top, "name"))
	return d
}

func (r *jsonReader) output(v any) (o Output) {
	fields := r.object(v)
	switch keys := strings.Join(slices.Sorted(maps.Keys(fields)), " "); keys {
	case "":
	case "path":
		o.Path = r.path(r.text(fields["path"]))
	case "hash method":
		o.Method = r.method(fields["method"])
		o.Hash = r.hash(r.text(fields["hash"]))
		o.Algo = o.Hash.Algo()
		r.needText(o.Method)
	case "hashAlgo method", "hashAlgo impure method":
		if o.Impure = keys != "hashAlgo method"; o.Impure {
			r.need("impure-derivations")
		} else {
			r.need("ca-derivations")
		}
		o.Method = r.method(fields["method"])
		r.needText(o.Method)
		o.Algo = r.algo(r.text(fields["hashAlgo"]))
	default:
		r.fail("invalid JSON for derivation output")
	}
	return o
}

func (r *jsonReader) method(v any) store.IngestionMethod {
	name := r.text(v)
	m, err := store.ParseIngestionMethod(name)
	if err != nil || name == "recursive" {
		r.unknown("Unknown file ingestion method '%s', expect `flat`, `nar`, or `git`", name)
	}
	if m == store.Git {
		r.need("git-hashing")
	}
	return m
}

func (r *jsonReader) needText(m store.IngestionMethod) {
	if m == store.Text {
		r.need("dynamic-derivations")
	}
}

func (r *jsonReader) algo(name string) nixhash.Algo {
	algo, err := nixhash.ParseAlgo(name)
	if err != nil {
		r.unknown("unknown hash algorithm '%s', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'", name)
	}
	if algo == nixhash.BLAKE3 {
		r.need("blake3-hashes")
	}
	return algo
}

func (r *jsonReader) hash(text string) nixhash.Hash {
	name, digits, isSRI := strings.Cut(text, "-")
	if !isSRI {
		r.fail("hash '%s' is not SRI", text)
	}
	algo := r.algo(name)
	sum, _ := nixhash.DecodeBase64(digits) // what is wrong with the digits Nix does not say
	h, err := nixhash.FromBytes(algo, sum)
	if err != nil {
		r.fail("invalid SRI hash '%s', length %d != expected length %d", digits, len(sum), algo.Size())
	}
	return h
}

func (r *jsonReader) sources(v any) []store.Path {
	var srcs []store.Path
	for _, base := range r.list(v) {
		srcs = append(srcs, r.path(r.text(base)))
	}
	return store.SortUnique(srcs)
}

func (r *jsonReader) inputDrvs(d *Derivation, v any) {
	inputs := r.object(v)
	for _, base := range slices.Sorted(maps.Keys(inputs)) {
		p := r.path(base)
		in := r.input(inputs[base])
		if len(in.Outputs) > 0 {
			if d.InputDrvs == nil {
				d.InputDrvs = make(map[store.Path][]store.OutputName)
			}
			d.InputDrvs[p] = in.Outputs
		}
		if len(in.Dynamic) > 0 {
			if d.Dynamic == nil {
				d.Dynamic = make(map[store.Path]DynamicInputs)
			}
			d.Dynamic[p] = in.Dynamic
		}
	}
}

// input reads what is needed of one derivation. What asks for nothing is left out.
func (r *jsonReader) input(v any) *DynamicInput {
	fields := r.object(v)
	in := &DynamicInput{Outputs: r.texts(r.at(fields, "outputs"))}
	slices.Sort(in.Outputs)
	in.Outputs = slices.Compact(in.Outputs)
	dynamic := r.object(r.at(fields, "dynamicOutputs"))
	for _, name := range slices.Sorted(maps.Keys(dynamic)) {
		r.need("dynamic-derivations")
		inner := r.input(dynamic[name])
		if len(inner.Outputs)+len(inner.Dynamic) == 0 {
			continue
		}
		if in.Dynamic == nil {
			in.Dynamic = make(DynamicInputs)
		}
		in.Dynamic[name] = inner
	}
	return in
}

// path returns the store path of a base name.
func (r *jsonReader) path(base string) store.Path {
	p, err := r.dir.Join(base)
	if err != nil || p.Base() != base {
		r.fail("%s", store.BaseProblem(base))
	}
	return p
}

func (r *jsonReader) at(object map[string]any, key string) any {
	v, err := nixjson.At(object, key)
	r.check(err)
	return v
}

func (r *jsonReader) object(v any) map[string]any {
	object, err := nixjson.Object(v)
	r.check(err)
	return object
}

func (r *jsonReader) list(v any) []any {
	list, err := nixjson.List(v)
	r.check(err)
	return list
}

func (r *jsonReader) text(v any) string {
	text, err := nixjson.Text(v)
	r.check(err)
	return text
}

// check fails with an error in Nix's words, unless it is nil.
func (r *jsonReader) check(err error) {
	if err != nil {
		r.fail("%s", err)
	}
}

func (r *jsonReader) texts(v any) []string {
	var texts []string
	for _, elem := range r.list(v) {
		texts = append(texts, r.text(elem))
	}
	return texts
}

func (r *jsonReader) unsigned(v any) uint64 {
	kind := nixjson.TypeName(v)
	switch v := v.(type) {
	case int64:
		if v >= 0 {
			return uint64(v)
		}
		kind = "signed integral number"
	case uint64:
		return v
	case float64:
		kind = "floating point number"
	}
	r.fail("Expected JSON value to be an unsigned integral number but it is of type '%s': %s", kind, nixjson.Dump(v))
	return 0
}
