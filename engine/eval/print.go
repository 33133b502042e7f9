package eval

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"nixbench/engine/syntax"
)

// PrintOptions say how [State.Print] shows a value. The zero value shows it on
// one line, without forcing anything, as error messages do, but without limits.
type PrintOptions struct {
	// Force evaluates what is shown, and shows derivations by their drvPath
	// and errors in place.
	Force bool
	// Indent, if not 0, breaks sets and lists into lines, indented by so many
	// spaces a level.
	Indent int
	// MaxDepth is how deep sets and lists are shown; deeper ones as { ... }.
	// 0 means no limit.
	MaxDepth int
	// MaxAttrs and MaxItems are how many attributes and list elements are
	// shown in all, MaxString how many bytes of a string; 0 means no limit.
	MaxAttrs, MaxItems, MaxString int
	// WholeErrors shows an error in the whole value as one in a part of it.
	WholeErrors bool
	// Colours gives what is shown Nix's colours.
	Colours bool
	// Into gets what is shown, also if an error ends it; it may be nil.
	Into *strings.Builder
}

// errorPrint is how values are shown in error messages.
var errorPrint = PrintOptions{MaxDepth: 10, MaxAttrs: 10, MaxItems: 10, MaxString: 1024, Colours: true}

// ReplPrint is how the REPL of Nix shows a result: one level deep.
var ReplPrint = PrintOptions{Force: true, Indent: 2, MaxDepth: 1}

func (s *State) showForError(v Value) syntax.Hint { return syntax.Hint(s.Print(v, errorPrint)) }

// showArgument is showForError for what a slot holds that was handed to a
// function: Nix knows a list by the value that was handed over.
func (s *State) showArgument(slot Value) syntax.Hint {
	p := printer{b: new(strings.Builder), s: s, o: errorPrint, seen: make(identities), cell: cellOf(slot)}
	p.print(slot.peek(), 0)
	return syntax.Hint(p.b.String())
}

// ShowForError returns a value as error messages show it.
func (s *State) ShowForError(v Value) syntax.Hint { return s.showForError(v) }

// Print returns a value in the syntax of the language, with «…» for what has
// none. Behaviour: print.cc in Nix.
func (s *State) Print(v Value, opts PrintOptions) string {
	p := printer{b: opts.Into, s: s, o: opts, seen: make(identities)}
	if p.b == nil {
		p.b = new(strings.Builder)
	}
	p.print(v.peek(), 0)
	return p.b.String()
}

type printer struct {
	b      *strings.Builder
	s      *State
	o      PrintOptions
	seen   identities
	attrs  int // shown so far
	items  int
	indent int
	// cell is where the value that is about to be shown was evaluated, nil if
	// it is in its place. Nix tells sets by their attributes, but lists by this.
	cell unsafe.Pointer
}

// repeated stands for a set or list that has been shown already.
const repeated = "«repeated»"

// cellOf returns the cell that a slot refers to, nil if the value is in the slot.
func cellOf(slot Value) unsafe.Pointer {
	if slot.is(rawRef) {
		return slot.p
	}
	return nil
}

// identities are the sets and lists that have been shown, by their attributes or
// elements, and the cells that lists were evaluated in.
type identities map[unsafe.Pointer]bool

// set reports whether a set comes for the first time.
func (seen identities) set(v Value) bool {
	if seen[v.p] {
		return false
	}
	seen[v.p] = true
	return true
}

// list reports whether a list that was evaluated in cell, nil if it is in its
// place, comes for the first time. The same elements in two cells are two lists.
func (seen identities) list(v Value, cell unsafe.Pointer, depth int) bool {
	if v.n>>8 == 0 || depth == 0 && cell == nil {
		return true
	}
	id := v.p
	if cell != nil {
		id = cell
	}
	if seen[id] {
		return false
	}
	seen[id] = true
	return true
}

// notTooDeep fails if what is to be printed is nested deeper than calls may be.
func (s *State) notTooDeep(v Value, depth int) {
	if depth >= s.ev.maxDepth {
		s.tooDeep(s.PlaceOf(v, 0))
	}
}

