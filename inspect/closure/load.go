package closure

import (
	"context"
	"fmt"

	"nixbench/store"
)

// Load returns the closure of roots in a store. Errors are those of [New] and of the
// store.
func Load(ctx context.Context, st *store.Lookup, roots ...store.Path) (*Graph, error) {
	g, err := st.Closure(ctx, roots...)
	if err != nil {
		return nil, fmt.Errorf("load closure: %w", err)
	}
	return New(g, roots...)
}
