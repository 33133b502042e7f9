package instantiate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/builtins/serial"
	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/store"
	"nixbench/store/nixhash"
	"nixbench/store/nixjson"
)

var (
	symArgs             = eval.Intern("args")
	symBuilder          = eval.Intern("builder")
	symContentAddressed = eval.Intern("__contentAddressed")
	symDrvPath          = eval.Intern("drvPath")
	symIgnoreNulls      = eval.Intern("__ignoreNulls")
	symImpure           = eval.Intern("__impure")
	symJSON             = eval.Intern("__json")
	symName             = eval.Intern("name")
	symOutputHash       = eval.Intern("outputHash")
	symOutputHashAlgo   = eval.Intern("outputHashAlgo")
	symOutputHashMode   = eval.Intern("outputHashMode")
	symOutputs          = eval.Intern("outputs")
	symStructuredAttrs  = eval.Intern("__structuredAttrs")
	symSystem           = eval.Intern("system")
)

// attribute reads one attribute of the derivation.
func (r *request) attribute(a eval.Attr) {
	switch {
	case a.Name == symContentAddressed:
		if r.s.ForceBool(a.Value, "") {
			RequireFeature(r.s, "ca-derivations", "")
			r.floating = true
		}
	case a.Name == symImpure:
		if r.s.ForceBool(a.Value, "") {
			RequireFeature(r.s, "impure-derivations", "")
			r.impure = true
		}
	case a.Name == symArgs:
		for _, e := range r.s.ForceElems(a.Value, "") {
			r.d.Args = append(r.d.Args, r.coerce(e, "while evaluating an element of the argument list"))
		}
	case r.isStructured:
		r.structured(a)
	default:
		r.plain(a)
	}
}

// RequireFeature raises an error unless an experimental feature is on. Why is added
// to the message.
func RequireFeature(s *eval.State, feature, why string) {
	if !s.Evaluator().Options().Features[feature] {
		s.FailForeign(eval.ErrorOther, "experimental Nix feature '%s' is disabled%s; add '--extra-experimental-features %s' to enable it", feature, syntax.Hint(why), feature)
	}
}

// coerce makes a string of a value, as for the environment.
func (r *request) coerce(v eval.Value, ctx string) string {
	text, c := r.s.CoerceToString(v, ctx, eval.CoerceOpts{More: true, CopyToStore: true})
	r.ctx.Add(c)
	return text
}

// plain reads an attribute that becomes an environment variable.
func (r *request) plain(a eval.Attr) {
	text := r.coerce(a.Value, "")
	if a.Name == symJSON {
		r.warn(a, "setting structured attributes via '__json' is deprecated, and may be disallowed in future versions of Nix. Set '__structuredAttrs = true' instead.")
		r.d.StructuredAttrs = r.normalise(text)
		return
	}
	r.d.Env[eval.SymName(a.Name)] = text
	switch a.Name {
	case symBuilder:
		r.d.Builder = text
	case symSystem:
		r.d.System = text
	case symOutputHash:
		r.outputHash, r.hasHash = text, true
	case symOutputHashAlgo:
		r.setHashAlgo(text)
	case symOutputHashMode:
		r.setHashMode(text)
	case symOutputs:
		r.setOutputs(words(text))
	}
}

// words splits at white space, as Nix does.
func words(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(" \t\n\r", c) })
}

// structured reads an attribute that becomes a member of the JSON object.
func (r *request) structured(a eval.Attr) {
	if a.Name == symStructuredAttrs {
		return
	}
	s, name := r.s, eval.SymName(a.Name)
	if len(r.json) > 1 {
		r.json = append(r.json, ',')
	}
	json, badName := nixjson.AppendString(r.json, name)
	json, c, badValue := serial.AppendJSON(s, append(json, ':'), a.Value, 0, true)
	r.json = json
	r.badJSON = cmp.Or(r.badJSON, badName, badValue)
	r.ctx.Add(c)
	switch a.Name {
	case symBuilder:
		builder, c := s.ForceString(a.Value, "")
		r.ctx.Add(c)
		r.d.Builder = builder
	case symSystem:
		r.d.System = s.ForceStringNoCtx(a.Value, "")
	case symOutputHash:
		r.outputHash, r.hasHash = s.ForceStringNoCtx(a.Value, ""), true
	case symOutputHashAlgo:
		r.setHashAlgo(s.ForceStringNoCtx(a.Value, ""))
	case symOutputHashMode:
		r.setHashMode(s.ForceStringNoCtx(a.Value, ""))
	case symOutputs:
		var names []string
		for _, e := range s.ForceElems(a.Value, "") {
			names = append(names, s.ForceStringNoCtx(e, ""))
		}
		r.setOutputs(names)
	}
	switch name {
	case "allowedReferences", "allowedRequisites", "disallowedReferences", "disallowedRequisites", "maxSize", "maxClosureSize":
		r.warn(a, syntax.Hintf("'structuredAttrs' disables the effect of the derivation attribute '%s'; use 'outputChecks.<output>.%s' instead", name, name))
	}
}

// warn warns of an attribute.
func (r *request) warn(a eval.Attr, msg syntax.Hint) {
	r.s.WarnAt(a.Pos, msg, syntax.Hintf("while evaluating derivation '%s'", r.d.Name))
}

// setHashAlgo takes a name of an algorithm; unknown ones count as none.
func (r *request) setHashAlgo(text string) {
	if text == "blake3" {
		RequireFeature(r.s, "blake3-hashes", "")
	}
	r.hashAlgo, _ = nixhash.ParseAlgo(text)
}

func (r *request) setHashMode(text string) {
	switch text {
	case "flat":
		r.method = store.Flat
	case "recursive", "nar":
		r.method = store.NAR
	case "text":
		RequireFeature(r.s, "dynamic-derivations", fmt.Sprintf(" (text-hashed derivation '%s', outputHashMode = \"text\")", r.d.Name))
		r.method = store.Text
	case "git":
		RequireFeature(r.s, "git-hashing", "")
		r.method = store.Git
	default:
		r.fail("invalid value '%s' for 'outputHashMode' attribute", text)
	}
	r.hasMethod = true
}

func (r *request) setOutputs(names []string) {
	for i, name := range names {
		switch {
		case slices.Contains(names[:i], name):
			r.fail("duplicate derivation output '%s'", name)
		case name == "drvPath":
			r.fail("invalid derivation output name 'drvPath'")
		}
	}
	if len(names) == 0 {
		r.fail("derivation cannot have an empty set of outputs")
	}
	r.outputs = names
}