// print shows a value. An error below the whole value is shown in its place,
// after what has been shown of the value that it spoilt.
func (p *printer) print(v Value, depth int) {
	p.s.poll()
	p.s.notTooDeep(v, depth)
	if !p.o.Force || depth == 0 && !p.o.WholeErrors {
		p.show(v, depth)
		return
	}
	err := p.s.TryOnce(func() { p.show(v, depth) }, func(e *Error) bool {
		return e.Kind != ErrorCancelled && e.Kind != ErrorLimit
	})
	if err != nil {
		p.write(syntax.Red, "«error: "+PlainText(err.Msg)+"»")
	}
}

// show is print without regard to errors.
func (p *printer) show(v Value, depth int) {
	if p.o.Force && v.lazy() {
		v = p.s.force(v)
	}
	switch v.raw() {
	case rawString, rawContextString:
		p.string(v.str())
	case rawAttrs:
		p.set(v, depth)
	case rawList:
		p.list(v, depth)
	case rawRef:
		p.lazy(v)
	default:
		p.write(colourOf(v), p.s.ev.scalar(v))
	}
}

// write writes a text in a colour.
func (p *printer) write(c syntax.Colour, text string) {
	if p.o.Colours {
		text = c.Paint(text)
	}
	p.s.AppendText(p.b, text)
}

// lazy shows what is not evaluated. Nix does not note that a call is under way.
func (p *printer) lazy(v Value) {
	if v.is(rawRef) {
		if _, ok := p.s.callUnderWay(v.cell()); ok {
			p.write(syntax.Magenta, unevaluated)
			return
		}
	}
	p.write(colourOf(v), p.s.ev.scalar(v))
}

// unevaluated and underWay stand for what has no value, or none yet.
const (
	unevaluated = "«thunk»"
	underWay    = "«potential infinite recursion»"
)

// colourOf returns the colour of what scalar shows.
func colourOf(v Value) syntax.Colour {
	switch v.raw() {
	case rawNull, rawBool, rawInt, rawBigInt, rawFloat:
		return syntax.Cyan
	case rawPath:
		return syntax.Green
	case rawLambda, rawClosure, rawBuiltin, rawPartial:
		return syntax.Blue
	case rawRef:
		if v.cell().busy() {
			return syntax.Red
		}
	}
	return syntax.Magenta
}

// scalar shows what is neither string nor set nor list.
func (ev *Evaluator) scalar(v Value) string {
	switch v.raw() {
	case rawNull:
		return "null"
	case rawBool:
		return strconv.FormatBool(v.n>>8 != 0)
	case rawInt, rawBigInt:
		return strconv.FormatInt(v.int(), 10)
	case rawFloat:
		return FormatFloat(v.float())
	case rawPath:
		return ShowPath(v.text())
	case rawLambda, rawClosure:
		pos, _ := ev.FunctionPos(v)
		name := ""
		if sym := ev.lambdaName(v); sym != 0 {
			name = " " + ShowSym(sym)
		}
		return fmt.Sprintf("«lambda%s @ %s»", name, ev.Position(pos))
	case rawBuiltin:
		return "«primop " + v.Builtin().Name + "»"
	case rawPartial:
		return "«partially applied primop " + v.Builtin().Name + "»"
	case rawRef:
		if v.cell().busy() {
			return underWay
		}
	}
	return unevaluated
}

// busy reports whether what the cell is for is being evaluated.
func (c *Value) busy() bool {
	n := uint8(c.loadN())
	return n == rawBusy || n == rawBusyWaited
}

func (p *printer) string(s string) {
	if p.o.MaxString > 0 && len(s) > p.o.MaxString {
		if p.o.Colours {
			p.s.AppendText(p.b, string(syntax.Magenta)) // ends with the colour of what comes
		}
		p.s.AppendText(p.b, QuoteString(s[:p.o.MaxString])+" ")
		p.elided(len(s)-p.o.MaxString, "byte")
		return
	}
	p.write(syntax.Magenta, QuoteString(s))
}

