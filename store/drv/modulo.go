package drv

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// Modulo finds hashes of derivations "modulo fixed-output derivations", and
// from them the paths of input-addressed outputs.
//
// A derivation's hash takes that of its inputs' instead of their paths, and a
// fixed-output input counts by what it makes, not by how. So a source that is
// downloaded from elsewhere changes no path that depends on it.
//
// There are two hashes, and each is over the text of the .drv file with the
// inputs replaced: one has the derivation's own outputs blanked and gives
// their paths; the other has them filled in and stands for the derivation as
// an input. The second is remembered.
//
// A Modulo is safe for concurrent use; the zero value needs Load and Dir set.
// A goroutine that needs a derivation which another is loading loads it too.
type Modulo struct {
	Dir store.Dir
	// Load returns the store derivation at a path. It is not called for those
	// that were added.
	Load func(drvPath store.Path) (*Derivation, error)

	mu sync.Mutex
	// mu guards the fields below.
	known  map[store.Path]inputHash
	traced map[store.Path]nixhash.Hash // what inputTraceHash returns
}

// inputHash is what stands for a derivation where it is an input.
type inputHash struct {
	key string // a SHA-256 in hexadecimal; "" if deferred
	// fixed says that it stands for the only output of a fixed-output
	// derivation.
	fixed bool
}

// hash returns what key spells, which is not "".
func (in inputHash) hash() (nixhash.Hash, error) { return nixhash.Parse(in.key, nixhash.SHA256) }

var errDeferred = errors.New("inputs are not built yet")

// Hash returns the hash that stands for the derivation at drvPath as an input
// of others. Deferred is true, and the hash zero, if that is not known before
// a content-addressed input is built.
func (m *Modulo) Hash(drvPath store.Path) (h nixhash.Hash, deferred bool, err error) {
	in, err := m.find(drvPath)
	if err != nil || in.key == "" {
		return h, err == nil, err
	}
	h, err = in.hash()
	return h, false, err
}

// FillOutputs sets the paths of d's input-addressed and fixed outputs, in
// Outputs and in Env, where the variable of an output must be missing, empty
// or right. Outputs that are deferred or floating are left as they are.
//
// Behaviour: Nix 2.34, derivations.cc.
func (m *Modulo) FillOutputs(d *Derivation) error {
	pr := newPrinter()
	defer pr.release()
	return m.fill(d, pr)
}

// Instantiate fills in d's outputs, and returns the path that it has in the
// store. The hash of d as an input is remembered, so that it need not be loaded
// when another derivation uses it.
func (m *Modulo) Instantiate(d *Derivation) (store.Path, error) {
	pr := newPrinter()
	defer pr.release()
	if err := m.fill(d, pr); err != nil {
		return "", err
	}
	drvPath, err := pathOf(m.Dir, d, pr.text(d, inputKeys(d), false))
	if err != nil {
		return "", err
	}
	return drvPath, m.rememberInput(drvPath, d, pr)
}

// CheckOutputs reports an error unless d's outputs are where they have to be.
// Whoever registers a store derivation must check it, or it could claim any
// path.
func (m *Modulo) CheckOutputs(d *Derivation) error {
	pr := newPrinter()
	defer pr.release()
	return m.check(d, pr)
}

// CheckAdded is CheckOutputs for a derivation that goes to drvPath, whose text must be one
// that can be read. The hash of d as an
// input is remembered, as Instantiate does.
func (m *Modulo) CheckAdded(drvPath store.Path, d *Derivation) error {
	pr := newPrinter()
	defer pr.release()
	if err := m.check(d, pr); err != nil {
		return err
	}
	if _, known := m.lookup(drvPath); known {
		return nil
	}
	if err := checkReadable(drvPath, d); err != nil {
		return err
	}
	pr.text(d, nil, false)
	return m.rememberInput(drvPath, d, pr)
}

// checkReadable returns a [ParseError] if the text of d cannot be read because of what its
// system and the names of its outputs are: they are printed as they are.
func checkReadable(drvPath store.Path, d *Derivation) error {
	isOdd := strings.ContainsAny(d.System, `"\`)
	for name := range d.Outputs {
		isOdd = isOdd || strings.ContainsAny(name, `"\`)
	}
	if !isOdd {
		return nil
	}
	_, err := ParseAt(drvPath, d.ATerm())
	return err
}

