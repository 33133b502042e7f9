// Package xmlout writes XML as Nix lays it out: two spaces a level, an element a
// line.
package xmlout

import "strings"

// A Writer makes one document. The zero value is ready for use.
// Format: XMLWriter in Nix's xml-writer.cc.
type Writer struct {
	out   strings.Builder
	depth int
}

// String returns what has been written.
func (w *Writer) String() string { return w.out.String() }

// Header begins the document.
func (w *Writer) Header() { w.out.WriteString("<?xml version='1.0' encoding='utf-8'?>\n") }

// Element writes an element with what body writes in it; it is closed even if
// body unwinds. Attrs alternate between names, sorted, and values.
func (w *Writer) Element(name string, attrs []string, body func()) {
	w.open(name, attrs)
	w.out.WriteString(">\n")
	w.depth++
	defer func() {
		w.depth--
		w.indent()
		w.out.WriteString("</" + name + ">\n")
	}()
	body()
}

// Empty writes an element without content.
func (w *Writer) Empty(name string, attrs ...string) {
	w.open(name, attrs)
	w.out.WriteString(" />\n")
}

func (w *Writer) indent() {
	for range w.depth {
		w.out.WriteString("  ")
	}
}

var escapes = strings.NewReplacer(`"`, "&quot;", "<", "&lt;", ">", "&gt;", "&", "&amp;", "\n", "&#xA;")

func (w *Writer) open(name string, attrs []string) {
	w.indent()
	w.out.WriteString("<" + name)
	for i := 0; i < len(attrs); i += 2 {
		w.out.WriteString(" " + attrs[i] + `="` + escapes.Replace(attrs[i+1]) + `"`)
	}
}
