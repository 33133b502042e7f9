package drv

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"nixbench/store"
)

// jsonVersion is the version of the JSON form.
const jsonVersion = 4

type jsonDerivation struct {
	Args            []string              `json:"args"`
	Builder         string                `json:"builder"`
	Env             map[string]string     `json:"env"`
	Inputs          jsonInputs            `json:"inputs"`
	Name            string                `json:"name"`
	Outputs         map[string]jsonOutput `json:"outputs"`
	StructuredAttrs json.RawMessage       `json:"structuredAttrs,omitempty"`
	System          string                `json:"system"`
	Version         int                   `json:"version"`
}

type jsonInputs struct {
	Drvs map[string]jsonInput `json:"drvs"`
	Srcs []string             `json:"srcs"`
}

type jsonInput struct {
	DynamicOutputs DynamicInputs `json:"dynamicOutputs"`
	Outputs        []string      `json:"outputs"`
}

type jsonOutput struct {
	Hash     string `json:"hash,omitempty"`
	HashAlgo string `json:"hashAlgo,omitempty"`
	Impure   bool   `json:"impure,omitempty"`
	Method   string `json:"method,omitempty"`
	Path     string `json:"path,omitempty"`
}

// MarshalJSON returns the derivation as `nix derivation show` prints it:
// version 4, with base names for store paths. Bytes that are not UTF-8 become
// U+FFFD. It fails if StructuredAttrs is not JSON.
func (d *Derivation) MarshalJSON() ([]byte, error) {
	out := jsonDerivation{
		Args:    emptyIfNil(d.Args),
		Builder: d.Builder,
		Env:     d.Env,
		Inputs:  jsonInputs{Drvs: make(map[string]jsonInput, len(d.InputDrvs)), Srcs: []string{}},
		Name:    d.Name,
		Outputs: make(map[string]jsonOutput, len(d.Outputs)),
		System:  d.System,
		Version: jsonVersion,
	}
	if d.Env == nil {
		out.Env = map[string]string{}
	}
	if d.StructuredAttrs != "" {
		out.StructuredAttrs = json.RawMessage(d.StructuredAttrs)
	}
	for p, outputs := range d.InputDrvs {
		out.Inputs.Drvs[p.Base()] = jsonInput{d.Dynamic[p].json(), outputs}
	}
	for p, dynamic := range d.Dynamic {
		out.Inputs.Drvs[p.Base()] = jsonInput{dynamic, emptyIfNil(d.InputDrvs[p])}
	}
	for _, p := range d.InputSrcs {
		out.Inputs.Srcs = append(out.Inputs.Srcs, p.Base())
	}
	for name, o := range d.Outputs {
		out.Outputs[name] = o.json()
	}
	return marshal(out)
}

func (o Output) json() jsonOutput {
	switch o.Kind() {
	case InputAddressed:
		return jsonOutput{Path: o.Path.Base()}
	case Fixed:
		return jsonOutput{Method: o.Method.String(), Hash: o.Hash.SRI()}
	case Floating, Impure:
		return jsonOutput{Method: o.Method.String(), HashAlgo: o.Algo.String(), Impure: o.Impure}
	}
	return jsonOutput{}
}

// ShowJSON returns derivations by their paths in one JSON object, as
// `nix derivation show` does.
func ShowJSON(drvs map[store.Path]*Derivation) ([]byte, error) {
	byBase := make(map[string]json.RawMessage, len(drvs))
	for _, p := range slices.Sorted(maps.Keys(drvs)) {
		text, err := drvs[p].MarshalJSON()
		if err != nil {
			return nil, err
		}
		byBase[p.Base()] = text
	}
	return marshal(struct {
		Derivations map[string]json.RawMessage `json:"derivations"`
		Version     int                        `json:"version"`
	}{byBase, jsonVersion})
}

// marshal is json.Marshal without escapes for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func emptyIfNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