// rememberInput remembers the hash of d as an input. The printer has just printed d.
func (m *Modulo) rememberInput(drvPath store.Path, d *Derivation, pr *printer) error {
	in, err := m.asInput(d, pr)
	if err == nil {
		m.remember(drvPath, in)
	}
	return err
}

// check is CheckOutputs, with what prints d.
func (m *Modulo) check(d *Derivation, pr *printer) error {
	filled := *d
	filled.Outputs, filled.Env = maps.Clone(d.Outputs), maps.Clone(d.Env)
	for name, o := range filled.Outputs {
		if o.Kind() == InputAddressed {
			filled.Outputs[name] = Output{}
			delete(filled.Env, name)
		}
	}
	if err := m.fill(&filled, pr); err != nil {
		return err
	}
	for _, name := range d.OutputNames() {
		o, want := d.Outputs[name], filled.Outputs[name].Path
		got := o.Path
		switch {
		case o.Kind() == Deferred:
		case got == want && o.Kind() != InputAddressed:
		case got == want:
			if err := d.checkVariable(name); err != nil {
				return err
			}
		case want == "":
			return fmt.Errorf("derivation has incorrect output '%s', should be deferred", got)
		default:
			return fmt.Errorf("derivation has incorrect output '%s', should be '%s'", got, want)
		}
	}
	return nil
}

// checkVariable returns an error unless the variable of an output has its path.
func (d *Derivation) checkVariable(name store.OutputName) error {
	want := d.Outputs[name].Path
	switch said, isSaid := d.Env[name]; {
	case !isSaid:
		return fmt.Errorf("derivation has missing environment variable '%s', should be '%s' but is not present", name, want)
	case said != string(want):
		return fmt.Errorf("derivation has incorrect environment variable '%s', should be '%s' but is actually '%s'", name, want, said)
	}
	return nil
}

// fill is FillOutputs, with what prints d.
func (m *Modulo) fill(d *Derivation, pr *printer) error {
	kind, err := d.Kind()
	if err != nil {
		return err
	}
	known := kind != Floating && kind != Impure
	if known {
		d.blankOutputs()
	}
	pr.names(d)
	if !known {
		return nil
	}
	pathOf := func(name store.OutputName) (store.Path, error) { return d.fixedPath(m.Dir, name, d.Outputs[name]) }
	if kind != Fixed {
		if pr.inputs, err = m.replaced(d); errors.Is(err, errDeferred) {
			return nil
		} else if err != nil {
			return err
		}
		own := nixhash.Sum(nixhash.SHA256, pr.text(d, pr.inputs, true))
		pathOf = func(name store.OutputName) (store.Path, error) { return m.Dir.OutputPath(d.Name, name, own) }
	}
	for _, name := range pr.outputs {
		p, err := pathOf(name)
		if err != nil {
			return err
		}
		if err := d.place(name, p); err != nil {
			return err
		}
	}
	return nil
}

// blankOutputs makes variables of all outputs: they take part in the hash, blank.
func (d *Derivation) blankOutputs() {
	if d.Env == nil {
		d.Env = make(map[string]string)
	}
	for name := range d.Outputs {
		d.Env[name] += ""
	}
}

// place sets the path of an output.
func (d *Derivation) place(name store.OutputName, p store.Path) error {
	o := d.Outputs[name]
	if o.Path != "" && o.Path != p {
		return fmt.Errorf("derivation has incorrect output '%s', should be '%s'", o.Path, p)
	}
	if v := d.Env[name]; v != "" && v != string(p) {
		return fmt.Errorf("derivation has incorrect environment variable '%s', should be '%s' but is actually '%s'", name, p, v)
	}
	o.Path = p
	d.Outputs[name] = o
	d.Env[name] = string(p)
	return nil
}

