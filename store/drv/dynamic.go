package drv

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"nixbench/store"
	"nixbench/store/aterm"
)

// DynamicInputs says, by output that is a derivation, what is needed of that. It
// is what the experimental feature dynamic-derivations adds to inputs.
type DynamicInputs map[store.OutputName]*DynamicInput

// A DynamicInput is what is needed of a derivation that is the output of another.
type DynamicInput struct {
	Outputs []store.OutputName // sorted, without duplicates
	Dynamic DynamicInputs      // nil if nothing
}

// AddDynamic adds an input: the last of outputs, of the derivation that is the one
// before of the one before …, of the store derivation p. There are at least two.
func (d *Derivation) AddDynamic(p store.Path, outputs ...store.OutputName) {
	if d.Dynamic == nil {
		d.Dynamic = make(map[store.Path]DynamicInputs)
	}
	inputs := d.Dynamic[p]
	if inputs == nil {
		inputs = make(DynamicInputs)
		d.Dynamic[p] = inputs
	}
	inputs.add(outputs)
}

func (inputs DynamicInputs) add(outputs []store.OutputName) {
	in := inputs[outputs[0]]
	if in == nil {
		in = new(DynamicInput)
		inputs[outputs[0]] = in
	}
	if outputs = outputs[1:]; len(outputs) > 1 {
		if in.Dynamic == nil {
			in.Dynamic = make(DynamicInputs)
		}
		in.Dynamic.add(outputs)
		return
	}
	if i, found := slices.BinarySearch(in.Outputs, outputs[0]); !found {
		in.Outputs = slices.Insert(in.Outputs, i, outputs[0])
	}
}

// dynamicVersion is the version of the format that can tell dynamic inputs.
const dynamicVersion = "xp-dyn-drv"

// appendNode prints what is needed of a derivation.
func appendNode(b []byte, outputs []store.OutputName, dynamic DynamicInputs) []byte {
	if len(dynamic) == 0 {
		return appendOutputs(b, outputs)
	}
	b = append(appendOutputs(append(b, '('), outputs), ",["...)
	for i, name := range slices.Sorted(maps.Keys(dynamic)) {
		in := dynamic[name]
		b = append(comma(b, i), '(')
		b = append(aterm.AppendRaw(b, name), ',')
		b = append(appendNode(b, in.Outputs, in.Dynamic), ')')
	}
	return append(b, "])"...)
}

// appendOutputs prints names of outputs as they are: Nix escapes nothing in them.
func appendOutputs(b []byte, names []store.OutputName) []byte {
	b = append(b, '[')
	for i, name := range names {
		b = aterm.AppendRaw(comma(b, i), name)
	}
	return append(b, ']')
}

// maxDynamic is how deep outputs may be nested.
const maxDynamic = 100

// node reads what appendNode prints.
func (p *parser) node(depth int) (in DynamicInput) {
	if !p.versioned || !p.Take("(") {
		in.Outputs = p.outputNames()
		return in
	}
	if depth > maxDynamic {
		p.Fail(errors.New("outputs are nested too deeply"))
		return in
	}
	in.Outputs = p.outputNames()
	p.Literal(",")
	in.Dynamic = make(DynamicInputs)
	p.List(func() {
		p.Literal("(")
		name := p.Text()
		p.Literal(",")
		inner := p.node(depth + 1)
		p.Literal(")")
		if _, twice := in.Dynamic[name]; twice || len(inner.Outputs)+len(inner.Dynamic) == 0 {
			p.Fail(fmt.Errorf("output %q listed twice or for nothing", name))
		}
		in.Dynamic[name] = &inner
	})
	p.Literal(")")
	return in
}

// outputNames reads a list of names, which it sorts.
func (p *parser) outputNames() []store.OutputName {
	names := p.Strings()
	if !sortUnique(&names) {
		p.Fail(errors.New("output listed twice"))
	}
	return names
}
