package drv

import (
	"fmt"
	"maps"
	"slices"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// TraceHash returns what Nix before 2.35 calls the derivation d in its build
// trace, in the table Realisations: the hash that gives input-addressed outputs
// their paths, which it has of all derivations.
//
// Behaviour: staticOutputHashes in Nix 2.34's derivations.cc.
func (m *Modulo) TraceHash(d *Derivation) (nixhash.Hash, error) { return m.traceHash(d, true) }

func (m *Modulo) traceHash(d *Derivation, masked bool) (nixhash.Hash, error) {
	kind, err := d.Kind()
	if err != nil {
		return nixhash.Hash{}, err
	}
	pr := newPrinter()
	defer pr.release()
	pr.names(d)
	switch kind {
	case Fixed:
		pr.text(d, nil, false)
		in, err := m.asInput(d, pr)
		if err != nil {
			return nixhash.Hash{}, err
		}
		return in.hash()
	case Impure:
		return nixhash.SumString(nixhash.SHA256, "impure"), nil
	}
	var keys []inputKey
	for _, p := range slices.Sorted(maps.Keys(d.InputDrvs)) {
		h, err := m.inputTraceHash(p)
		if err != nil {
			return nixhash.Hash{}, err
		}
		keys = append(keys, inputKey{key: h.Hex(), outputs: d.InputDrvs[p]})
	}
	return nixhash.Sum(nixhash.SHA256, pr.text(d, mergeKeys(keys), masked)), nil
}

// inputTraceHash returns what stands for the derivation at p in the hashes of
// those that have it as an input.
func (m *Modulo) inputTraceHash(p store.Path) (nixhash.Hash, error) {
	in, err := m.find(p)
	switch {
	case err != nil:
		return nixhash.Hash{}, err
	case in.key != "":
		return in.hash()
	}
	m.mu.Lock()
	h, ok := m.traced[p]
	m.mu.Unlock()
	if ok {
		return h, nil
	}
	d, err := m.Load(p)
	if err != nil {
		return nixhash.Hash{}, fmt.Errorf("hash derivation %s: %w", p, err)
	}
	if h, err = m.traceHash(d, false); err != nil {
		return nixhash.Hash{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.traced == nil {
		m.traced = make(map[store.Path]nixhash.Hash)
	}
	m.traced[p] = h
	return h, nil
}
