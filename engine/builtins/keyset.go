package builtins

import "nixbench/engine/eval"

// A keySet is a set of keys of builtins.genericClosure, which are compared as
// by builtins.lessThan. Keys that are all strings, or all integers, as most
// are, are found by hashing.
type keySet struct {
	s       *eval.State
	strings map[string]bool
	ints    map[int64]bool
	sorted  []eval.Value // used once there are keys of another kind
	first   eval.Kind    // of the first key
	kind    eval.Kind    // the same, as long as keys are hashed
	// all returns the keys in the order in which they were inserted.
	all func() []eval.Value
}

// insert adds a key, which is forced, and reports whether it was missing.
func (k *keySet) insert(key eval.Value) bool {
	kind := key.Kind()
	if k.kind == eval.KindNone {
		k.kind, k.first = kind, kind
	}
	switch {
	case kind == eval.KindString && k.kind == kind:
		if k.strings == nil {
			k.strings = make(map[string]bool)
		}
		if k.strings[key.AsString()] {
			return false
		}
		k.strings[key.AsString()] = true
		return true
	case kind == eval.KindInt && k.kind == kind:
		if k.ints == nil {
			k.ints = make(map[int64]bool)
		}
		if k.ints[key.AsInt()] {
			return false
		}
		k.ints[key.AsInt()] = true
		return true
	}
	if k.first != kind && !(isNumber(k.first) && isNumber(kind)) {
		k.s.Less(key, k.top(), "") // which fails
	}
	k.unhash()
	return k.insertSorted(key)
}

func isNumber(kind eval.Kind) bool { return kind == eval.KindInt || kind == eval.KindFloat }

// top returns the key that Nix compares a further one with first.
func (k *keySet) top() eval.Value {
	keys := k.all()
	return keys[topOfTree(len(keys), func(i, j int) bool { return k.s.Less(keys[i], keys[j], "") })]
}

// unhash moves hashed keys to the sorted list.
func (k *keySet) unhash() {
	for text := range k.strings {
		k.insertSorted(eval.MakeString(text))
	}
	for i := range k.ints {
		k.insertSorted(eval.MakeInt(i))
	}
	k.strings, k.ints, k.kind = nil, nil, eval.KindThunk
}

func (k *keySet) insertSorted(key eval.Value) bool {
	lo, hi := 0, len(k.sorted)
	for lo < hi {
		m := (lo + hi) / 2
		if k.s.Less(key, k.sorted[m], "") {
			hi = m
		} else {
			lo = m + 1
		}
	}
	if lo > 0 && !k.s.Less(k.sorted[lo-1], key, "") {
		return false
	}
	k.sorted = append(k.sorted, eval.Value{})
	copy(k.sorted[lo+1:], k.sorted[lo:])
	k.sorted[lo] = key
	return true
}
