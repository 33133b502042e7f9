package eval

import (
	"sync"
	"sync/atomic"
)

// A thunkNode is an expression that thunks refer to by its index.
type thunkNode struct {
	node   node
	room   int     // bytes of Go stack to evaluate it
	lambda *lambda // of a lambdaNode
}

const (
	nodeChunkBits = 10
	nodeChunkSize = 1 << nodeChunkBits
)

type nodeChunk [nodeChunkSize]thunkNode

// A nodeTable numbers the expressions that can be delayed, in chunks. It only
// grows. An index is never seen before its entry is there, so what has been
// read of the table stays good. Safe for concurrent use.
type nodeTable struct {
	chunks atomic.Pointer[[]*nodeChunk]
	mu     sync.Mutex
	// mu guards the fields below.
	n       int // entries
	lambdas long[*lambda]
	units   long[unit] // by first
}

func (t *nodeTable) init() {
	t.chunks.Store(&[]*nodeChunk{new(nodeChunk)})
	t.n = 1 // index 0 is not used
	t.lambdas.append(&lambda{late: &lateContext{}})
}

func (t *nodeTable) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.n - 1
}

// view returns the chunks as far as they have been filled.
func (t *nodeTable) view() []*nodeChunk { return *t.chunks.Load() }

// add enters a node and returns the n of thunks of it.
func (t *nodeTable) add(n node, room int) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.put(thunkNode{node: n, room: room})
}

// addTagged enters nodes and tells them the n of thunks of them.
func (t *nodeTable) addTagged(nodes []tagging, u unit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(nodes) > 0 {
		u.first = uint64(t.n)
		t.units.append(u)
	}
	for _, n := range nodes {
		entry := thunkNode{node: n.node, room: n.room}
		if l, ok := n.node.(*lambdaNode); ok {
			entry.lambda = l.lambda
			t.number(l.lambda)
		}
		n.node.setTag(t.put(entry))
	}
}

// put enters a node; the caller holds mu.
func (t *nodeTable) put(entry thunkNode) uint64 {
	if t.n>>nodeChunkBits == len(*t.chunks.Load()) {
		chunks := append(*t.chunks.Load(), new(nodeChunk))
		t.chunks.Store(&chunks)
	}
	(*t.chunks.Load())[t.n>>nodeChunkBits][t.n%nodeChunkSize] = entry
	t.n++
	return uint64(t.n-1)<<8 | rawThunk
}

// maxLambdas is how many functions the frames of a force stack can tell apart.
// Traces call those beyond it anonymous.
const maxLambdas = 1 << 24

// number gives a function its number in frames; the caller holds mu.
func (t *nodeTable) number(l *lambda) {
	l.tag = tagLambda
	if n := t.lambdas.n; n < maxLambdas {
		l.tag |= uint64(n) << 8
		t.lambdas.append(l)
	}
}

// called returns the function of a tagLambda frame.
func (t *nodeTable) called(f frame) *lambda {
	t.mu.Lock()
	defer t.mu.Unlock()
	return *t.lambdas.at(int(f.n >> 8 & (maxLambdas - 1)))
}

// A long list grows by pieces, which stay where they are.
type long[T any] struct {
	pieces []*[longPiece]T
	n      int
}

const longPiece = 256

func (l *long[T]) append(v T) {
	if l.n%longPiece == 0 {
		l.pieces = append(l.pieces, new([longPiece]T))
	}
	l.n++
	*l.at(l.n - 1) = v
}

func (l *long[T]) at(i int) *T { return &l.pieces[i/longPiece][i%longPiece] }