func (p *printer) elided(n int, what string) {
	if n != 1 {
		what += "s"
	}
	p.write(syntax.Faint, fmt.Sprintf("«%d %s elided»", n, what))
}

func (p *printer) set(v Value, depth int) {
	if !p.seen.set(v) {
		p.write(syntax.Magenta, repeated)
		return
	}
	v = flat(v)
	if v.p == p.s.ev.builtins.p && p.s.world != nil { // a Snapshot forces nothing
		p.s.evaluateConstants()
	}
	if p.o.Force && p.s.IsDerivation(v) {
		p.derivation(v)
		return
	}
	if p.o.MaxDepth > 0 && depth >= p.o.MaxDepth {
		p.s.AppendText(p.b, "{ ... }")
		return
	}
	attrs := slices.Collect(v.Attrs().All())
	if p.o.MaxAttrs > 0 {
		importantFirst(attrs)
	}
	elems := make([]Value, len(attrs))
	for i, a := range attrs {
		elems[i] = a.Value
	}
	p.body("{", "}", elems, func(i int) bool {
		if p.o.MaxAttrs > 0 && p.attrs >= p.o.MaxAttrs {
			p.elided(len(attrs)-i, "attribute")
			return false
		}
		p.s.AppendText(p.b, QuoteName(SymName(attrs[i].Name))+" = ")
		p.element(attrs[i].Value, depth+1)
		p.b.WriteByte(';')
		p.attrs++
		return true
	})
}

// importantFirst moves type and _type to the front.
func importantFirst(attrs []Attr) {
	important := func(a Attr) int {
		if n := SymName(a.Name); n == "type" || n == "_type" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(attrs, func(a, b Attr) int { return important(a) - important(b) })
}

func (p *printer) list(v Value, depth int) {
	if !p.seen.list(v, p.cell, depth) {
		p.write(syntax.Magenta, repeated)
		return
	}
	if p.o.MaxDepth > 0 && depth >= p.o.MaxDepth {
		p.s.AppendText(p.b, "[ ... ]")
		return
	}
	elems := v.list()
	p.body("[", "]", elems, func(i int) bool {
		if p.o.MaxItems > 0 && p.items >= p.o.MaxItems {
			p.elided(len(elems)-i, "item")
			return false
		}
		p.element(elems[i], depth+1)
		p.items++
		return true
	})
}

// element prints what a slot holds.
func (p *printer) element(v Value, depth int) {
	p.cell = cellOf(v)
	if v = v.peek(); v.lazy() && !p.o.Force {
		p.lazy(v)
		return
	}
	p.print(v, depth)
}

// body prints the elements between two brackets, until one returns false.
func (p *printer) body(open, end string, elems []Value, element func(i int) bool) {
	p.s.AppendText(p.b, open)
	p.indent += p.o.Indent
	pretty := p.pretty(elems) // its error leaves the indentation as it is, as in Nix
	for i := range elems {
		p.space(pretty)
		if !element(i) {
			break
		}
	}
	p.indent -= p.o.Indent
	p.space(pretty)
	p.s.AppendText(p.b, end)
}

func (p *printer) space(pretty bool) {
	if pretty {
		p.s.AppendText(p.b, "\n"+strings.Repeat(" ", p.indent))
	} else {
		p.b.WriteByte(' ')
	}
}

// pretty reports whether elements go on lines of their own: if there are
// several, or one that has elements itself.
func (p *printer) pretty(elems []Value) bool {
	if p.o.Indent == 0 || len(elems) == 0 {
		return false
	}
	if len(elems) > 1 {
		return true
	}
	v := elems[0].peek()
	if p.o.Force && v.lazy() {
		v = p.s.ForceFor(v, p.s.PlaceOf(v, 0))
	}
	return v.is(rawAttrs) || v.is(rawList) || v.lazy()
}

func (p *printer) derivation(v Value) {
	text := "«derivation"
	if d, pos, ok := v.lookup(symDrvPath); ok {
		path, _ := p.s.CoerceToStorePath(d, pos, "while evaluating the drvPath of a derivation")
		text += " " + string(path)
	}
	p.write(syntax.Green, text+"»")
}
