package eval

import (
	"strings"
	"sync"
	"sync/atomic"

	"nixbench/engine/syntax"
)

// The modules of a NixOS are a list of some two thousand paths. They are imported one after
// the other, which takes long, and next to no time to evaluate then. So where a list is
// evaluated that holds many paths of expressions, idle workers read them: from the end of the
// list, until they meet who began at its front. Nothing is evaluated that is not wanted, and
// what is wrong with a file is found again by who imports it.

// minReadAhead is how many paths of expressions a list has that is read ahead.
const minReadAhead = 8

// A filesNode is a list that holds many paths of expressions.
type filesNode struct {
	listNode
	files []string
	begun atomic.Bool
}

func (n *filesNode) Eval(s *State, fr *Value) Value {
	if s.Shares() && (s.crew != nil || s.mayOffer()) && n.begun.CompareAndSwap(false, true) {
		s.crew.offer(s.readingAhead(n.files))
	}
	return n.listNode.Eval(s, fr)
}

// list compiles a list that is not empty.
func (c *compiler) list(e *syntax.List) node {
	list := listNode{elems: c.all(e.Elems)}
	if c.ev.cores > 1 && len(e.Elems) >= minReadAhead {
		var files []string
		for _, elem := range e.Elems {
			if p, ok := elem.(*syntax.Path); ok && strings.HasSuffix(p.Value, ".nix") {
				files = append(files, p.Value)
			}
		}
		if len(files) >= minReadAhead {
			return c.counting(&filesNode{listNode: list, files: files}, avoided(e.Elems...))
		}
	}
	return c.counting(&list, avoided(e.Elems...))
}

// readingAhead returns the reading of files as parts of which nobody takes any.
func (s *State) readingAhead(files []string) *lead {
	return &lead{
		parts: make([]atomic.Uint64, len(files)), depth: s.depth, room: s.room,
		run: func(s *State, i int) {
			n := s.imported(s.resolveImport(files[len(files)-1-i])).node
			n.ahead.read(s, n.path)
		},
	}
}

// A readAhead is what a worker made of a file before it was evaluated. It is safe for
// concurrent use.
type readAhead struct {
	mu   sync.Mutex // held while a worker reads it, too
	over bool       // who evaluates it is or was there
	root node       // nil unless it was read
	size int
}

// read reads a file that nobody wanted yet.
func (a *readAhead) read(s *State, file string) {
	if !a.mu.TryLock() {
		return // another worker reads it
	}
	defer a.mu.Unlock()
	if !a.over && a.root == nil {
		a.root, a.size = s.readNode(file, nil)
	}
}

// take returns what was read, if it was, for who is going to evaluate it. It waits for a worker
// that is reading it, which is no longer than reading it oneself.
func (a *readAhead) take() (root node, size int, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	root, a.root, a.over = a.root, nil, true
	return root, a.size, root != nil
}
