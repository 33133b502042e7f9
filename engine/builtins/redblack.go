package builtins

// topOfTree returns which of n different keys is at the top of a red-black tree
// that they were inserted in, in order, as into the maps of C++. It is what a
// further key is compared with first.
func topOfTree(n int, less func(i, j int) bool) int {
	t := redBlack{nodes: make([]redBlackNode, n+1)}
	for i := 1; i <= n; i++ {
		parent, at := 0, t.root
		for at != 0 {
			parent = at
			at = t.nodes[at].child[side(!less(i-1, at-1))]
		}
		t.nodes[i] = redBlackNode{parent: parent, red: true}
		if parent == 0 {
			t.root = i
		} else {
			t.nodes[parent].child[side(!less(i-1, parent-1))] = i
		}
		t.balance(i)
	}
	return t.root - 1
}

// A redBlack tree has its nodes by number, from 1 on; 0 is none.
type redBlack struct {
	root  int
	nodes []redBlackNode
}

type redBlackNode struct {
	parent int
	child  [2]int
	red    bool
}

func side(right bool) int {
	if right {
		return 1
	}
	return 0
}

// balance restores the colours after a red node has been put in.
func (t *redBlack) balance(x int) {
	nodes := t.nodes
	for x != t.root && nodes[nodes[x].parent].red {
		parent := nodes[x].parent
		grand := nodes[parent].parent
		s := side(nodes[grand].child[1] == parent)
		if uncle := nodes[grand].child[1-s]; uncle != 0 && nodes[uncle].red {
			nodes[parent].red, nodes[uncle].red, nodes[grand].red = false, false, true
			x = grand
			continue
		}
		if nodes[parent].child[1-s] == x {
			x = parent
			t.rotate(x, s)
			parent = nodes[x].parent
		}
		nodes[parent].red, nodes[grand].red = false, true
		t.rotate(grand, 1-s)
	}
	nodes[t.root].red = false
}

// rotate puts the child of x on the other side than s in its place, and x on side s
// below it.
func (t *redBlack) rotate(x, s int) {
	nodes := t.nodes
	y := nodes[x].child[1-s]
	inner := nodes[y].child[s]
	nodes[x].child[1-s] = inner
	if inner != 0 {
		nodes[inner].parent = x
	}
	parent := nodes[x].parent
	nodes[y].parent = parent
	if parent == 0 {
		t.root = y
	} else {
		nodes[parent].child[side(nodes[parent].child[1] == x)] = y
	}
	nodes[y].child[s] = x
	nodes[x].parent = y
}
