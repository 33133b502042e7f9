package repl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/eval"
	"nixbench/repl/text"
	"nixbench/store"
)

// maxText is how many bytes of a value's line interfaces get.
const maxText = 4096

func (s *sitting) children(ctx context.Context, h Handle, from, n int) ([]Node, error) {
	s, end, err := s.beginLook(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	it, err := s.handles.lookup(h)
	switch {
	case err != nil:
		return nil, err
	case it.steps != nil:
		return s.traceChildren(ctx, it, from, n), nil
	case it.options != nil:
		return s.optionChildren(ctx, it, from, n), nil
	}
	v, err := s.ev.Force(ctx, it.value)
	switch {
	case err != nil && it.option != nil && ctx.Err() == nil: // what it is for is known for all that
		return it.inside[min(from, len(it.inside)):min(from+n, len(it.inside))], nil
	case err != nil:
		return nil, err
	}
	it.value = v
	if it.inside == nil {
		it.inside = s.inside(ctx, it, s.ev.Snapshot(it.value))
	}
	nodes := slices.Clone(it.inside[min(from, len(it.inside)):min(from+n, len(it.inside))])
	from = max(from-len(it.inside), 0)
	for _, child := range s.valueChildren(it.value, from, n-len(nodes)) {
		nodes = append(nodes, s.child(ctx, it, child))
	}
	return nodes, nil
}

// traceChildren are the steps of an error, or what is in one of them.
func (s *sitting) traceChildren(ctx context.Context, it *handled, from, n int) []Node {
	if it.at >= 0 {
		return s.stepChildren(ctx, it, from, n)
	}
	var nodes []Node
	for i := from; i < min(from+n, len(it.steps)); i++ {
		nodes = append(nodes, s.stepNode(it.steps, i))
	}
	return nodes
}

// firstAttrs are the attributes of a derivation that are listed before the others.
var firstAttrs = []string{"name", "pname", "version", "system", "meta", "passthru", "override", "overrideAttrs"}

// valueChildren are the attributes or items of a value: those of a derivation
// with what people look for first.
func (s *sitting) valueChildren(v eval.Value, from, n int) []eval.Child {
	if n <= 0 {
		return nil
	}
	if v.Kind() != eval.KindAttrs || s.ev.Snapshot(v).DrvPath == "" {
		return s.ev.Children(v, from, n)
	}
	all := s.ev.Children(v, 0, v.Attrs().Len())
	rank := func(c eval.Child) int {
		if i := slices.Index(firstAttrs, c.Name); i >= 0 {
			return i
		}
		return len(firstAttrs)
	}
	slices.SortStableFunc(all, func(a, b eval.Child) int { return rank(a) - rank(b) })
	return all[min(from, len(all)):min(from+n, len(all))]
}

// force evaluates nodes and describes them again, as many as there is time for.
func (s *sitting) force(ctx context.Context, hs []Handle) ([]Node, error) {
	return s.forceBy(ctx, hs, (*eval.Evaluator).Expand)
}

// glance is force that builds nothing.
func (s *sitting) glance(ctx context.Context, hs []Handle) ([]Node, error) {
	return s.forceBy(ctx, hs, (*eval.Evaluator).Glance)
}

// noteUnbuilt is said of a value for which something has to be built.
const noteUnbuilt = "needs a build"

// expansion is how a value is evaluated to be described.
type expansion func(*eval.Evaluator, context.Context, eval.Value) (eval.Snapshot, error)

func (s *sitting) forceBy(ctx context.Context, hs []Handle, expand expansion) ([]Node, error) {
	s, end, err := s.beginLook(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	var nodes []Node
	for _, h := range hs {
		it, err := s.handles.lookup(h)
		if err != nil {
			return nodes, err
		}
		snap, err := expand(s.ev, ctx, it.value)
		mustBuild := errors.Is(err, eval.ErrMustBuild)
		if err != nil && !mustBuild {
			break // there is no more time
		}
		node := s.describeNode(ctx, h, it)
		switch {
		case mustBuild:
			node.Note = noteUnbuilt
		case it.option != nil && snap.Err != nil:
			s.describeOption(ctx, &node, it, text.SanitiseName(snap.Text))
		case snap.Err != nil:
			failed := s.errorNode(snap.Err)
			if it, err := s.handles.lookup(failed.Handle); err == nil {
				s.handles.set(h, it)
			}
			node.Kind, node.Text = NodeError, text.SanitiseName(snap.Text)
			node.Count, node.HasChildren = failed.Count, failed.HasChildren
		}
		nodes = append(nodes, node)
	}
	return nodes, nil
}

// child describes a child without forcing it.
func (s *sitting) child(ctx context.Context, parent *handled, child eval.Child) Node {
	it := &handled{value: child.Value, pos: child.Pos}
	label := child.Name
	if parent.value.Kind() == eval.KindList {
		it.attrPath = fmt.Sprintf("builtins.elemAt (%s) %d", parent.attrPath, child.Index)
		label = fmt.Sprintf("[%d]", child.Index)
	} else {
		it.attrPath = selection(parent.attrPath) + "." + eval.QuoteName(child.Name)
	}
	node := s.node(ctx, it)
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
func (s *sitting) expand(ctx context.Context, it *handled) (Node, error) {
	snap, err := s.ev.Expand(ctx, it.value)
	if err != nil {
		return Node{}, err
	}
	if snap.Err != nil {
		return Node{}, snap.Err
	}
	return s.node(ctx, it), nil
}

// node describes a value as it is now, and gives it a handle.
func (s *sitting) node(ctx context.Context, it *handled) Node {
	h := Handle(s.handle.Add(1))
	s.handles.set(h, it)
	return s.describeNode(ctx, h, it)
}

// describeNode describes the value of a handle as it is now.
func (s *sitting) describeNode(ctx context.Context, h Handle, it *handled) Node {
	snap := s.ev.Snapshot(it.value)
	it.inside = s.inside(ctx, it, snap)
	count := len(it.inside) + snap.Children
	node := Node{
		Handle: h, Kind: nodeKind(snap), Text: s.line(snap),
		Count: count, HasChildren: count > 0, AttrPath: it.attrPath,
		Store: store.Path(snap.DrvPath),
	}
	if snap.Kind == eval.KindAttrs && snap.DrvPath == "" && s.isDerivation(ctx, it.value) {
		node.Kind, node.Text = NodeThunk, "«derivation»" // whose path is not known yet
	}
	if node.Kind == NodeThunk {
		node.Count, node.HasChildren = -1, true
	} else if it.option != nil {
		node.Count -= len(it.inside)
		s.describeOption(ctx, &node, it, "")
	}
	if node.Store == "" {
		node.Store = storePathIn(snap)
	}
	pos := it.pos
	switch snap.Kind {
	case eval.KindAttrs:
		if snap.DrvPath != "" {
			node.Note = statusOf(it.inside)
		}
	case eval.KindLambda:
		if at, ok := s.ev.FunctionPos(it.value); ok {
			pos = at
		}
		if l := s.ev.LambdaText(it.value); l != nil {
			node.Text = text.Cut(signature(l), maxText)
			node.Note = text.PlainLine(s.ev.Position(pos).String())
		}
	case eval.KindBuiltin:
		if b := it.value.Builtin(); b != nil {
			node.Note = text.SanitiseName(strings.Join(b.Args, " "))
		}
	}
	if at := s.ev.Position(pos); at.Line > 0 && strings.HasPrefix(at.Name, "/") {
		node.File, node.Line = at.Name, at.Line
	}
	return node
}

// isDerivation tells whether a set says that it is a derivation, as far as that is
// known.
func (s *sitting) isDerivation(ctx context.Context, set eval.Value) bool {
	set, err := s.ev.Force(ctx, set) // it is evaluated
	if err != nil || set.Kind() != eval.KindAttrs {
		return false
	}
	kind, ok := set.Attrs().GetName("type")
	return ok && s.ev.Snapshot(kind).Text == `"derivation"`
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
	s, end, err := s.beginLook(ctx)
	if err != nil {
		return "", err
	}
	defer end()
	it, err := s.handles.lookup(h)
	if err != nil {
		return "", err
	}
	return s.print(ctx, it.value, eval.PrintOptions{Force: true, Indent: 2})
}

// print evaluates and prints a value; a string is printed as it is. It also returns
// what it had printed when an error ended it.
func (s *sitting) print(ctx context.Context, v eval.Value, opts eval.PrintOptions) (out string, err error) {
	var b strings.Builder
	opts.Into = &b
	err = s.ev.Do(ctx, func(st *eval.State) {
		v := st.ForceCtx(v, "")
		if v.Kind() == eval.KindString {
			out, _ = st.ForceString(v, "")
			return
		}
		out = st.Print(v, opts)
	})
	if err != nil {
		out = b.String()
	}
	return out, err
}
