package drv

import (
	"fmt"

	"nixbench/store"
	"nixbench/store/nixjson"
)

// This file writes derivations as JSON, byte for byte as Nix does; jsonread.go
// reads them.
// Format: Nix manual, "Derivation JSON Format".

// jsonVersion is the version of the JSON form.
const jsonVersion = 4

// MarshalJSON returns the derivation as `nix derivation show` prints it:
// version 4, with base names for store paths. It fails, in Nix's words, if a string
// is not UTF-8 or StructuredAttrs is not JSON.
func (d *Derivation) MarshalJSON() ([]byte, error) {
	v, err := d.jsonValue()
	if err != nil {
		return nil, err
	}
	return nixjson.Append(nil, v)
}

func (d *Derivation) jsonValue() (map[string]any, error) {
	srcs := make([]string, len(d.InputSrcs))
	for i, p := range d.InputSrcs {
		srcs[i] = p.Base()
	}
	drvs := make(map[string]any, len(d.InputDrvs))
	for p, outputs := range d.InputDrvs {
		drvs[p.Base()] = jsonInput(outputs, d.Dynamic[p])
	}
	for p, dynamic := range d.Dynamic {
		drvs[p.Base()] = jsonInput(d.InputDrvs[p], dynamic)
	}
	outputs := make(map[string]any, len(d.Outputs))
	for name, o := range d.Outputs {
		outputs[name] = o.json()
	}
	out := map[string]any{
		"args": d.Args, "builder": d.Builder, "env": d.Env, "name": d.Name, "outputs": outputs, "system": d.System,
		"inputs": map[string]any{"drvs": drvs, "srcs": srcs}, "version": jsonVersion,
	}
	if d.StructuredAttrs != "" {
		attrs, err := nixjson.Decode(d.StructuredAttrs)
		if err != nil {
			return nil, fmt.Errorf("structured attributes of derivation %q: %w", d.Name, err)
		}
		out["structuredAttrs"] = attrs
	}
	return out, nil
}

// jsonInput is what is needed of one derivation.
func jsonInput(outputs []store.OutputName, dynamic DynamicInputs) map[string]any {
	inner := make(map[string]any, len(dynamic))
	for name, in := range dynamic {
		inner[name] = jsonInput(in.Outputs, in.Dynamic)
	}
	return map[string]any{"dynamicOutputs": inner, "outputs": outputs}
}

func (o Output) json() map[string]any {
	switch o.Kind() {
	case InputAddressed:
		return map[string]any{"path": o.Path.Base()}
	case Fixed:
		return map[string]any{"method": o.Method.String(), "hash": o.Hash.SRI()}
	case Floating:
		return map[string]any{"method": o.Method.String(), "hashAlgo": o.Algo.String()}
	case Impure:
		return map[string]any{"method": o.Method.String(), "hashAlgo": o.Algo.String(), "impure": true}
	}
	return map[string]any{}
}

// ShowJSON returns derivations by their paths in one JSON object, as
// `nix derivation show` does.
func ShowJSON(drvs map[store.Path]*Derivation) ([]byte, error) {
	byBase := make(map[string]any, len(drvs))
	for p, d := range drvs {
		v, err := d.jsonValue()
		if err != nil {
			return nil, err
		}
		byBase[p.Base()] = v
	}
	return nixjson.Append(nil, map[string]any{"derivations": byBase, "version": jsonVersion})
}
