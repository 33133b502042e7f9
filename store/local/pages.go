package local

// This file reads whole tables and indexes of the database page by page, which takes a
// fraction of the time that a statement takes for each row. SQLite hands out the pages:
// locks, the write-ahead log and what belongs to a transaction are its business, and
// only how rows stand in a page is known here.
//
// Format: "Database File Format" of SQLite, B-tree Pages and Record Format.

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"zombiezen.com/go/sqlite"
)

// A pageReader reads b-trees of a database. It is not safe for concurrent use.
type pageReader struct {
	// fetch returns a page, in buf if it is large enough; nil: there is none.
	fetch  func(number uint32, buf []byte) ([]byte, error)
	usable int      // bytes of a page
	count  int64    // pages in the database
	left   int64    // that may be read yet
	levels [][]byte // a page for each level of the tree that is being read
	whole  []byte   // of a row that continues on other pages
}

// The kinds of pages.
const (
	pageIndexInner = 2
	pageTableInner = 5
	pageIndexLeaf  = 10
	pageTableLeaf  = 13
)

// maxLevels is more than the levels of any tree: each page has two children or more.
const maxLevels = 40

// newPageReader returns a reader for as long as a transaction of c lasts, or nil if text
// is not kept as UTF-8.
func newPageReader(c *sqlite.Conn) (*pageReader, error) {
	r := &pageReader{fetch: func(number uint32, buf []byte) (page []byte, err error) {
		bind := func(stmt *sqlite.Stmt) { stmt.SetInt64(":page", int64(number)) }
		err = each(c, sqlPage, bind, func(stmt *sqlite.Stmt) error {
			n := stmt.ColumnLen(0)
			buf = slices.Grow(buf[:0], n)[:n]
			page = buf[:stmt.ColumnBytes(0, buf)]
			return nil
		})
		return page, err
	}}
	err := each(c, sqlPageCount, nil, func(stmt *sqlite.Stmt) error {
		r.count = stmt.ColumnInt64(0)
		return nil
	})
	if err != nil {
		return nil, err
	}
	const leastPage = 512
	r.usable = leastPage
	first, err := r.page(1, nil)
	if err != nil {
		return nil, err
	}
	r.usable = len(first) - int(first[20])
	if binary.BigEndian.Uint32(first[56:]) != 1 {
		return nil, nil
	}
	return r, nil
}

// page reads what is used of a page into buf.
func (r *pageReader) page(number uint32, buf []byte) ([]byte, error) {
	page, err := r.fetch(number, buf)
	if err == nil && len(page) < r.usable {
		err = malformed(number)
	}
	return page, err
}

func malformed(number uint32) error {
	return fmt.Errorf("%w: page %d is malformed", ErrCorrupt, number)
}

// walk calls row for all rows of the table or index whose first page is root, in order:
// with the row's id, which is 0 in indexes, and with a record that is good until row
// returns.
func (r *pageReader) walk(root uint32, row func(id int64, rec *record) error) error {
	r.left = r.count
	return r.level(root, 0, row)
}

// level reads a page and what is below it.
func (r *pageReader) level(number uint32, depth int, row func(id int64, rec *record) error) error {
	// In a damaged tree pages may lead to each other.
	if r.left--; r.left < 0 || depth == maxLevels {
		return malformed(number)
	}
	if depth == len(r.levels) {
		r.levels = append(r.levels, nil)
	}
	page, err := r.page(number, r.levels[depth])
	if err != nil {
		return err
	}
	r.levels[depth], page = page, page[:r.usable]
	kind, cells, head := page[0], int(binary.BigEndian.Uint16(page[3:])), 8
	inner := kind == pageTableInner || kind == pageIndexInner
	if inner {
		head = 12
	}
	if !inner && kind != pageTableLeaf && kind != pageIndexLeaf || head+2*cells > len(page) {
		return malformed(number)
	}
	var rec record
	for i := range cells {
		at := int(binary.BigEndian.Uint16(page[head+2*i:]))
		if at > len(page)-4 { // no cell is shorter
			return malformed(number)
		}
		cell := bytesAt{b: page[at:]}
		if inner {
			if err := r.level(binary.BigEndian.Uint32(cell.take(4)), depth+1, row); err != nil {
				return err
			}
			if kind == pageTableInner {
				continue // it only tells the pages apart
			}
		}
		id, whole, err := r.cell(&cell, kind == pageTableLeaf, &rec)
		if err != nil {
			return err
		}
		if !whole {
			return malformed(number)
		}
		if err := row(id, &rec); err != nil {
			return err
		}
	}
	if inner {
		return r.level(binary.BigEndian.Uint32(page[8:]), depth+1, row)
	}
	return nil
}