// find returns the hash of drvPath as an input. It loads what it needs with a
// stack of its own, since chains of inputs may be long.
func (m *Modulo) find(drvPath store.Path) (inputHash, error) {
	type frame struct {
		path store.Path
		d    *Derivation
		todo []store.Path // inputs whose hashes may be missing
	}
	var stack []frame
	open := make(map[store.Path]struct{}) // on the stack
	push := func(p store.Path) error {
		if _, cycle := open[p]; cycle {
			return fmt.Errorf("hash derivation %s: it is its own input", p)
		}
		d, err := m.Load(p)
		if err != nil {
			return fmt.Errorf("hash derivation %s: %w", p, err)
		}
		open[p] = struct{}{}
		var todo []store.Path
		if _, fixed := d.FixedOutput(); !fixed {
			todo = slices.Sorted(maps.Keys(d.InputDrvs))
		}
		stack = append(stack, frame{p, d, todo})
		return nil
	}
	if in, ok := m.lookup(drvPath); ok {
		return in, nil
	}
	if err := push(drvPath); err != nil {
		return inputHash{}, err
	}
	for {
		top := &stack[len(stack)-1]
		if len(top.todo) > 0 {
			next := top.todo[0]
			top.todo = top.todo[1:]
			if _, ok := m.lookup(next); !ok {
				if err := push(next); err != nil {
					return inputHash{}, err
				}
			}
			continue
		}
		in, err := m.loadedInput(top.d)
		if err != nil {
			return inputHash{}, err
		}
		m.remember(top.path, in)
		delete(open, top.path)
		if stack = stack[:len(stack)-1]; len(stack) == 0 {
			in, _ = m.lookup(drvPath)
			return in, nil
		}
	}
}

// loadedInput returns the hash as an input of a derivation that was loaded.
func (m *Modulo) loadedInput(d *Derivation) (inputHash, error) {
	pr := newPrinter()
	defer pr.release()
	pr.names(d)
	pr.text(d, nil, false)
	return m.asInput(d, pr)
}

// asInput returns the hash of d as an input, whose own inputs are known. The
// printer has just printed d.
func (m *Modulo) asInput(d *Derivation, pr *printer) (inputHash, error) {
	kind, err := d.Kind()
	if err != nil {
		return inputHash{}, err
	}
	switch kind {
	case Fixed:
		o := d.Outputs[store.DefaultOutput]
		clear := "fixed:out:" + o.hashAlgo() + ":" + o.hashText() + ":" + string(o.Path)
		return inputHash{nixhash.SumString(nixhash.SHA256, clear).Hex(), true}, nil
	case InputAddressed:
		if pr.inputs == nil {
			if pr.inputs, err = m.replaced(d); errors.Is(err, errDeferred) {
				return inputHash{}, nil
			} else if err != nil {
				return inputHash{}, err
			}
		}
		return inputHash{key: pr.hashWith(pr.inputs).Hex()}, nil
	}
	return inputHash{}, nil
}

// replaced returns the input derivations of d by their hashes. Two inputs of
// the same hash, which differ only in how a fixed output of theirs is made,
// become one. The error is errDeferred if a hash is not known yet.
func (m *Modulo) replaced(d *Derivation) ([]inputKey, error) {
	if len(d.Dynamic) > 0 {
		return nil, errDeferred
	}
	keys := make([]inputKey, 0, len(d.InputDrvs))
	for _, p := range slices.Sorted(maps.Keys(d.InputDrvs)) {
		in, err := m.find(p)
		if err != nil {
			return nil, err
		}
		if in.key == "" {
			return nil, errDeferred
		}
		outputs := d.InputDrvs[p]
		if in.fixed {
			for _, o := range outputs {
				if o != store.DefaultOutput {
					return nil, fmt.Errorf("no hash for output '%s' of derivation '%s'", o, d.Name)
				}
			}
		}
		keys = append(keys, inputKey{key: in.key, outputs: outputs})
	}
	return mergeKeys(keys), nil
}

// mergeKeys sorts keys, and joins those that are the same.
func mergeKeys(keys []inputKey) []inputKey {
	slices.SortFunc(keys, func(a, b inputKey) int { return cmp.Compare(a.key, b.key) })
	merged := keys[:0]
	for _, k := range keys {
		last := len(merged) - 1
		if last < 0 || merged[last].key != k.key {
			merged = append(merged, k)
			continue
		}
		both := slices.Concat(merged[last].outputs, k.outputs)
		slices.Sort(both)
		merged[last].outputs = slices.Compact(both)
	}
	return merged
}

func (m *Modulo) lookup(p store.Path) (inputHash, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	in, ok := m.known[p]
	return in, ok
}

func (m *Modulo) remember(p store.Path, in inputHash) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = make(map[store.Path]inputHash)
	}
	m.known[p] = in
}
