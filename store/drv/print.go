package drv

import (
	"maps"
	"slices"
	"sync"

	"nixbench/store/aterm"
	"nixbench/store/nixhash"
)

// ATerm returns the text of the .drv file. Equal derivations have equal texts.
//
// Format: Nix manual, "Derivation ATerm Format".
func (d *Derivation) ATerm() []byte {
	pr := newPrinter()
	defer pr.release()
	pr.names(d)
	return slices.Clone(pr.text(d, inputKeys(d), false))
}

// A printer prints one derivation, several times, into one buffer.
type printer struct {
	outputs []string
	env     []string   // sorted, with the variable of structured attributes
	inputs  []inputKey // by hash, once replaced has found them
	buf     *[]byte    // what was printed last
	// from and to say where the list of input derivations stands in buf,
	// without its brackets.
	from, to int
}

// printBuffers holds *[]byte: most derivations are printed and forgotten.
var printBuffers = sync.Pool{New: func() any { return new([]byte) }}

// release gives the buffer back. What was printed must not be used any more.
func (pr *printer) release() { printBuffers.Put(pr.buf) }

// inputKey is an element of the list of input derivations: a path, or the hash
// that stands for it.
type inputKey struct {
	key     string
	outputs []string
	dynamic DynamicInputs
}

// newPrinter returns a printer, which has yet to be told what there is in the
// derivation.
func newPrinter() *printer { return &printer{buf: printBuffers.Get().(*[]byte)} }

func (pr *printer) names(d *Derivation) {
	pr.outputs = d.OutputNames()
	pr.env = slices.AppendSeq(make([]string, 0, len(d.Env)+1), maps.Keys(d.Env))
	if d.StructuredAttrs != "" && !slices.Contains(pr.env, jsonVar) {
		pr.env = append(pr.env, jsonVar)
	}
	slices.Sort(pr.env)
}

func inputKeys(d *Derivation) []inputKey {
	keys := make([]inputKey, 0, len(d.InputDrvs)+len(d.Dynamic))
	paths := slices.Sorted(maps.Keys(d.InputDrvs))
	if len(d.Dynamic) > 0 {
		paths = slices.AppendSeq(paths, maps.Keys(d.Dynamic))
		slices.Sort(paths)
		paths = slices.Compact(paths)
	}
	for _, p := range paths {
		keys = append(keys, inputKey{string(p), d.InputDrvs[p], d.Dynamic[p]})
	}
	return keys
}

// text prints d with the given input derivations. If masked, the paths of its
// own outputs are left out, there and in the environment. The text is good until
// the next is printed, or the printer is released.
func (pr *printer) text(d *Derivation, inputs []inputKey, masked bool) []byte {
	b := append((*pr.buf)[:0], "Derive("...)
	if len(d.Dynamic) > 0 {
		b = append((*pr.buf)[:0], `DrvWithVersion("`+dynamicVersion+`",`...)
	}
	b = append(b, '[')
	for i, name := range pr.outputs {
		o := d.Outputs[name]
		if masked {
			o.Path = ""
		}
		b = append(comma(b, i), '(')
		b = aterm.AppendRaw(b, name)
		b = aterm.AppendString(append(b, ','), string(o.Path))
		b = aterm.AppendString(append(b, ','), o.hashAlgo())
		b = aterm.AppendString(append(b, ','), o.hashText())
		b = append(b, ')')
	}
	b = append(b, "],["...)
	pr.from = len(b)
	b = appendInputs(b, inputs)
	pr.to = len(b)
	b = append(b, "],["...)
	for i, p := range d.InputSrcs {
		b = aterm.AppendString(comma(b, i), string(p))
	}
	b = append(b, "],"...)
	b = aterm.AppendRaw(b, d.System)
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
	*pr.buf = b
	return b
}

func appendInputs(b []byte, inputs []inputKey) []byte {
	for i, in := range inputs {
		b = append(comma(b, i), '(')
		b = aterm.AppendString(b, in.key)
		b = appendNode(append(b, ','), in.outputs, in.dynamic)
		b = append(b, ')')
	}
	return b
}

// hashWith returns the hash of the text that was printed last with other input
// derivations in the place of those that it has.
func (pr *printer) hashWith(inputs []inputKey) nixhash.Hash {
	h := nixhash.New(nixhash.SHA256)
	text := *pr.buf
	h.Write(text[:pr.from])
	h.Write(appendInputs(text[len(text):], inputs)) // in the room behind it
	h.Write(text[pr.to:])
	return h.Sum()
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
