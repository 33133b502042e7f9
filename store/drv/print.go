package drv

import (
	"maps"
	"slices"

	"nixbench/store/aterm"
)

// ATerm returns the text of the .drv file. Equal derivations have equal texts.
//
// Format: Nix manual, "Derivation ATerm Format".
func (d *Derivation) ATerm() []byte {
	return newPrinter(d).text(d, inputKeys(d), false)
}

// printer holds what several texts of one derivation share.
type printer struct {
	outputs []string
	env     []string // sorted, with the variable of structured attributes
	size    int      // of the last text, to make room for the next
}

// inputKey is an element of the list of input derivations: a path, or the hash
// that stands for it.
type inputKey struct {
	key     string
	outputs []string
}

func newPrinter(d *Derivation) *printer {
	env := slices.AppendSeq(make([]string, 0, len(d.Env)+1), maps.Keys(d.Env))
	if d.StructuredAttrs != "" && !slices.Contains(env, jsonVar) {
		env = append(env, jsonVar)
	}
	slices.Sort(env)
	return &printer{outputs: d.OutputNames(), env: env, size: 4096}
}

func inputKeys(d *Derivation) []inputKey {
	keys := make([]inputKey, 0, len(d.InputDrvs))
	for _, p := range slices.Sorted(maps.Keys(d.InputDrvs)) {
		keys = append(keys, inputKey{string(p), d.InputDrvs[p]})
	}
	return keys
}

// text prints d with the given input derivations. If masked, the paths of its
// own outputs are left out, there and in the environment.
func (pr *printer) text(d *Derivation, inputs []inputKey, masked bool) []byte {
	b := make([]byte, 0, pr.size)
	b = append(b, "Derive(["...)
	for i, name := range pr.outputs {
		o := d.Outputs[name]
		if masked {
			o.Path = ""
		}
		b = append(comma(b, i), '(')
		b = aterm.AppendString(b, name)
		b = aterm.AppendString(append(b, ','), string(o.Path))
		b = aterm.AppendString(append(b, ','), o.hashAlgo())
		b = aterm.AppendString(append(b, ','), o.hashText())
		b = append(b, ')')
	}
	b = append(b, "],["...)
	for i, in := range inputs {
		b = append(comma(b, i), '(')
		b = aterm.AppendString(b, in.key)
		b = aterm.AppendStrings(append(b, ','), in.outputs)
		b = append(b, ')')
	}
	b = append(b, "],["...)
	for i, p := range d.InputSrcs {
		b = aterm.AppendString(comma(b, i), string(p))
	}
	b = append(b, "],"...)
	b = aterm.AppendString(b, d.System)
	b = aterm.AppendString(append(b, ','), d.Builder)
	b = aterm.AppendStrings(append(b, ','), d.Args)
	b = append(b, ",["...)
	for i, name := range pr.env {
		b = append(comma(b, i), '(')
		b = aterm.AppendString(b, name)
		b = aterm.AppendString(append(b, ','), pr.value(d, name, masked))
		b = append(b, ')')
	}
	b = append(b, "])"...)
	pr.size = len(b) + len(b)/8
	return b
}

func (pr *printer) value(d *Derivation, name string, masked bool) string {
	if name == jsonVar && d.StructuredAttrs != "" {
		return d.StructuredAttrs
	}
	if _, isOutput := d.Outputs[name]; isOutput && masked {
		return ""
	}
	return d.Env[name]
}

func comma(b []byte, i int) []byte {
	if i == 0 {
		return b
	}
	return append(b, ',')
}