// cell reads a row from where its size stands on a page, and reports whether it is one.
func (r *pageReader) cell(cell *bytesAt, isTable bool, rec *record) (id int64, whole bool, err error) {
	size := cell.varint()
	if isTable {
		id = cell.varint()
	}
	payload, err := r.payload(cell, size, isTable)
	return id, !cell.short && rec.set(payload), err
}

// maxPayload is how much of a row is read: the columns that are looked at are at its
// beginning.
const maxPayload = 1 << 16

// payload returns what a cell holds, size bytes, of which the end may be on other pages.
func (r *pageReader) payload(cell *bytesAt, size int64, isTable bool) ([]byte, error) {
	most, least := (r.usable-12)*64/255-23, (r.usable-12)*32/255-23
	if isTable {
		most = r.usable - 35
	}
	if size <= int64(most) {
		return cell.take(size), nil
	}
	here := least + int((size-int64(least))%int64(r.usable-4))
	if here > most {
		here = least
	}
	r.whole = append(r.whole[:0], cell.take(int64(here))...)
	rest := cell.take(4)
	if cell.short {
		return nil, nil
	}
	size = min(size, maxPayload)
	var page []byte
	for next := binary.BigEndian.Uint32(rest); int64(len(r.whole)) < size; next = binary.BigEndian.Uint32(page) {
		var err error
		if page, err = r.page(next, page); err != nil {
			return nil, err
		}
		r.whole = append(r.whole, page[4:r.usable]...)
	}
	return r.whole[:size], nil
}

// bytesAt are bytes that are read from the front. It is short once more was wanted than
// there was.
type bytesAt struct {
	b     []byte
	short bool
}

func (s *bytesAt) take(n int64) []byte {
	if n < 0 || n > int64(len(s.b)) {
		s.b, s.short = nil, true
		return make([]byte, 4) // what is read at once of it
	}
	out := s.b[:n:n]
	s.b = s.b[n:]
	return out
}

// varint reads a number of one to nine bytes, of which all but a ninth have seven bits.
func (s *bytesAt) varint() int64 {
	if len(s.b) > 0 && s.b[0] < 0x80 {
		x := int64(s.b[0])
		s.b = s.b[1:]
		return x
	}
	var x uint64
	for i, b := range s.b {
		if i == 8 {
			s.b = s.b[9:]
			return int64(x<<8 | uint64(b))
		}
		x = x<<7 | uint64(b&0x7f)
		if b < 0x80 {
			s.b = s.b[i+1:]
			return int64(x)
		}
	}
	s.b, s.short = nil, true
	return 0
}

// A record is a row: the kinds of its values, then the values.
type record struct {
	columns int
	kind    [maxColumns]int64
	value   [maxColumns][]byte
}

// maxColumns is how many columns are looked at.
const maxColumns = 6

// set takes a row apart, and reports whether it is one.
func (rec *record) set(payload []byte) bool {
	all := bytesAt{b: payload}
	size := all.varint()
	read := int64(len(payload) - len(all.b))
	kinds := bytesAt{b: all.take(size - read)}
	if all.short {
		return false
	}
	for rec.columns = 0; rec.columns < maxColumns && len(kinds.b) > 0; rec.columns++ {
		kind := kinds.varint()
		rec.kind[rec.columns], rec.value[rec.columns] = kind, all.take(valueSize(kind))
	}
	return !all.short && !kinds.short
}

// valueSize is how many bytes a value of a kind takes.
func valueSize(kind int64) int64 {
	switch {
	case kind >= 12:
		return (kind - 12) / 2
	case kind >= 0 && kind < 10:
		return int64([...]byte{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}[kind])
	}
	return -1
}

// text returns a column that has text; nil: it has none.
func (rec *record) text(column int) []byte {
	if column >= rec.columns || rec.kind[column] < 12 {
		return nil
	}
	return rec.value[column]
}

// integer returns a column that has a number, 0 if it has none.
func (rec *record) integer(column int) int64 {
	if column >= rec.columns {
		return 0
	}
	switch kind := rec.kind[column]; {
	case kind == 9:
		return 1
	case kind == 7:
		return int64(math.Float64frombits(binary.BigEndian.Uint64(rec.value[column])))
	case kind < 1 || kind > 6:
		return 0
	}
	b := rec.value[column]
	x := int64(int8(b[0]))
	for _, c := range b[1:] {
		x = x<<8 | int64(c)
	}
	return x
}
