// Package xmlout writes XML as Nix lays it out: two spaces a level, an element a
// line.
package xmlout

import (
	"bytes"
	"strings"
)

// A Writer makes one document. The zero value is ready for use.
// Format: XMLWriter in Nix's xml-writer.cc.
type Writer struct {
	// Forget says that nobody wants what was written if a body unwinds.
	Forget bool
	// Spill is given what has been written so far when an element begins and there is
	// much of it, and then from time to time; nil keeps all. It must not keep the text.
	Spill func(text []byte)
	// Room is told how many bytes are there and have to be copied when n more do not fit
	// any more; it may panic. Nil means that there is room for all.
	Room func(length, n int)

	out     bytes.Buffer
	depth   int
	spilled bool
}

// spillSize is how many bytes are kept before they are spilt.
const spillSize = 1 << 20

// String returns what has been written and not spilt.
func (w *Writer) String() string { return w.out.String() }

func (w *Writer) write(text string) {
	if w.Room != nil && len(text) > w.out.Available() {
		w.Room(w.out.Len(), len(text))
	}
	w.out.WriteString(text)
}

func (w *Writer) spill() {
	if w.Spill == nil || w.out.Len() < spillSize {
		return
	}
	w.Spill(w.out.Bytes()) // may unwind
	w.spilled = true
	w.out.Reset()
}

// Header begins the document.
func (w *Writer) Header() { w.write("<?xml version='1.0' encoding='utf-8'?>\n") }

// Element writes an element with what body writes in it; unless w forgets, it is
// closed even if body unwinds. Attrs alternate between names, sorted, and values.
func (w *Writer) Element(name string, attrs []string, body func()) {
	w.open(name, attrs)
	w.write(">\n")
	w.depth++
	if w.Forget {
		body()
		w.close(name)
		return
	}
	defer w.close(name)
	body()
}

func (w *Writer) close(name string) {
	w.depth--
	w.indent()
	w.write("</" + name + ">\n")
	if w.spilled {
		w.spill()
	}
}

// Empty writes an element without content.
func (w *Writer) Empty(name string, attrs ...string) {
	w.open(name, attrs)
	w.write(" />\n")
}

func (w *Writer) indent() {
	const blank = "                                                                "
	n := 2 * w.depth
	for ; n > len(blank); n -= len(blank) {
		w.write(blank)
	}
	w.write(blank[:n])
}

var escapes = strings.NewReplacer(`"`, "&quot;", "<", "&lt;", ">", "&gt;", "&", "&amp;", "\n", "&#xA;")

func (w *Writer) open(name string, attrs []string) {
	w.spill()
	w.indent()
	w.write("<" + name)
	for i := 0; i < len(attrs); i += 2 {
		w.write(" " + attrs[i] + `="` + escapes.Replace(attrs[i+1]) + `"`)
	}
}
