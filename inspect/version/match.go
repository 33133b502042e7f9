package version

import (
	"math"
	"strconv"

	"nixbench/store/drvname"
)

// Pair is a version and what has become of it.
type Pair struct{ Before, After string }

// matchLimit is the number of versions up to which the best pairs are found.
const matchLimit = 200

// Match pairs versions that went with those that came, as many as both sides
// have, so that all pairs together are as alike as can be: those whose first
// parts are equal, and whose first different parts are near each other. The
// pairs are in the order of before. Of more than 200 versions, which no package
// has in earnest, those at the same places are paired.
//
// The method is the Hungarian one, as dix pairs versions; the distances are ours.
func Match(before, after []string) []Pair {
	n := min(len(before), len(after))
	if n == 0 {
		return nil
	}
	if max(len(before), len(after)) > matchLimit {
		pairs := make([]Pair, n)
		for i := range pairs {
			pairs[i] = Pair{before[i], after[i]}
		}
		return pairs
	}
	swapped := len(before) > len(after)
	rows, columns := before, after
	if swapped {
		rows, columns = after, before
	}
	cost := make([][]int, len(rows))
	for i, r := range rows {
		cost[i] = make([]int, len(columns))
		for j, c := range columns {
			cost[i][j] = distance(r, c)
		}
	}
	partner := make([]string, len(before)) // by position; used if paired
	paired := make([]bool, len(before))
	for i, j := range assign(cost) {
		if swapped {
			partner[j], paired[j] = rows[i], true
		} else {
			partner[i], paired[i] = columns[j], true
		}
	}
	var pairs []Pair
	for i, v := range before {
		if paired[i] {
			pairs = append(pairs, Pair{v, partner[i]})
		}
	}
	return pairs
}

// The distance of versions grows by partWeight for each part of the longer one
// that they do not have in common at the front.
const (
	partWeight = 1 << 10
	maxParts   = 16
)

// distance says how little two versions are alike.
func distance(a, b string) int {
	equal := 0
	for equal < maxParts && (a != "" || b != "") {
		x, restA := drvname.CutComponent(a)
		y, restB := drvname.CutComponent(b)
		if drvname.CompareComponents(x, y) != 0 {
			return (maxParts-equal)*partWeight + apart(x, y)
		}
		a, b = restA, restB
		equal++
	}
	return 0
}

// apart says how far apart two different parts are, below partWeight.
func apart(x, y string) int {
	n, errX := strconv.Atoi(x)
	m, errY := strconv.Atoi(y)
	if errX != nil || errY != nil {
		return partWeight - 1
	}
	return min(max(n-m, m-n), partWeight-1)
}

// assign returns a column for each row, none twice, so that the sum of costs is
// least. There are at least as many columns as rows.
//
// The method is Kuhn's and Munkres', rows one by one with potentials: the cost
// of a pair less the potentials of its row and column is never negative, and 0
// for pairs that are taken.
func assign(cost [][]int) []int {
	n, m := len(cost), len(cost[0])
	rowPotential, columnPotential := make([]int, n+1), make([]int, m+1)
	rowOf := make([]int, m+1) // of column j, from 1; 0 for none; column 0 is the row to be placed
	from := make([]int, m+1)  // the column before j on the way to it
	for i := 1; i <= n; i++ {
		rowOf[0] = i
		least := make([]int, m+1)
		for j := range least {
			least[j] = math.MaxInt
		}
		done := make([]bool, m+1)
		at := 0
		for rowOf[at] != 0 {
			done[at] = true
			row, step, next := rowOf[at], math.MaxInt, 0
			for j := 1; j <= m; j++ {
				if done[j] {
					continue
				}
				if c := cost[row-1][j-1] - rowPotential[row] - columnPotential[j]; c < least[j] {
					least[j], from[j] = c, at
				}
				if least[j] < step {
					step, next = least[j], j
				}
			}
			for j := 0; j <= m; j++ {
				if done[j] {
					rowPotential[rowOf[j]] += step
					columnPotential[j] -= step
				} else if j > 0 {
					least[j] -= step
				}
			}
			at = next
		}
		for at != 0 {
			rowOf[at] = rowOf[from[at]]
			at = from[at]
		}
	}
	columns := make([]int, n)
	for j := 1; j <= m; j++ {
		if rowOf[j] != 0 {
			columns[rowOf[j]-1] = j - 1
		}
	}
	return columns
}
