package syntax

import "hash/maphash"

// A large text is scanned beside the parser, where another core is idle: see Options.Beside.
// Tokens come in batches, in the order of the text, so names are interned in the same order;
// those that are known already are looked up.

const (
	// minScannedAhead is the length, in bytes, of the shortest text that is scanned beside
	// the parser. It is some milliseconds' work.
	minScannedAhead = 256 << 10
	batchTokens     = 4096
	batches         = 4 // that may be under way
)

// A tokenBatch is tokens that follow each other, and the doc comments before them.
type tokenBatch struct {
	tokens []Token
	docs   []docRange
}

// A scanAhead is a text that is scanned beside the parser, which owns cur and at.
type scanAhead struct {
	full chan *tokenBatch // closed after the end of the text
	free chan *tokenBatch
	quit chan struct{} // closed when the parser wants no more
	cur  *tokenBatch
	at   int
}

// scanBeside has the text scanned beside the parser if that is worth it and somebody is
// idle. Whoever does notes for the File what it will want once it was parsed.
func (p *parser) scanBeside() {
	if p.opts.Beside == nil || len(p.src) < minScannedAhead {
		return
	}
	a := &scanAhead{
		full: make(chan *tokenBatch, batches), free: make(chan *tokenBatch, batches),
		quit: make(chan struct{}), cur: &tokenBatch{},
	}
	for range batches {
		a.free <- &tokenBatch{tokens: make([]Token, 0, batchTokens)}
	}
	digest := &textDigest{done: make(chan struct{})}
	scan, src, syms := p.scan, p.src, p.syms
	if p.opts.Beside(func() {
		defer close(digest.done)
		if a.scan(&scan, syms) {
			digest.make(src)
		}
	}) {
		p.beside, p.file.digest = a, digest
	}
}

// scan scans a text to its end, and reports whether the parser wanted all of it.
func (a *scanAhead) scan(s *Scanner, syms *Symbols) bool {
	defer close(a.full)
	for {
		var b *tokenBatch
		select {
		case b = <-a.free:
		case <-a.quit:
			return false
		}
		last := b.fill(s, syms)
		select {
		case a.full <- b:
		case <-a.quit:
			return false
		}
		if last {
			return true
		}
	}
}

// fill scans as much as the batch holds, and reports whether that is the end of the text.
func (b *tokenBatch) fill(s *Scanner, syms *Symbols) (last bool) {
	b.tokens, b.docs, s.docs = b.tokens[:0], nil, nil
	for !last && len(b.tokens) < cap(b.tokens) {
		tok := s.Next()
		if tok.Kind == Ident {
			tok.sym = syms.Lookup(s.src[tok.Start:tok.End])
		}
		b.tokens = append(b.tokens, tok)
		last = tok.Kind == EndOfFile || tok.Kind == BadToken
	}
	b.docs = s.docs
	return last
}

// next returns the next token, after what precedes it was taken over by p. After the last
// one it returns that for ever.
func (a *scanAhead) next(p *parser) Token {
	if a.at == len(a.cur.tokens) {
		b, ok := <-a.full
		if !ok {
			return a.cur.tokens[a.at-1]
		}
		if len(a.cur.tokens) > 0 {
			a.free <- a.cur
		}
		a.cur, a.at = b, 0
		p.keepDocs(b.docs)
	}
	a.at++
	return a.cur.tokens[a.at-1]
}

// A textDigest is what a [File] keeps of its text once it lets go of it. The fields may be
// read once done is closed; lines is "" if the text was not scanned to its end.
type textDigest struct {
	done  chan struct{}
	lines string // as packLines writes them
	sum   uint64
}

func (d *textDigest) make(src string) {
	d.lines, d.sum = string(packLines(nil, src)), maphash.String(sumSeed, src)
}
