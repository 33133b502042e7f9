package drv

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"nixbench/store"
	"nixbench/store/nixjson"
)

// Options is what a derivation asks of whoever builds it, beyond its builder
// and environment. It is read from variables, or from structured attributes if
// the derivation has them.
//
// Behaviour: Nix 2.34, derivation-options.cc.
type Options struct {
	// Checks are by output name; those of [store.AllOutputs] hold for outputs
	// that have none of their own.
	Checks map[store.OutputName]OutputChecks
	// DiscardReferences holds the outputs that are not scanned for references.
	DiscardReferences map[store.OutputName]bool
	// PassAsFile holds the variables whose values go to files, sorted. It is
	// empty with structured attributes.
	PassAsFile []string
	// ExportReferencesGraph says which closures to describe under which names.
	// The strings are store paths, or paths below them; they are sorted.
	ExportReferencesGraph map[string][]string

	// NoChroot asks for a build outside the sandbox.
	NoChroot bool
	// ImpureHostDeps are files of the host wanted in the sandbox, sorted.
	ImpureHostDeps []string
	// ImpureEnvVars are variables passed from our environment to a fixed-output
	// derivation's, sorted.
	ImpureEnvVars []string
	// SandboxProfile and AllowLocalNetworking are for macOS.
	SandboxProfile       string
	AllowLocalNetworking bool

	// RequiredSystemFeatures are what a machine must offer, sorted.
	RequiredSystemFeatures []string
	PreferLocalBuild       bool
	AllowSubstitutes       bool // true unless said otherwise

	// Warnings say, in Nix's words, which attributes have no effect.
	Warnings []string
}

// OutputChecks bounds what an output may refer to and how large it may be.
// Each element of the lists is a store path or the name of an output of the
// same derivation; the lists are sorted.
type OutputChecks struct {
	// IgnoreSelfRefs says that an output's reference to itself needs no
	// permission.
	IgnoreSelfRefs bool
	// AllowedReferences and AllowedRequisites allow all if nil, none if empty.
	AllowedReferences    []string
	DisallowedReferences []string
	AllowedRequisites    []string
	DisallowedRequisites []string
	// MaxSize and MaxClosureSize are in bytes of NAR, nil for any.
	MaxSize        *int64
	MaxClosureSize *int64
}

// ChecksFor returns the checks of an output.
func (o *Options) ChecksFor(output store.OutputName) OutputChecks {
	if c, ok := o.Checks[output]; ok {
		return c
	}
	return o.Checks[store.AllOutputs]
}

// Options reads what d asks for. It fails where Nix does: attributes of the
// wrong type, or names of reference graphs that are no file names. The error is an
// *[OptionsError]. The caller must not modify what is returned.
func (d *Derivation) Options() (*Options, error) {
	if d.StructuredAttrs == "" {
		none, names := noOptions()
		asks := false
		for name := range d.Env {
			asks = asks || names[name]
		}
		if !asks {
			return none, nil
		}
	}
	return d.readOptions()
}

// noOptions returns the options of derivations that ask for nothing, and the names of the
// variables that others ask by.
var noOptions = sync.OnceValues(func() (*Options, map[string]bool) {
	a := attrs{read: make(map[string]bool)}
	return a.options(), a.read
})

func (d *Derivation) readOptions() (*Options, error) {
	a := attrs{env: d.Env}
	if d.StructuredAttrs != "" {
		if err := json.Unmarshal([]byte(d.StructuredAttrs), &a.json); err != nil || a.json == nil {
			return nil, &OptionsError{Msg: fmt.Sprintf("structured attributes of %q are not a JSON object", d.Name)}
		}
	}
	o := a.options()
	if a.err != nil {
		return nil, a.err
	}
	return o, nil
}

// options reads attributes in Nix's order: of several errors the first is told.
func (a *attrs) options() *Options {
	o := new(Options)
	if a.json != nil {
		a.structured(o)
	} else {
		a.plain(o)
	}
	o.SandboxProfile = a.text("__sandboxProfile")
	o.NoChroot = a.boolean("__noChroot", false)
	o.ImpureHostDeps = a.words("__impureHostDeps")
	o.ImpureEnvVars = a.words("impureEnvVars")
	o.AllowLocalNetworking = a.boolean("__darwinAllowLocalNetworking", false)
	o.RequiredSystemFeatures = a.words("requiredSystemFeatures")
	o.PreferLocalBuild = a.boolean("preferLocalBuild", false)
	o.AllowSubstitutes = a.boolean("allowSubstitutes", true)
	return o
}

// SystemFeatures returns RequiredSystemFeatures, and what the kind of d's
// outputs requires; sorted.
func (o *Options) SystemFeatures(d *Derivation) []string {
	features := slices.Clone(o.RequiredSystemFeatures)
	for _, output := range d.Outputs {
		if k := output.Kind(); k == Floating || k == Impure {
			features = append(features, "ca-derivations")
		}
	}
	slices.Sort(features)
	return slices.Compact(features)
}

// plainChecks are those of derivations that ask for none, which most of them share.
var plainChecks = map[store.OutputName]OutputChecks{store.AllOutputs: {IgnoreSelfRefs: true}}

