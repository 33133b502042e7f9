// Package pending keeps derivations that were added to a store until they are
// written. Instantiation adds them by the thousand: they stay in memory until there
// are many or someone needs one to be valid for others, and are then written together.
package pending

import (
	"context"
	"fmt"
	"sync"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// What is pending is to be written when it reaches one of these.
const (
	Max      = 1000
	maxBytes = 16 << 20
)

// A Derivation is one that is not written yet. Nobody modifies it.
type Derivation struct {
	Drv  *drv.Derivation
	Text []byte // its ATerm
	Refs []store.Path
}

// New returns what is to be written of d, and where.
func New(dir store.Dir, d *drv.Derivation) (store.Path, Derivation, error) {
	add := Derivation{d, d.ATerm(), d.References()}
	p, err := dir.TextPath(d.Name+drv.Suffix, nixhash.Sum(nixhash.SHA256, add.Text), add.Refs)
	return p, add, err
}

// A Batch holds pending derivations, and which of those that are written stay valid. It
// is safe for concurrent use; its zero value is empty.
type Batch struct {
	flushing sync.Mutex // held while a batch is written

	mu      sync.Mutex // mu guards the fields below
	pending map[store.Path]Derivation
	bytes   int
	// writing is the batch that is being written; it is still pending for
	// those who ask.
	writing map[store.Path]Derivation
	// kept holds the derivations that were valid after this process had made
	// them temporary roots: they stay so.
	kept map[store.Path]bool
}

// Get returns a derivation that is pending.
func (b *Batch) Get(p store.Path) (Derivation, bool) {
	if !p.IsDerivation() {
		return Derivation{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.get(p)
}

func (b *Batch) get(p store.Path) (Derivation, bool) {
	if d, found := b.pending[p]; found {
		return d, true
	}
	d, found := b.writing[p]
	return d, found
}

// Has reports whether p is pending.
func (b *Batch) Has(p store.Path) bool {
	_, found := b.Get(p)
	return found
}

// Known reports whether p is pending, or kept.
func (b *Batch) Known(p store.Path) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, found := b.get(p)
	return found || b.kept[p]
}

// Keep notes that p is valid, and a temporary root.
func (b *Batch) Keep(p store.Path) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keep(p)
}

func (b *Batch) keep(p store.Path) {
	if b.kept == nil {
		b.kept = make(map[store.Path]bool)
	}
	b.kept[p] = true
}

// Forget drops what is kept, as it may be collected from now on.
func (b *Batch) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.kept)
}

// Add makes a derivation pending, and reports whether it is time to flush.
func (b *Batch) Add(p store.Path, d Derivation) (full bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.add(p, d)
	return len(b.pending) >= Max || b.bytes >= maxBytes
}

func (b *Batch) add(p store.Path, d Derivation) {
	if b.pending == nil {
		b.pending = make(map[store.Path]Derivation)
	}
	b.pending[p] = d
	b.bytes += len(d.Text)
}

// Flush has write make what is pending valid, and keeps it. Who calls it while another
// call is writing waits. After an error all is still pending.
func (b *Batch) Flush(ctx context.Context, write func(context.Context, map[store.Path]Derivation) error) error {
	b.mu.Lock()
	idle := len(b.pending) == 0 && b.writing == nil
	b.mu.Unlock()
	if idle {
		return nil
	}
	b.flushing.Lock()
	defer b.flushing.Unlock()
	b.mu.Lock()
	b.writing, b.pending, b.bytes = b.pending, nil, 0
	batch := b.writing
	b.mu.Unlock()
	var err error
	if len(batch) > 0 {
		err = write(ctx, batch)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writing = nil
	if err != nil {
		for p, d := range batch {
			b.add(p, d)
		}
		return fmt.Errorf("write derivations: %w", err)
	}
	for p := range batch {
		b.keep(p)
	}
	return nil
}
