package syntax

import (
	"slices"
	"strings"
)

// This file finds out what documentation comments /** … */ belong to. The rules:
// a comment documents what begins with the token after it. If that is
// an attribute binding, it also documents the value, and if the value is a
// function without a comment of its own, that function. What documents a function x: y: …
// documents the functions inside, up to one with a comment of its own.
//
// Behaviour: RFC 145; Nix 2.34.

// A docComment says that the text from begin to end documents what is at target.
type docComment struct {
	target     Pos
	begin, end int32 // offsets, with the delimiters
}

// Doc returns the comment that documents the function, attribute or value
// at p: what is between its delimiters, without common indentation.
func (f *File) Doc(p Pos) (text string, ok bool) {
	f.once.Do(f.splitLines)
	i, ok := slices.BinarySearchFunc(f.docs, p, func(d docComment, p Pos) int {
		return int(int64(d.target) - int64(p))
	})
	if !ok {
		return "", false
	}
	src := f.Source()
	if f.Lost() {
		return "", false
	}
	d := f.docs[i]
	return docText(src[d.begin:d.end]), true
}

// docText returns the inside of a comment, every line of it ended. The first
// line counts as indented by the width of the delimiter.
func docText(comment string) string {
	inside := comment[len("/**") : len(comment)-len("*/")]
	lines := strings.Split("   "+inside, "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	least := len(comment)
	for _, l := range lines {
		if rest := strings.TrimLeft(l, " "); rest != "" {
			least = min(least, len(l)-len(rest))
		}
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l[min(least, len(l)):])
		b.WriteByte('\n')
	}
	return b.String()
}

// setDocs takes over what the parser found.
func (f *File) setDocs(docs map[int32]docRange) {
	for at, d := range docs {
		f.docs = append(f.docs, docComment{f.base + Pos(at), d.begin, d.end})
	}
	slices.SortFunc(f.docs, func(x, y docComment) int {
		return int(int64(x.target) - int64(y.target))
	})
}

// documentLambda passes the comment of a function on to those inside it.
func (p *parser) documentLambda(l *Lambda, start int32) {
	if p.docs == nil {
		return
	}
	if d, ok := p.docs[start]; ok {
		p.documentBody(l, d)
	}
}

func (p *parser) documentBody(l *Lambda, d docRange) {
	for {
		inner, ok := l.Body.(*Lambda)
		if !ok || !p.document(inner.At, d) {
			return
		}
		l = inner
	}
}

// document notes that d documents what is at a position, unless something else does.
func (p *parser) document(at Pos, d docRange) bool {
	offset := int32(p.file.Offset(at))
	if _, ok := p.docs[offset]; ok {
		return false
	}
	p.docs[offset] = d
	return true
}

// documentValue passes the comment of a binding on to its value.
func (p *parser) documentValue(start int32, value Expr, valueStart int32) {
	if p.docs == nil {
		return
	}
	d, ok := p.docs[start]
	if !ok {
		return
	}
	if l, ok := value.(*Lambda); ok && p.document(l.At, d) {
		p.documentBody(l, d)
	}
	p.document(p.pos(valueStart), d)
}
