package builds

// This file gives builds their memory. Of a hundred thousand builds, what each has to itself
// is what Go looks at whenever it collects garbage, for which keys wait: so theirs lie
// together.

// fewUsers is how many builds mostly need another, at most.
const fewUsers = 2

// The portions in which memory is taken. One stays as long as a build in it does.
const (
	nodePortion = 16
	listPortion = 512
)

// A memory is what was taken and is not given yet.
type memory struct {
	nodes []node
	lists []*node
}

func (m *memory) node() *node {
	if len(m.nodes) == 0 {
		m.nodes = make([]node, nodePortion)
	}
	n := &m.nodes[0]
	m.nodes = m.nodes[1:]
	return n
}

// list returns an empty list with room for n builds, nil for none.
func (m *memory) list(n int) []*node {
	if n == 0 || n > listPortion/8 {
		return nil
	}
	if len(m.lists) < n {
		m.lists = make([]*node, listPortion)
	}
	list := m.lists[:0:n]
	m.lists = m.lists[n:]
	return list
}
