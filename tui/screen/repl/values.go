package repl

// This file lays out values as trees.

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
)

// maxWrapped is how many lines a result that is one long string gets; widest is
// how far labels are padded for their values to line up.
const (
	maxWrapped = 8
	widest     = 24
)

// value shows a result and what is unfolded of it.
func (l *layout) value(root *node) {
	head := []style.Span{l.label("out", themes.Muted)}
	room := l.width - l.lead()
	if label := root.Label; label != "" { // of what was looked for
		label = text.CutMiddle(label, max(room/2, 16))
		head = append(head, style.Span{Text: label, Token: themes.AttrName}, style.Span{Text: " = ", Token: themes.Muted})
		room -= text.Width(label) + len(" = ")
	}
	shown := l.shown(root, room)
	if wraps(root.Kind) && text.Width(root.Text) > room {
		parts := strings.Split(ansi.Hardwrap(root.Text, max(room, 8), true), "\n")
		if len(parts) > maxWrapped {
			parts = parts[:maxWrapped]
			parts[maxWrapped-1] = text.Cut(parts[maxWrapped-1]+text.Ellipsis, room)
		}
		for i, p := range parts {
			ln := l.part(i > 0, lineValue, append(head, style.Span{Text: p, Token: shown.Token})...)
			ln.node = root
			if i == 0 {
				ln.key = root.key()
			}
			head = []style.Span{indent(l.width - room)}
		}
		l.below(root)
		return
	}
	ln := l.add(lineValue, append(head, shown)...)
	ln.node, ln.key, ln.right = root, root.key(), l.noted(root)
	l.below(root)
}

// wraps tells whether a result of that kind gets several lines if it is long.
func wraps(k tui.NodeKind) bool {
	switch k {
	case tui.NodeDerivation, tui.NodeSet, tui.NodeList, tui.NodeLambda, tui.NodeBuiltin, tui.NodeFrame:
		return false
	}
	return true
}

// noted is what stands beside a value.
func (l *layout) noted(n *node) []style.Span {
	if n.Note == "" {
		return nil
	}
	tok := themes.Muted
	switch {
	case n.Kind == tui.NodeFrame, n.Kind == tui.NodeLambda:
		return []style.Span{{Text: shortPlace(n.Note, l.noteWidth(n)), Token: themes.Path}}
	case strings.HasPrefix(n.Note, "valid"):
		tok = themes.Done
	case n.Kind == tui.NodeDerivation, n.Kind == tui.NodeOutput:
		tok = themes.Waiting
	}
	return []style.Span{{Text: n.Note, Token: tok}}
}

// noteWidth is how many cells the note beside a value gets.
func (l *layout) noteWidth(n *node) int { return min(text.Width(n.Note), max(l.width*2/5, 16)) }

// below shows what is unfolded of n.
func (l *layout) below(n *node) {
	if !n.open {
		return
	}
	in := l.lead() + 2*n.depth() + 2
	if n.wrong != "" {
		l.note(n, lineError, in, n.wrong, themes.Error)
		return
	}
	if !n.known {
		l.note(n, lineOther, in, "...", themes.Muted)
		return
	}
	pad := 0
	for _, k := range n.kids {
		if w := text.Width(k.Label); (!k.unfolds() || k.Kind == tui.NodeFrame) && w <= widest {
			pad = max(pad, w)
		}
	}
	hidden := hiddenSource(excerptOf(n.kids), l.width-in-2)
	for _, k := range n.kids {
		l.kid(k, in, pad, hidden)
		l.below(k)
	}
	switch rest := n.more(); {
	case n.asked:
		l.note(n, lineOther, in, "...", themes.Muted)
	case rest > 0:
		l.note(n, lineMore, in, "... "+text.Count(rest)+" more", themes.Muted)
	case rest < 0:
		l.note(n, lineMore, in, "... more", themes.Muted)
	case len(n.kids) == 0:
		l.note(n, lineOther, in, "nothing", themes.Muted)
	}
}

// note is a line below n that is not a value.
func (l *layout) note(n *node, k kind, in int, s string, tok themes.Token) {
	ln := l.add(k, indent(in+2), style.Span{Text: s, Token: tok})
	ln.node, ln.key = n, n.key()+"/more"
}

// unfolds tells whether the node has a fold glyph.
func (n *node) unfolds() bool { return n.HasChildren }

// kid shows a node below another: its label padded, and, if it is source, without so many
// cells of that.
func (l *layout) kid(k *node, in, pad, hidden int) {
	g := l.st.Glyphs()
	glyph := "  "
	switch {
	case k.open:
		glyph = g.Open + " "
	case k.unfolds():
		glyph = g.Closed + " "
	}
	spans := []style.Span{indent(in), {Text: glyph, Token: themes.Muted}}
	used := in + 2
	switch {
	case k.Kind == tui.NodeFrame:
		spans = append(spans, style.Span{Text: style.FitRight(k.Label, max(pad, text.Width(k.Label))) + "  ", Token: themes.Muted})
		used += max(pad, text.Width(k.Label)) + 2
	case k.Label != "":
		name := k.Label
		if !k.unfolds() {
			name = style.Fit(name, max(pad, text.Width(name)))
		}
		spans = append(spans, style.Span{Text: name, Token: themes.AttrName}, style.Span{Text: " = ", Token: themes.Operator})
		used += text.Width(name) + 3
	}
	ln := l.add(lineValue, append(spans, l.shown(k, l.width-used))...)
	if k.Kind == tui.NodeSource {
		source := withoutSource(k.Text, hidden)
		ln.left = append(spans, colored(source, nixPieces(source), 0, len(source))...)
	}
	ln.node, ln.key, ln.right = k, k.key(), l.noted(k)
}

// shown is the value in room cells.
func (l *layout) shown(n *node, room int) style.Span {
	s := n.Text
	if n.Note != "" {
		room -= l.noteWidth(n) + 2
	}
	switch {
	case n.Kind == tui.NodeDerivation && n.Store != "":
		const around = 13 // «derivation and »
		s = "«derivation " + text.ShortPath(string(n.Store), max(room-around, 8)) + "»"
	case (n.Kind == tui.NodeOutput || n.Kind == tui.NodeContext) && n.Store != "":
		s = text.ShortPath(s, max(room, 8))
	case n.Note != "":
		s = text.Cut(s+text.Ellipsis, max(room, 8))
		if text.Width(n.Text) <= max(room, 8) {
			s = n.Text
		}
	}
	return style.Span{Text: s, Token: tokenOf(n.Kind)}
}

func tokenOf(k tui.NodeKind) themes.Token {
	switch k {
	case tui.NodeNull, tui.NodeBool:
		return themes.Keyword
	case tui.NodeNumber:
		return themes.Number
	case tui.NodeString:
		return themes.String
	case tui.NodePath:
		return themes.Path
	case tui.NodeSet, tui.NodeList:
		return themes.Bracket
	case tui.NodeLambda, tui.NodeBuiltin:
		return themes.Builtin
	case tui.NodeDerivation:
		return themes.DrvName
	case tui.NodeThunk:
		return themes.Thunk
	case tui.NodeError:
		return themes.Error
	case tui.NodeOutput, tui.NodeContext:
		return themes.StorePath
	case tui.NodeFormal, tui.NodeSource:
		return themes.Variable
	case tui.NodeDoc:
		return themes.Muted
	}
	return themes.Text
}
