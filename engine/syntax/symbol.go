package syntax

import (
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
)

// A Sym is an interned name. Equal names of one [Symbols] table have equal
// numbers; numbers grow in the order in which names were first seen.
// The zero Sym is no name.
type Sym uint32

// The names that the grammar itself gives a meaning. Every table made by
// [NewSymbols] holds them under these numbers: see grammarNames.
const (
	SymOverrides Sym = 9  // __overrides, of rec { … }
	SymSub       Sym = 46 // __sub, of a - b
	SymLessThan  Sym = 47 // __lessThan, of a < b and its kin
	SymMul       Sym = 48 // __mul, of a * b
	SymDiv       Sym = 49 // __div, of a / b
	SymOr        Sym = 50 // or, when used as a variable
	SymFindFile  Sym = 51 // __findFile, of <a>
	SymNixPath   Sym = 52 // __nixPath, of <a>
	SymBody      Sym = 53 // body, of let { … }
	symCurPos    Sym = 54 // __curPos
	firstFreeSym     = symCurPos + 1
)

// grammarNames begin every table. They are the names that Nix itself looks up, in
// the order in which it makes symbols of them: sets are gone through in the order
// of symbols.
// Behaviour: StaticEvalSymbols in Nix's eval.hh.
var grammarNames = [...]string{
	"<with>", "outPath", "drvPath", "type", "meta", "name", "value", "system",
	"__overrides", "outputs", "outputName", "__ignoreNulls", "file", "line", "column", "__functor",
	"__toString", "right", "wrong", "__structuredAttrs", "__json", "allowedReferences", "allowedRequisites", "disallowedReferences",
	"disallowedRequisites", "maxSize", "maxClosureSize", "builder", "args", "__contentAddressed", "__impure", "outputHash",
	"outputHashAlgo", "outputHashMode", "recurseForDerivations", "description", "self", "", "startSet", "operator",
	"key", "path", "prefix", "outputSpecified", "requiredSystemFeatures", "__sub", "__lessThan", "__mul",
	"__div", "or", "__findFile", "__nixPath", "body",
	"__curPos",
}

const (
	symChunkBits = 10
	symChunkSize = 1 << symChunkBits
)

// Symbols is a table of interned names. It only grows.
// It is safe for concurrent use: looking up a name that is already there takes
// no lock.
type Symbols struct {
	seed   maphash.Seed
	index  atomic.Pointer[symIndex]
	chunks atomic.Pointer[[]*[symChunkSize]string] // by number

	mu sync.Mutex
	// mu guards the field below and every addition to those above.
	n uint32
}

// A symIndex is an open-addressing hash table: the slot of a name holds its
// Sym, 0 if free. Slots are only ever filled. A slot is looked for from the hash in
// it on, so that the names need not be there to make a larger table.
type symIndex struct {
	slots []atomic.Uint64 // upper half: that of the hash, lower half: Sym
	mask  uint32
}

// NewSymbols returns a table that holds the names of the grammar and then
// preset, whose numbers follow each other from [FirstPreset]. It keeps these
// strings.
func NewSymbols(preset ...string) *Symbols {
	t := &Symbols{seed: maphash.MakeSeed()}
	t.index.Store(newSymIndex(4096))
	t.chunks.Store(&[]*[symChunkSize]string{new([symChunkSize]string)})
	for _, s := range grammarNames {
		t.keep(s)
	}
	for _, s := range preset {
		t.keep(s)
	}
	return t
}

// keep is Intern for a name that need not be copied.
func (t *Symbols) keep(s string) {
	if h := maphash.String(t.seed, s); t.find(s, h) == 0 {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.addLocked(s, h)
	}
}

// FirstPreset is the number of the first preset name of [NewSymbols]
// (if preset names neither repeat nor are names of the grammar).
const FirstPreset = firstFreeSym

func newSymIndex(size int) *symIndex {
	return &symIndex{slots: make([]atomic.Uint64, size), mask: uint32(size - 1)}
}

// Intern returns the number of s, which it adds if it is new.
// The table keeps a copy of s, not s itself.
func (t *Symbols) Intern(s string) Sym {
	h := maphash.String(t.seed, s)
	if y := t.find(s, h); y != 0 {
		return y
	}
	return t.add(s, h)
}

// Lookup returns the number of s, or 0 if s was never interned.
func (t *Symbols) Lookup(s string) Sym {
	return t.find(s, maphash.String(t.seed, s))
}

// Name returns the name with number y. It panics if y is not of this table.
func (t *Symbols) Name(y Sym) string {
	i := uint32(y) - 1
	return (*t.chunks.Load())[i>>symChunkBits][i&(symChunkSize-1)]
}

// Len returns how many names there are: their numbers are 1 to Len.
func (t *Symbols) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int(t.n)
}

func (t *Symbols) find(s string, h uint64) Sym {
	ix := t.index.Load()
	tag := h &^ 0xffffffff
	for i := uint32(h >> 32); ; i++ {
		slot := ix.slots[i&ix.mask].Load()
		if slot == 0 {
			return 0
		}
		if slot&^0xffffffff == tag && t.Name(Sym(slot)) == s {
			return Sym(slot)
		}
	}
}

func (t *Symbols) add(s string, h uint64) Sym {
	t.mu.Lock()
	defer t.mu.Unlock()
	if y := t.find(s, h); y != 0 {
		return y
	}
	return t.addLocked(strings.Clone(s), h)
}

// addLocked adds a name that is not there, and keeps s.
func (t *Symbols) addLocked(s string, h uint64) Sym {
	ix := t.index.Load()
	if 2*t.n >= uint32(len(ix.slots)) {
		ix = t.reindex(2 * len(ix.slots))
	}
	chunks := *t.chunks.Load()
	if int(t.n>>symChunkBits) == len(chunks) {
		more := append(chunks[:len(chunks):len(chunks)], new([symChunkSize]string))
		t.chunks.Store(&more)
		chunks = more
	}
	chunks[t.n>>symChunkBits][t.n&(symChunkSize-1)] = s
	t.n++
	ix.put(h&^0xffffffff | uint64(t.n))
	return Sym(t.n)
}

// Truncate forgets all names but the first n. Nobody may use those any more, nor the
// table meanwhile.
func (t *Symbols) Truncate(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	chunks := *t.chunks.Load()
	for i := uint32(n); i < t.n; i++ {
		chunks[i>>symChunkBits][i&(symChunkSize-1)] = ""
	}
	t.n = min(t.n, uint32(n))
	t.reindex(len(t.index.Load().slots))
}

// reindex publishes an index of size slots, a power of two. Readers of the old one at
// worst miss a name and then come to add, which looks again under the lock.
func (t *Symbols) reindex(size int) *symIndex {
	ix := newSymIndex(size)
	old := t.index.Load().slots
	for i := range old {
		if slot := old[i].Load(); slot != 0 && uint32(slot) <= t.n {
			ix.put(slot)
		}
	}
	t.index.Store(ix)
	return ix
}

func (ix *symIndex) put(slot uint64) {
	i := uint32(slot >> 32)
	for ix.slots[i&ix.mask].Load() != 0 {
		i++
	}
	ix.slots[i&ix.mask].Store(slot)
}
