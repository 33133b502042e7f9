package engine

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixjson"
)

// This file makes environments for nix develop: what bash becomes in the builder of a
// derivation, once it has read the setup of its stdenv, written down by a build.

// devEnvScript is what the builder of an environment runs instead of its own arguments.
// What it says of variables and functions is what Nix's get-env.sh says of them; as it is
// another text, outputs of environments have other paths.
//
//go:embed devenv.sh
var devEnvScript []byte

// A DevEnvironment is what a builder's bash has, without what is bash's own.
type DevEnvironment struct {
	Vars      map[string]DevVar
	Functions map[string]string // bodies with the newline before the closing brace
	// Attrs are the files with structured attributes; nil if there are none.
	Attrs *DevAttrs
}

// A DevVar is the value of a variable of bash: a string, or an array.
type DevVar struct {
	Text       string
	IsExported bool
	List       []string          // of an array, not nil
	Table      map[string]string // of an associative array, not nil
}

// DevAttrs are the contents of $NIX_ATTRS_JSON_FILE and $NIX_ATTRS_SH_FILE, without
// the newlines at their ends.
type DevAttrs struct{ JSON, Shell string }

// BuildDevEnvironment builds the environment of a derivation, and returns the path of the
// file that [Engine.ReadDevEnvironment] reads. A build that fails is a [*BuildError].
//
// Behaviour: getDerivationEnvironment in Nix's develop.cc.
func (e *Engine) BuildDevEnvironment(ctx context.Context, drvPath store.Path) (store.Path, error) {
	d, err := e.ReadDerivation(ctx, drvPath)
	if err != nil {
		return "", err
	}
	if path.Base(d.Builder) != "bash" {
		return "", errors.New("'nix develop' only works on derivations that use 'bash' as their builder")
	}
	script, err := e.store.AddText(ctx, "get-env.sh", devEnvScript, nil)
	if err != nil {
		return "", err
	}
	if d, err = devDerivation(d, script); err != nil {
		return "", err
	}
	shellDrv, err := e.addFilled(ctx, d, false)
	if err != nil {
		return "", err
	}
	result, err := e.Realise(ctx, []store.DerivedPath{store.AllOutputsOf(shellDrv)})
	switch {
	case err != nil:
		return "", err
	case ctx.Err() != nil:
		return "", ctx.Err()
	case result.Err() != nil:
		return "", &BuildError{result}
	}
	outputs := result.Outcomes[0].Outputs
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		if text, err := e.readDevFile(ctx, outputs[name]); err == nil && len(text) > 0 {
			return outputs[name], nil
		}
	}
	return "", errors.New("get-env.sh failed to produce an environment")
}

// devDerivation returns a derivation that is like d, but runs script, and whose outputs,
// which have no paths yet, need not be what those of d have to be.
func devDerivation(d *drv.Derivation, script store.Path) (*drv.Derivation, error) {
	made := *d
	made.Name += "-env"
	made.Args = []string{string(script)}
	made.InputSrcs = store.SortUnique(append(slices.Clone(d.InputSrcs), script))
	made.Env, made.Outputs = maps.Clone(d.Env), maps.Clone(d.Outputs)
	if made.Env == nil {
		made.Env = make(map[string]string)
	}
	made.Env["name"] = made.Name
	if d.StructuredAttrs == "" {
		for _, check := range []string{"allowedReferences", "allowedRequisites", "disallowedReferences", "disallowedRequisites"} {
			delete(made.Env, check)
		}
	} else {
		attrs, err := nixjson.Decode(d.StructuredAttrs)
		if err != nil {
			return nil, err
		}
		if object, ok := attrs.(map[string]any); ok {
			delete(object, "outputChecks")
		}
		text, err := nixjson.Append(nil, attrs)
		if err != nil {
			return nil, err
		}
		made.StructuredAttrs = string(text)
	}
	for name, output := range made.Outputs {
		if kind := output.Kind(); kind == drv.InputAddressed || kind == drv.Fixed {
			made.Outputs[name], made.Env[name] = drv.Output{}, ""
		}
	}
	return &made, nil
}

// readDevFile returns the text of the environment that p is.
func (e *Engine) readDevFile(ctx context.Context, p store.Path) ([]byte, error) {
	st, err := e.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	f, err := openRegular(st.RealPath(p))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// ReadDevEnvironment reads the environment at p, which a build made: ours, or Nix's.
func (e *Engine) ReadDevEnvironment(ctx context.Context, p store.Path) (*DevEnvironment, error) {
	text, err := e.readDevFile(ctx, p)
	if err != nil {
		return nil, err
	}
	v, err := nixjson.Decode(string(text))
	if err != nil {
		return nil, fmt.Errorf("read environment %s: %v", p, err)
	}
	env := &DevEnvironment{Vars: make(map[string]DevVar), Functions: texts(member(v, "bashFunctions"))}
	vars, _ := member(v, "variables").(map[string]any)
	for name, info := range vars {
		if value, ok := devVar(member(info, "type"), member(info, "value")); ok {
			env.Vars[name] = value
		}
	}
	if attrs, ok := member(v, "structuredAttrs").(map[string]any); ok {
		files := texts(attrs)
		env.Attrs = &DevAttrs{JSON: files[".attrs.json"], Shell: files[".attrs.sh"]}
	}
	return env, nil
}

// devVar returns a variable as it is written down, unless bash has it in some other way.
func devVar(kind, value any) (v DevVar, ok bool) {
	switch kind {
	case "var", "exported":
		text, _ := value.(string)
		return DevVar{Text: text, IsExported: kind == "exported"}, true
	case "array":
		v.List = []string{}
		list, _ := value.([]any)
		for _, elem := range list {
			text, _ := elem.(string)
			v.List = append(v.List, text)
		}
		return v, true
	case "associative":
		return DevVar{Table: texts(value)}, true
	}
	return v, false
}

// member returns a member of a JSON object, nil if there is none.
func member(v any, name string) any {
	object, _ := v.(map[string]any)
	return object[name]
}

// texts returns the members of a JSON object that are strings, never nil.
func texts(v any) map[string]string {
	object, _ := v.(map[string]any)
	found := make(map[string]string, len(object))
	for name, value := range object {
		if text, ok := value.(string); ok {
			found[name] = text
		}
	}
	return found
}

// JSON returns the environment as nix print-dev-env --json prints it.
func (env *DevEnvironment) JSON() ([]byte, error) {
	vars := make(map[string]any, len(env.Vars))
	for name, v := range env.Vars {
		switch {
		case v.List != nil:
			vars[name] = map[string]any{"type": "array", "value": anyOf(v.List)}
		case v.Table != nil:
			vars[name] = map[string]any{"type": "associative", "value": anyIn(v.Table)}
		case v.IsExported:
			vars[name] = map[string]any{"type": "exported", "value": v.Text}
		default:
			vars[name] = map[string]any{"type": "var", "value": v.Text}
		}
	}
	all := map[string]any{"bashFunctions": anyIn(env.Functions), "variables": vars}
	if env.Attrs != nil {
		all["structuredAttrs"] = map[string]any{".attrs.json": env.Attrs.JSON, ".attrs.sh": env.Attrs.Shell}
	}
	return nixjson.Append(nil, all)
}

func anyOf(list []string) []any {
	elems := make([]any, len(list))
	for i, text := range list {
		elems[i] = text
	}
	return elems
}

func anyIn(table map[string]string) map[string]any {
	object := make(map[string]any, len(table))
	for name, text := range table {
		object[name] = text
	}
	return object
}
