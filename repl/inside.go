package repl

// This file says what is in a value beside its attributes or items: the outputs
// of a derivation and whether they are there, what a string refers to, the
// arguments and the documentation of a function, and of an error the steps that
// led to it, each with its source and its variables.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/eval"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
	"nixbench/store"
)

// maxDocLines is how many lines of documentation are shown in a function.
const maxDocLines = 12

// inside returns the nodes before the children of an evaluated value.
func (s *sitting) inside(ctx context.Context, it *handled, snap eval.Snapshot) []Node {
	switch {
	case snap.DrvPath != "":
		return s.outputNodes(ctx, it, store.Path(snap.DrvPath))
	case snap.Kind == eval.KindString:
		return contextNodes(snap.Context)
	case snap.Kind == eval.KindLambda:
		return s.functionNodes(it.value)
	case snap.Kind == eval.KindBuiltin:
		return builtinNodes(it.value)
	}
	return nil
}

// What an output of a derivation is.
const (
	noteNotBuilt = "not built"
	noteValid    = "valid"
)

// outputNodes lists the outputs of a derivation. What the store does not tell is
// left out: looking at a value must not fail for that.
func (s *sitting) outputNodes(ctx context.Context, it *handled, drvPath store.Path) []Node {
	target := store.AllOutputsOf(drvPath)
	outputs, err := s.eng.FindOutputs(ctx, target)
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(outputs))
	for name := range outputs {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		switch {
		case (a == "out") != (b == "out"):
			if a == "out" {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	nodes := make([]Node, 0, len(names))
	for _, name := range names {
		n := Node{Label: text.SanitiseName(name), Kind: NodeOutput, Store: outputs[name], Text: string(outputs[name]), Note: noteNotBuilt}
		if it.attrPath != "" {
			n.AttrPath = selection(it.attrPath) + "." + eval.QuoteName(name)
		}
		switch info, err := s.pathInfo(ctx, n.Store); {
		case n.Store == "":
			n.Text, n.Note = "known when it is built", noteNotBuilt
		case err == nil:
			n.Note = noteValid + ", " + text.Bytes(info.NarSize)
		case !errors.Is(err, store.ErrInvalidPath):
			n.Note = ""
		}
		nodes = append(nodes, n)
	}
	return nodes
}

func (s *sitting) pathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	if p == "" {
		return nil, store.ErrInvalidPath
	}
	st, err := s.eng.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	return st.PathInfo(ctx, p)
}

// statusOf sums up outputs in a word or two.
func statusOf(outputs []Node) string {
	valid := 0
	for _, out := range outputs {
		if strings.HasPrefix(out.Note, noteValid) {
			valid++
		}
	}
	switch {
	case len(outputs) == 0:
		return ""
	case valid == 0:
		return noteNotBuilt
	case valid == len(outputs):
		return noteValid
	}
	return fmt.Sprintf("%d of %d outputs valid", valid, len(outputs))
}

// contextNodes lists what a string refers to.
func contextNodes(elems eval.StringContext) []Node {
	var nodes []Node
	for _, e := range elems {
		n := Node{Kind: NodeContext, Text: text.SanitiseName(string(e.Path())), Store: e.Path()}
		switch {
		case e.IsDrvDeep():
			n.Note = "derivation with its closure"
		case e.IsNested():
			n.Text, n.Note = text.SanitiseName(e.Display()), "output of what an output makes"
		case e.IsOutput():
			n.Note = "output " + text.SanitiseName(e.Output())
		default:
			n.Note = "store path"
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// functionNodes lists the documentation and the formals of a function.
func (s *sitting) functionNodes(v eval.Value) []Node {
	l := s.ev.LambdaText(v)
	if l == nil {
		return nil
	}
	var nodes []Node
	if at := s.ev.Position(l.At); at.File != nil {
		if comment, ok := at.File.Doc(l.At); ok {
			nodes = docNodes(docLines(comment))
		}
	}
	for _, f := range l.Formals {
		n := Node{Kind: NodeFormal, Label: text.SanitiseName(eval.SymName(f.Name)), Text: "required"}
		if f.Default != nil {
			n.Text = "optional"
			if src := s.defaultText(f.At); src != "" {
				n.Text = "? " + src
			}
		}
		nodes = append(nodes, n)
	}
	if l.Ellipsis {
		nodes = append(nodes, Node{Kind: NodeFormal, Label: "...", Text: "others are let through"})
	}
	return nodes
}

func docNodes(lines []DocLine) []Node {
	var nodes []Node
	for i, line := range lines {
		if i == maxDocLines {
			return append(nodes, Node{Kind: NodeDoc, Text: "... :doc shows the rest"})
		}
		n := Node{Kind: NodeDoc, Text: line.Text}
		if meaning, ok := strings.CutPrefix(line.Text, ": "); ok { // of what stands above
			n.Text = "  " + strings.TrimSpace(meaning)
		}
		if line.Code {
			n.Kind, n.Text = NodeSource, "  "+line.Text
		}
		nodes = append(nodes, n)
	}
	return nodes
}

func builtinNodes(v eval.Value) []Node {
	if b := v.Builtin(); b != nil && b.Doc != nil {
		return docNodes(docLines(b.Doc()))
	}
	return nil
}

// defaultText is the source of the default of the formal at a position, on one
// line; "" if it is not at hand.
func (s *sitting) defaultText(pos eval.Pos) string {
	at := s.ev.Position(pos)
	if at.File == nil || at.Offset >= len(at.File.Source()) {
		return ""
	}
	src := at.File.Source()[at.Offset:]
	scan := syntax.NewScanner(src[:min(len(src), maxText)])
	from, depth := -1, 0
	for {
		tok := scan.Next()
		switch tok.Kind {
		case syntax.EndOfFile, syntax.BadToken:
			return ""
		case syntax.Question:
			if from < 0 {
				from = int(tok.End)
			}
		case syntax.BraceOpen, syntax.BracketOpen, syntax.ParenOpen, syntax.DollarBrace:
			depth++
		case syntax.BracketClose, syntax.ParenClose:
			depth--
		case syntax.Comma, syntax.BraceClose:
			if depth == 0 {
				if from < 0 {
					return ""
				}
				return text.SanitiseName(strings.Join(strings.Fields(src[from:tok.Start]), " "))
			}
			if tok.Kind == syntax.BraceClose {
				depth--
			}
		}
	}
}

// signature is a function as it begins: "{ a, b ?, ... }@x: y: ..".
func signature(l *syntax.Lambda) string {
	var b strings.Builder
	for l != nil {
		arg := ""
		if l.Arg != 0 {
			arg = eval.SymName(l.Arg)
		}
		if l.HasFormals {
			var names []string
			for _, f := range l.Formals {
				name := eval.SymName(f.Name)
				if f.Default != nil {
					name += "?"
				}
				names = append(names, name)
			}
			if l.Ellipsis {
				names = append(names, "...")
			}
			fmt.Fprintf(&b, "{ %s }", strings.Join(names, ", "))
			if arg != "" {
				b.WriteString("@" + arg)
			}
		} else {
			b.WriteString(arg)
		}
		b.WriteString(": ")
		l, _ = l.Body.(*syntax.Lambda)
	}
	return text.SanitiseName(b.String() + "..")
}

// stepNode is a step of an error's trace, unfolding to its source and variables.
func (s *sitting) stepNode(steps []eval.Step, i int) Node {
	st := &steps[i]
	h := Handle(s.handle.Add(1))
	s.handles.set(h, &handled{steps: steps, at: i})
	n := Node{Handle: h, Kind: NodeFrame, Label: fmt.Sprint(i), Text: text.PlainLine(firstLine(st.Text)), Count: -1}
	if st.IsError {
		n.Text = "the error itself"
	}
	pos := stepPlace(steps, i)
	if pos.Line > 0 {
		n.Note, n.File, n.Line = text.PlainLine(pos.String()), file(pos), pos.Line
	}
	n.HasChildren = pos.Line > 0 || st.HasVariables()
	return n
}

// stepPlace is where a step is; of an error without a place of its own, where the
// step is that led to it.
func stepPlace(steps []eval.Step, i int) syntax.Position {
	if steps[i].IsError && steps[i].Pos.Line == 0 && i+1 < len(steps) {
		return steps[i+1].Pos
	}
	return steps[i].Pos
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}

// A stepItem is a line below a step: text, or a variable.
type stepItem struct {
	node     Node
	variable *eval.Variable
}

// stepChildren are the source at a step and its variables, scope by scope: n of
// them from number from on.
func (s *sitting) stepChildren(ctx context.Context, it *handled, from, n int) []Node {
	var items []stepItem
	st := &it.steps[it.at]
	for _, line := range excerpt(stepPlace(it.steps, it.at)) {
		items = append(items, stepItem{node: Node{Kind: NodeSource, Text: line}})
	}
	for _, level := range st.Levels() {
		switch {
		case level.Unknown:
			items = append(items, stepItem{node: Node{Kind: NodeDoc, Text: "with  (not evaluated yet)"}})
			continue
		case len(level.Names) == 0:
			continue
		}
		items = append(items, stepItem{node: Node{Kind: NodeDoc, Text: levelNames[level.Kind]}})
		for i := range level.Names {
			items = append(items, stepItem{variable: &level.Names[i]})
		}
	}
	var nodes []Node
	for _, it := range items[min(from, len(items)):min(from+n, len(items))] {
		if v := it.variable; v != nil {
			it.node = s.node(ctx, &handled{value: v.Value})
			it.node.Label = text.SanitiseName(v.Name)
		}
		nodes = append(nodes, it.node)
	}
	return nodes
}

// errorNode is an error that a value has instead of attributes.
func (s *sitting) errorNode(err *eval.Error) Node {
	h := Handle(s.handle.Add(1))
	steps := err.Steps()
	s.handles.set(h, &handled{steps: steps, at: -1})
	return Node{
		Handle: h, Kind: NodeError, Text: text.SanitiseName(firstLine(err.Msg)), Count: len(steps), HasChildren: len(steps) > 0,
	}
}
