package repl

// This file asks the session for what is in values: a page of children at
// a time, and then what those are that have not been evaluated.

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/tui"
)

// forceTime bounds the evaluation of children that nobody asked for by name.
const forceTime = 2 * time.Second

// A job asks for a page of a node's children, or evaluates those that are shown.
type job struct {
	node    *node
	force   bool
	refresh bool // the node is a derivation: is it built now?
}

// found is what a job brings.
type found struct {
	self   *tui.Node // what the node is, now that it is evaluated
	kids   []tui.Node
	asked  int
	forced []tui.Node
}

// serve carries out what was asked for since the last time: one thing after another,
// beside the input that is carried out.
func (s *Screen) serve() tea.Cmd {
	for _, n := range s.log.wanted {
		s.jobs = append(s.jobs, job{node: n})
	}
	s.log.wanted = nil
	if s.work.Pending() || len(s.jobs) == 0 {
		return nil
	}
	s.job = s.jobs[0]
	s.jobs = s.jobs[1:]
	switch {
	case s.job.force:
		return s.force(s.job.node)
	case s.job.refresh:
		return s.lookAgain(s.job.node)
	}
	return s.expand(s.job.node)
}

func (s *Screen) expand(n *node) tea.Cmd {
	b, h, thunk := s.env.Backend, n.Handle, n.Kind == tui.NodeThunk
	from, size := len(n.kids), n.page()
	return tui.Ask(s.env, &s.work, func(ctx context.Context) (f found, err error) {
		f.asked = size
		if thunk {
			nodes, err := b.Force(ctx, h)
			if err != nil || len(nodes) == 0 {
				return f, err
			}
			f.self = &nodes[0]
			if !f.self.HasChildren {
				return f, nil
			}
		}
		f.kids, err = b.Expand(ctx, h, from, size)
		return f, err
	})
}

func (s *Screen) force(n *node) tea.Cmd {
	b := s.env.Backend
	var hs []tui.Handle
	for _, k := range n.thunks() {
		hs = append(hs, k.Handle)
	}
	return tui.Ask(s.env, &s.work, func(ctx context.Context) (f found, err error) {
		ctx, cancel := context.WithTimeout(ctx, forceTime)
		defer cancel()
		f.forced, err = b.Glance(ctx, hs...)
		return f, err
	})
}

// worked takes what a job has brought.
func (s *Screen) worked(msg tui.Answer[found]) tea.Cmd {
	if !msg.For(&s.work) {
		return nil
	}
	n, f := s.job.node, msg.Value
	n.entry.stale = true
	switch {
	case s.job.force:
		takeForced(n, f.forced)
		return nil
	case s.job.refresh:
		if msg.Err == nil {
			n.takeAgain(f)
		}
		return nil
	}
	n.asked = false
	switch {
	case msg.Err != nil:
		n.wrong = text.PlainLine(msg.Err.Error())
		return nil
	case f.self != nil:
		n.become(*f.self)
		if !n.HasChildren {
			n.open = false
			return nil
		}
	}
	first := !n.known
	n.add(f.kids, f.asked)
	if first && !s.Typing() {
		s.bringIntoView(n)
	}
	if len(n.thunks()) > 0 {
		s.jobs = append(s.jobs, job{node: n, force: true})
	}
	return nil
}

// maxRefreshed is how many derivations are looked at again when the store has changed:
// the newest.
const maxRefreshed = 100

// refresh looks again at the derivations that are shown: they may have been built.
func (s *Screen) refresh() {
	s.jobs = slices.DeleteFunc(s.jobs, func(j job) bool { return j.refresh })
	n := 0
	for _, e := range slices.Backward(s.log.entries) {
		if e.root != nil {
			s.refreshBelow(e.root, &n)
		}
		if n >= maxRefreshed {
			return
		}
	}
}

func (s *Screen) refreshBelow(n *node, count *int) {
	if n.Kind == tui.NodeDerivation && n.Note != "" && *count < maxRefreshed {
		*count++
		s.jobs = append(s.jobs, job{node: n, refresh: true})
	}
	for _, k := range n.kids {
		s.refreshBelow(k, count)
	}
}

// lookAgain describes a derivation again, and its outputs if they are known.
func (s *Screen) lookAgain(n *node) tea.Cmd {
	b, h, outputs := s.env.Backend, n.Handle, 0
	for outputs < len(n.kids) && n.kids[outputs].Kind == tui.NodeOutput {
		outputs++
	}
	return tui.Ask(s.env, &s.work, func(ctx context.Context) (f found, err error) {
		if f.forced, err = b.Force(ctx, h); err == nil && outputs > 0 {
			f.kids, err = b.Expand(ctx, h, 0, outputs)
		}
		return f, err
	})
}

// takeAgain takes what a derivation and its outputs are now.
func (n *node) takeAgain(f found) {
	if len(f.forced) == 1 {
		n.become(f.forced[0])
	}
	for i, k := range f.kids {
		if i < len(n.kids) && n.kids[i].Label == k.Label {
			n.kids[i].Node = k
		}
	}
}

// become takes what an evaluated node is; what the parent knew of it stays.
func (n *node) become(now tui.Node) {
	now.Label = n.Label
	if now.AttrPath == "" || n.AttrPath != "" {
		now.AttrPath = n.AttrPath
	}
	n.Node = now
}

func takeForced(n *node, forced []tui.Node) {
	for _, now := range forced {
		for _, k := range n.thunks() {
			if k.Handle == now.Handle {
				k.become(now)
				break
			}
		}
	}
}

// busyWork tells whether something is asked for.
func (s *Screen) busyWork() bool { return s.work.Pending() || len(s.jobs) > 0 }

// yield lets the input that begins come first: what is asked for of values is asked
// for again, beside it.
func (s *Screen) yield() tea.Cmd {
	if s.work.Pending() {
		s.jobs = append([]job{s.job}, s.jobs...)
		s.work.Cancel()
	}
	if s.copying.Pending() {
		return s.ask(s.asked.node, s.asked.title)
	}
	return nil
}

// cancelWork gives up what is being asked for; what was opened for it closes.
func (s *Screen) cancelWork() {
	if s.work.Pending() {
		s.jobs = append(s.jobs, s.job)
	}
	s.work.Cancel()
	for _, j := range s.jobs {
		j.node.entry.stale = true
		j.node.asked = false
		if !j.force && !j.refresh && !j.node.known {
			j.node.open = false
		}
	}
	s.jobs = nil
}

// bringIntoView scrolls so far that what has just been unfolded is seen, if the
// cursor is on it: of a trace, the cursor goes to the first step.
func (s *Screen) bringIntoView(n *node) {
	s.layOut()
	at, ok := s.list.Selected()
	if !ok || at >= len(s.log.lines) || s.log.lines[at].node != n {
		return
	}
	key, last, lines := s.log.lines[at].key, at, s.log.lines
	for i := at + 1; i < len(lines) && lines[i].entry == n.entry; i++ {
		if m := lines[i].node; m != nil && (m == n || m.below(n)) {
			last = i
			if n == n.entry.steps && m.index == 0 && m.parent == n {
				at, key = i, lines[i].key
			}
		}
	}
	s.list.Select(key)
	s.list.Reveal(lines[last].key)
}

// below tells whether n is in what another node unfolds to.
func (n *node) below(other *node) bool {
	for p := n.parent; p != nil; p = p.parent {
		if p == other {
			return true
		}
	}
	return false
}
