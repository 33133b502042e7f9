package applet

import "math"

// This file finds the lines that differ between two sequences: the shortest
// edit script by Myers' algorithm in linear space, and then, as GNU diff does,
// with every run of changes moved as far down as it goes, so that the two
// programs mostly print the same.
//
// E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986.

// A lcsRun compares two sequences of line classes.
type lcsRun struct {
	x, y             []int
	xIndex, yIndex   []int // of x and y in the whole files
	changedX, chngdY []bool
	fd, bd           []int
	off              int // index of diagonal 0 in fd and bd
}

// compareLines marks the elements of a and b that the other lacks.
func compareLines(a, b []int) (changedA, changedB []bool) {
	run := &lcsRun{changedX: make([]bool, len(a)), chngdY: make([]bool, len(b))}
	run.x, run.xIndex = withPartner(a, b, run.changedX)
	run.y, run.yIndex = withPartner(b, a, run.chngdY)
	size := len(run.x) + len(run.y) + 3
	run.fd, run.bd = make([]int, size), make([]int, size)
	run.off = len(run.y) + 1
	run.compare(0, len(run.x), 0, len(run.y))
	shiftRuns(a, run.changedX, run.chngdY)
	shiftRuns(b, run.chngdY, run.changedX)
	return run.changedX, run.chngdY
}

// withPartner returns the elements of a that b has too, and marks the others
// as changed.
func withPartner(a, b []int, changed []bool) (kept, index []int) {
	in := make(map[int]bool, len(b))
	for _, v := range b {
		in[v] = true
	}
	for i, v := range a {
		if in[v] {
			kept, index = append(kept, v), append(index, i)
		} else {
			changed[i] = true
		}
	}
	return kept, index
}

// compare marks the changes within x[xo:xl] and y[yo:yl].
func (r *lcsRun) compare(xo, xl, yo, yl int) {
	for xo < xl && yo < yl && r.x[xo] == r.y[yo] {
		xo++
		yo++
	}
	for xo < xl && yo < yl && r.x[xl-1] == r.y[yl-1] {
		xl--
		yl--
	}
	switch {
	case xo == xl:
		for ; yo < yl; yo++ {
			r.chngdY[r.yIndex[yo]] = true
		}
	case yo == yl:
		for ; xo < xl; xo++ {
			r.changedX[r.xIndex[xo]] = true
		}
	default:
		xm, ym := r.middle(xo, xl, yo, yl)
		r.compare(xo, xm, yo, ym)
		r.compare(xm, xl, ym, yl)
	}
}

// middle finds a point on a shortest path, searching from both ends.
func (r *lcsRun) middle(xo, xl, yo, yl int) (x, y int) {
	fd, bd, off := r.fd, r.bd, r.off
	dmin, dmax := xo-yl, xl-yo
	fmid, bmid := xo-yo, xl-yl
	fmin, fmax, bmin, bmax := fmid, fmid, bmid, bmid
	odd := (fmid-bmid)&1 != 0
	fd[off+fmid], bd[off+bmid] = xo, xl
	for {
		fmin, fmax = widen(fd, off, fmin, fmax, dmin, dmax, -1)
		for d := fmax; d >= fmin; d -= 2 {
			lo, hi := fd[off+d-1], fd[off+d+1]
			x := lo + 1
			if lo < hi {
				x = hi
			}
			y := x - d
			for x < xl && y < yl && r.x[x] == r.y[y] {
				x++
				y++
			}
			fd[off+d] = x
			if odd && bmin <= d && d <= bmax && bd[off+d] <= x {
				return x, y
			}
		}
		bmin, bmax = widen(bd, off, bmin, bmax, dmin, dmax, math.MaxInt)
		for d := bmax; d >= bmin; d -= 2 {
			lo, hi := bd[off+d-1], bd[off+d+1]
			x := hi - 1
			if lo < hi {
				x = lo
			}
			y := x - d
			for xo < x && yo < y && r.x[x-1] == r.y[y-1] {
				x--
				y--
			}
			bd[off+d] = x
			if !odd && fmin <= d && d <= fmax && x <= fd[off+d] {
				return x, y
			}
		}
	}
}

// widen extends a range of diagonals by one at both ends, within bounds.
func widen(d []int, off, lo, hi, dmin, dmax, sentinel int) (int, int) {
	if lo > dmin {
		lo--
		d[off+lo-1] = sentinel
	} else {
		lo++
	}
	if hi < dmax {
		hi++
		d[off+hi+1] = sentinel
	} else {
		hi--
	}
	return lo, hi
}

// A shifter moves the run of changes lines[start:i] in one file; j is where the other
// file is.
type shifter struct {
	lines          []int
	changed, other []bool
	start, i, j    int
}

func isChanged(c []bool, i int) bool { return i >= 0 && i < len(c) && c[i] }

// up moves the run up by one line.
func (s *shifter) up() {
	s.start--
	s.i--
	s.changed[s.start], s.changed[s.i] = true, false
	for s.j--; isChanged(s.other, s.j); s.j-- {
	}
}

// down moves the run down by one line, and further to the end of one that it meets. It
// reports whether the other file has changes there.
func (s *shifter) down() (meets bool) {
	s.changed[s.start], s.changed[s.i] = false, true
	s.start++
	for s.i++; isChanged(s.changed, s.i); s.i++ {
	}
	for s.j++; isChanged(s.other, s.j); s.j++ {
		meets = true
	}
	return meets
}

// next goes on to the next run, and reports whether there is one.
func (s *shifter) next() bool {
	for s.i < len(s.lines) && !s.changed[s.i] {
		for isChanged(s.other, s.j) {
			s.j++
		}
		s.j++
		s.i++
	}
	if s.i == len(s.lines) {
		return false
	}
	s.start = s.i
	for s.i++; isChanged(s.changed, s.i); s.i++ {
	}
	for isChanged(s.other, s.j) {
		s.j++
	}
	return true
}

// shiftRuns moves runs of changes in one file down as far as equal lines
// allow, merging those that meet, and back to where the other file has a
// change too.
func shiftRuns(lines []int, changed, other []bool) {
	s := &shifter{lines: lines, changed: changed, other: other}
	for s.next() {
		corresponding := len(lines)
		for length := -1; length != s.i-s.start; {
			length = s.i - s.start
			for s.start > 0 && lines[s.start-1] == lines[s.i-1] {
				s.up()
				for isChanged(changed, s.start-1) {
					s.start--
				}
			}
			corresponding = len(lines)
			if isChanged(other, s.j-1) {
				corresponding = s.i
			}
			for s.i != len(lines) && lines[s.start] == lines[s.i] {
				if s.down() {
					corresponding = s.i
				}
			}
		}
		for corresponding < s.i {
			s.up()
		}
	}
}

// A change is a run of lines that differ: a[a0:a1] became b[b0:b1].
type change struct{ a0, a1, b0, b1 int }

// changesOf gathers marks into runs.
func changesOf(changedA, changedB []bool) []change {
	var out []change
	i, j := 0, 0
	for i < len(changedA) || j < len(changedB) {
		if i < len(changedA) && changedA[i] || j < len(changedB) && changedB[j] {
			ch := change{a0: i, b0: j}
			for i < len(changedA) && changedA[i] {
				i++
			}
			for j < len(changedB) && changedB[j] {
				j++
			}
			ch.a1, ch.b1 = i, j
			out = append(out, ch)
			continue
		}
		i++
		j++
	}
	return out
}
