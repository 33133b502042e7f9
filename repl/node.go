package repl

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"nixbench/engine/eval"
	"nixbench/repl/text"
	"nixbench/store"
)

// maxText is how many bytes of a value's line interfaces get.
const maxText = 4096

func (s *sitting) children(ctx context.Context, h Handle, from, n int) ([]Node, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	it, err := s.lookup(h)
	if err != nil {
		return nil, err
	}
	if it.value, err = s.ev.Force(ctx, it.value); err != nil {
		return nil, err
	}
	var nodes []Node
	for _, child := range s.ev.Children(it.value, from, n) {
		nodes = append(nodes, s.child(it, child))
	}
	return nodes, nil
}

// errHandle reports a handle that the session does not know, or no longer.
var errHandle = errors.New("this value belongs to an earlier session")

func (s *sitting) lookup(h Handle) (handled, error) {
	it, ok := s.handles[h]
	if !ok {
		return handled{}, errHandle
	}
	return it, nil
}

// force evaluates nodes and describes them again, as many as there is time for.
func (s *sitting) force(ctx context.Context, hs []Handle) ([]Node, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	var nodes []Node
	for _, h := range hs {
		it, err := s.lookup(h)
		if err != nil {
			return nodes, err
		}
		snap, err := s.ev.Expand(ctx, it.value)
		if err != nil {
			break // there is no more time
		}
		node := s.describeNode(h, it)
		if snap.Err != nil {
			node.Kind, node.Text = NodeError, text.SanitiseName(snap.Text)
			node.Count, node.HasChildren = 0, false
		}
		nodes = append(nodes, node)
	}
	return nodes, nil
}

// child describes a child without forcing it.
func (s *sitting) child(parent handled, child eval.Child) Node {
	it := handled{value: child.Value, pos: child.Pos}
	label := child.Name
	if parent.value.Kind() == eval.KindList {
		it.attrPath = fmt.Sprintf("builtins.elemAt (%s) %d", parent.attrPath, child.Index)
		label = fmt.Sprintf("[%d]", child.Index)
	} else {
		it.attrPath = selection(parent.attrPath) + "." + eval.QuoteName(child.Name)
	}
	node := s.node(it)
	node.Label = text.SanitiseName(label)
	return node
}

// selection puts an expression into parentheses unless it can be selected from.
func selection(expr string) string {
	if strings.Contains(expr, " ") {
		return "(" + expr + ")"
	}
	return expr
}

// expand forces a value and describes it.
func (s *sitting) expand(ctx context.Context, it handled) (Node, error) {
	snap, err := s.ev.Expand(ctx, it.value)
	if err != nil {
		return Node{}, err
	}
	if snap.Err != nil {
		return Node{}, snap.Err
	}
	return s.node(it), nil
}

// node describes a value as it is now, and gives it a handle.
func (s *sitting) node(it handled) Node {
	h := Handle(s.handle.Add(1))
	s.handles[h] = it
	return s.describeNode(h, it)
}

// describeNode describes the value of a handle as it is now.
func (s *sitting) describeNode(h Handle, it handled) Node {
	snap := s.ev.Snapshot(it.value)
	node := Node{
		Handle: h, Kind: nodeKind(snap), Text: s.line(snap),
		Count: snap.Children, HasChildren: snap.Children > 0, AttrPath: it.attrPath,
		Store: store.Path(snap.DrvPath),
	}
	if snap.Kind == eval.KindThunk {
		node.Count, node.HasChildren = -1, true
	}
	if node.Store == "" {
		node.Store = storePathIn(snap)
	}
	pos := it.pos
	if snap.Kind == eval.KindLambda {
		if at, ok := s.ev.FunctionPos(it.value); ok {
			pos = at
		}
	}
	if at := s.ev.Position(pos); at.Line > 0 && strings.HasPrefix(at.Name, "/") {
		node.File, node.Line = at.Name, at.Line
	}
	return node
}

// line is the text of a value on one line: sets and lists by their size, other
// values as they print.
func (s *sitting) line(snap eval.Snapshot) string {
	switch {
	case snap.DrvPath != "":
		return text.SanitiseName(snap.Text)
	case snap.Kind == eval.KindAttrs && snap.Children > 0:
		return fmt.Sprintf("{ %s }", text.Plural(snap.Children, "attr"))
	case snap.Kind == eval.KindList && snap.Children > 0:
		return fmt.Sprintf("[ %s ]", text.Plural(snap.Children, "item"))
	}
	return text.SanitiseName(snap.Text[:min(len(snap.Text), maxText)])
}

func nodeKind(snap eval.Snapshot) NodeKind {
	switch snap.Kind {
	case eval.KindNull:
		return NodeNull
	case eval.KindBool:
		return NodeBool
	case eval.KindInt, eval.KindFloat:
		return NodeNumber
	case eval.KindString:
		return NodeString
	case eval.KindPath:
		return NodePath
	case eval.KindList:
		return NodeList
	case eval.KindAttrs:
		if snap.DrvPath != "" {
			return NodeDerivation
		}
		return NodeSet
	case eval.KindLambda:
		return NodeLambda
	case eval.KindBuiltin:
		return NodeBuiltin
	case eval.KindThunk:
		if snap.Err != nil {
			return NodeError
		}
		return NodeThunk
	}
	return NodeOther
}

// storePathIn returns the store path that a string is, "" if it is none.
func storePathIn(snap eval.Snapshot) store.Path {
	if snap.Kind != eval.KindString || len(snap.Context) != 1 {
		return ""
	}
	return snap.Context[0].Path()
}

func (s *sitting) valueText(ctx context.Context, h Handle) (string, error) {
	end, err := s.begin(ctx)
	if err != nil {
		return "", err
	}
	defer end()
	it, err := s.lookup(h)
	if err != nil {
		return "", err
	}
	return s.print(ctx, it.value, eval.PrintOptions{Force: true, Indent: 2})
}

// print evaluates and prints a value; a string is printed as it is.
func (s *sitting) print(ctx context.Context, v eval.Value, opts eval.PrintOptions) (out string, err error) {
	err = s.ev.Do(ctx, func(st *eval.State) {
		v := st.ForceCtx(v, "")
		if v.Kind() == eval.KindString {
			out, _ = st.ForceString(v, "")
			return
		}
		out = st.Print(v, opts)
	})
	return out, err
}
