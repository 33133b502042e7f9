package store

import (
	"context"
	"sync/atomic"
)

// A Progress tells how far the reading of a whole store has come. It is safe for
// concurrent use.
type Progress struct{ paths, allPaths, refs, allRefs atomic.Int64 }

// Paths returns how many paths were read, of how many at the most; 0 of 0 before that is
// known.
func (p *Progress) Paths() (read, of int64) { return p.paths.Load(), p.allPaths.Load() }

// References returns how many references were read, which come after the paths, of how
// many at the most.
func (p *Progress) References() (read, of int64) { return p.refs.Load(), p.allRefs.Load() }

// Begin says that so many more paths are to be read. A nil p takes no note of it.
func (p *Progress) Begin(paths int) {
	if p != nil {
		p.allPaths.Add(int64(paths))
	}
}

// Did says that so many more paths were read. A nil p takes no note of it.
func (p *Progress) Did(paths int) {
	if p != nil {
		p.paths.Add(int64(paths))
	}
}

type progressKey struct{}

// WithProgress returns a context whose calls of [Reader.Graph] report to p.
func WithProgress(ctx context.Context, p *Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, p)
}

// ProgressOf returns what calls with ctx report to, nil for nothing.
func ProgressOf(ctx context.Context) *Progress {
	p, _ := ctx.Value(progressKey{}).(*Progress)
	return p
}

// reportEvery is how many rows are read before they are reported.
const reportEvery = 1 << 10
