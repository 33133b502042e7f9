package repl

// This file shows options as trees: each unfolds to what it is for, where it is declared
// and defined, and to what is in its value.

import (
	"context"
	"strconv"
	"strings"

	"nixbench/engine/eval"
	"nixbench/repl/text"
)

// optionList describes options that were found; one alone is itself.
func (s *sitting) optionList(ctx context.Context, found []option, config string) Node {
	if len(found) == 1 {
		return s.optionNode(ctx, found[0], config)
	}
	h := Handle(s.handle.Add(1))
	s.handles.set(h, &handled{options: found, attrPath: config})
	return Node{Handle: h, Kind: NodeSet, Text: text.Plural(len(found), "option"), Count: len(found), HasChildren: true}
}

// optionNode describes an option by what it is set to.
func (s *sitting) optionNode(ctx context.Context, o option, config string) Node {
	it := &handled{option: &o}
	if v, ok := o.value.Attrs().GetName("value"); ok {
		it.value = v
	} else {
		it.value = eval.Null
	}
	if config != "" {
		it.attrPath = config + "." + o.path
	}
	node := s.node(ctx, it)
	node.Label = text.SanitiseName(o.path)
	return node
}

// optionChildren describes a page of options.
func (s *sitting) optionChildren(ctx context.Context, it *handled, from, n int) []Node {
	var nodes []Node
	for _, o := range it.options[min(from, len(it.options)):min(from+n, len(it.options))] {
		nodes = append(nodes, s.optionNode(ctx, o, it.attrPath))
	}
	return nodes
}

// aboutOption says what is to be known of an option besides its value. What cannot be
// evaluated is left out.
func (s *sitting) aboutOption(ctx context.Context, o *option) []Node {
	var nodes []Node
	say := func(label, said string) {
		if said != "" {
			nodes = append(nodes, Node{Label: label, Kind: NodeDoc, Text: text.Cut(text.SanitiseName(said), maxText)})
		}
	}
	if t, ok := s.attr(ctx, o.value, "type"); ok {
		say("type", s.textAttr(ctx, t, "description"))
	}
	say("default", s.defaultOf(ctx, o))
	example := s.valueAttr(ctx, o.value, "example")
	say("example", example)
	say("about", s.textAttr(ctx, o.value, "description"))
	if !s.places(ctx, o, "declarationPositions", "declared", &nodes) {
		s.places(ctx, o, "declarations", "declared", &nodes)
	}
	s.places(ctx, o, "files", "defined", &nodes)
	return nodes
}

// defaultOf is the text of an option's default, "" if it has none.
func (s *sitting) defaultOf(ctx context.Context, o *option) string {
	if said := s.textAttr(ctx, o.value, "defaultText"); said != "" {
		return said
	}
	return s.valueAttr(ctx, o.value, "default")
}

// valueAttr is an attribute as a line, or its text if it is a set with the text of one;
// "" if there is none.
func (s *sitting) valueAttr(ctx context.Context, set eval.Value, name string) string {
	v, ok := s.attr(ctx, set, name)
	if !ok {
		return ""
	}
	if v.Kind() == eval.KindAttrs {
		if said := s.textAttr(ctx, set, name); said != "" {
			return said
		}
	}
	return s.line(s.ev.Snapshot(v))
}

// places adds a node for each place that a list in an option names: files, or sets of
// a file and a line.
func (s *sitting) places(ctx context.Context, o *option, name, label string, nodes *[]Node) bool {
	list, ok := s.attr(ctx, o.value, name)
	if !ok || list.Kind() != eval.KindList {
		return false
	}
	const most = 10
	any := false
	for _, child := range s.ev.Children(list, 0, most) {
		v, err := s.ev.Force(ctx, child.Value)
		if err != nil {
			continue
		}
		n := Node{Label: label, Kind: NodePath}
		if v.Kind() == eval.KindAttrs {
			if line, ok := s.attr(ctx, v, "line"); ok && line.Kind() == eval.KindInt {
				n.Line = int(line.AsInt())
			}
			if v, ok = s.attr(ctx, v, "file"); !ok {
				continue
			}
		}
		file, err := s.print(ctx, v, eval.PrintOptions{})
		if err != nil || file == "" {
			continue
		}
		n.Text = text.PlainLine(file)
		if strings.HasPrefix(file, "/") {
			n.File = file
		}
		if n.Line > 0 {
			n.Text += ":" + strconv.Itoa(n.Line)
		}
		*nodes = append(*nodes, n)
		any = true
	}
	return any
}

// notSet tells whether an option has no value, as far as that is known.
func (s *sitting) notSet(ctx context.Context, o *option) bool {
	if _, ok := o.value.Attrs().GetName("value"); !ok {
		return true
	}
	is, ok := s.attr(ctx, o.value, "isDefined")
	return ok && is.Kind() == eval.KindBool && s.ev.Snapshot(is).Text == "false"
}

// describeOption turns what was said of an option's value into what is said of it.
func (s *sitting) describeOption(ctx context.Context, node *Node, it *handled, failed string) {
	it.inside = s.aboutOption(ctx, it.option)
	switch {
	case s.notSet(ctx, it.option):
		node.Kind, node.Text = NodeNull, "not set"
	case failed != "":
		node.Kind, node.Text = NodeError, failed
	default:
		node.Count += len(it.inside)
		node.HasChildren = node.Count > 0
		node.describeAt(it.inside)
		return
	}
	node.Store = ""
	node.Count, node.HasChildren = len(it.inside), len(it.inside) > 0
	node.describeAt(it.inside)
}

// describeAt says that a node was written at the first place that is known.
func (n *Node) describeAt(inside []Node) {
	for _, in := range inside {
		if in.File != "" {
			n.File, n.Line = in.File, in.Line
			return
		}
	}
}