func (a *attrs) plain(o *Options) {
	o.PassAsFile = a.words("passAsFile")
	checks := OutputChecks{
		IgnoreSelfRefs:       true,
		AllowedReferences:    a.words("allowedReferences"),
		DisallowedReferences: a.words("disallowedReferences"),
		AllowedRequisites:    a.words("allowedRequisites"),
		DisallowedRequisites: a.words("disallowedRequisites"),
	}
	o.Checks = plainChecks
	if checks.AllowedReferences != nil || checks.DisallowedReferences != nil || checks.AllowedRequisites != nil || checks.DisallowedRequisites != nil {
		o.Checks = map[store.OutputName]OutputChecks{store.AllOutputs: checks}
	}
	const name = "exportReferencesGraph"
	text, _ := a.variable(name)
	pairs := fields(text)
	if len(pairs)%2 != 0 {
		a.fail("", "odd number of tokens in '%s': '%s'", name, text)
		return
	}
	for pair := range slices.Chunk(pairs, 2) {
		if !isFileName(pair[0]) {
			a.fail("", "invalid file name '%s' in '%s'", pair[0], name)
			return
		}
		if o.ExportReferencesGraph == nil {
			o.ExportReferencesGraph = make(map[string][]string)
		}
		o.ExportReferencesGraph[pair[0]] = pair[1:]
	}
}

// isFileName reports whether a file may be called so: [A-Za-z_][A-Za-z0-9_.-]*
func isFileName(s string) bool {
	for i, c := range []byte(s) {
		letter := 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c == '_'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '.' || c == '-')) {
			return false
		}
	}
	return s != ""
}

// plainOnly are attributes that have no effect among structured ones.
var plainOnly = []string{"allowedReferences", "allowedRequisites", "disallowedRequisites", "disallowedReferences", "maxSize", "maxClosureSize"}

func (a *attrs) structured(o *Options) {
	for _, name := range plainOnly {
		if _, ok := a.json[name]; ok {
			o.Warnings = append(o.Warnings, "'structuredAttrs' disables the effect of the top-level attribute '"+name+"'; use 'outputChecks' instead")
		}
	}
	a.outputs(o)
	// Nix ignores graphs that are not an object.
	raw, ok := a.json["exportReferencesGraph"]
	if ok && !strings.HasPrefix(string(raw), "{") {
		o.Warnings = append(o.Warnings, "'exportReferencesGraph' in structured attrs is not a JSON object, ignoring")
		return
	}
	var graphs map[string]json.RawMessage
	if ok {
		a.decode("", raw, &graphs, "object")
		o.ExportReferencesGraph = make(map[string][]string, len(graphs))
	}
	for _, name := range slices.Sorted(maps.Keys(graphs)) {
		paths, err := flatten(graphs[name])
		if err != nil {
			a.fail("", "%v", err)
		}
		o.ExportReferencesGraph[name] = sorted(paths)
	}
}

// outputs reads what structured attributes say of single outputs.
func (a *attrs) outputs(o *Options) {
	if raw, ok := a.json["outputChecks"]; ok {
		var checks map[store.OutputName]json.RawMessage
		a.decode("", raw, &checks, "object")
		o.Checks = make(map[store.OutputName]OutputChecks, len(checks))
		for _, output := range slices.Sorted(maps.Keys(checks)) {
			var own map[string]json.RawMessage
			a.decode("", checks[output], &own, "object")
			o.Checks[output] = a.outputChecks(output, own)
		}
	}
	if raw, ok := a.json["unsafeDiscardReferences"]; ok {
		while := "while parsing attribute 'unsafeDiscardReferences'"
		var discards map[store.OutputName]json.RawMessage
		a.decode(while, raw, &discards, "object")
		o.DiscardReferences = make(map[store.OutputName]bool, len(discards))
		for _, output := range slices.Sorted(maps.Keys(discards)) {
			var discard bool
			a.decode(while, discards[output], &discard, "boolean")
			o.DiscardReferences[output] = discard
		}
	}
}

func (a *attrs) outputChecks(output string, raw map[string]json.RawMessage) OutputChecks {
	where := func(name string) string {
		return fmt.Sprintf("while parsing attribute 'outputChecks.\"%s\".%s'", output, name)
	}
	list := func(name string) []string {
		if v, ok := raw[name]; ok {
			return a.stringList(where(name), v)
		}
		return nil
	}
	size := func(name string) *int64 {
		if v, ok := raw[name]; ok {
			return a.size(where(name), v)
		}
		return nil
	}
	return OutputChecks{ // in Nix's order
		MaxSize:              size("maxSize"),
		MaxClosureSize:       size("maxClosureSize"),
		AllowedReferences:    list("allowedReferences"),
		DisallowedReferences: list("disallowedReferences"),
		AllowedRequisites:    list("allowedRequisites"),
		DisallowedRequisites: list("disallowedRequisites"),
	}
}

// size reads a number of bytes. Of other numbers than those Nix makes what C++ does:
// fractions are cut off, and what is negative is so large that all is below it.
func (a *attrs) size(while string, raw json.RawMessage) *int64 {
	if i, err := strconv.ParseInt(string(raw), 10, 64); err == nil && i >= 0 {
		return &i
	}
	var n float64
	if json.Unmarshal(raw, &n) != nil || string(raw) == "null" {
		kind := "unreadable"
		if v, err := nixjson.Decode(string(raw)); err == nil {
			kind = nixjson.TypeName(v)
		}
		a.fail(while, "[json.exception.type_error.302] type must be number, but is %s", kind) // Nix says no more
		return nil
	}
	limit := int64(math.MaxInt64)
	if n > -1 && n < math.MaxInt64 {
		limit = int64(n)
	}
	return &limit
}

// flatten returns the strings of a string, or of a list of such values.
// The decoder bounds how deep they nest.
func flatten(raw json.RawMessage) ([]string, error) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	var out []string
	for todo := []any{v}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch next := next.(type) {
		case string:
			out = append(out, next)
		case []any:
			todo = append(todo, next...)
		default:
			return nil, errors.New("'exportReferencesGraph' value is not an array or a string")
		}
	}
	return out, nil
}

// fields splits at what Nix takes for white space.
func fields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' })
}

// sorted returns the list sorted without duplicates, and never nil.
func sorted(list []string) []string {
	if list == nil {
		return []string{}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
