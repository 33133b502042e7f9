package engine

import "nixbench/store"

// Reader returns all stores as one, for questions about paths: each path is
// that of the store that has it, Store before Machine.
func (e *Engine) Reader() store.Reader { return bothStores{e} }
