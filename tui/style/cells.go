package style

// This file counts, cuts and joins painted lines. Nothing above it handles
// escape sequences.

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"nixbench/repl/text"
)

// Width is the number of cells that the painted line takes.
func Width(line string) int { return text.Width(line) }

// Fit cuts or pads a painted line to exactly w cells.
func Fit(line string, w int) string {
	n := Width(line)
	if n > w {
		line = ansi.Truncate(line, max(w, 0), "")
		n = Width(line) // a wide character on the cut leaves a gap
	}
	if n < w {
		line += blanks(w - n)
	}
	return line
}

// FitRight is [Fit] with the padding before the line.
func FitRight(line string, w int) string {
	if n := Width(line); n < w {
		return blanks(w-n) + line
	}
	return Fit(line, w)
}

// FitLines returns exactly h lines of exactly w cells.
func FitLines(lines []string, w, h int) []string {
	out := make([]string, max(h, 0))
	for i := range out {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out[i] = Fit(line, w)
	}
	return out
}

// Beside joins blocks of lines side by side. Each block's lines are equally
// wide; blocks that are shorter than the first end early.
func Beside(blocks ...[]string) []string {
	if len(blocks) == 0 {
		return nil
	}
	out := make([]string, len(blocks[0]))
	var b strings.Builder
	for i := range out {
		b.Reset()
		for _, block := range blocks {
			if i < len(block) {
				b.WriteString(block[i])
			}
		}
		out[i] = b.String()
	}
	return out
}

// Stack joins blocks of lines one below the other.
func Stack(blocks ...[]string) []string {
	var out []string
	for _, block := range blocks {
		out = append(out, block...)
	}
	return out
}

// Over lays block over lines with its top left corner at column x, row y, and
// returns new lines. What does not fit is cut.
func Over(lines, block []string, x, y int) []string {
	out := append([]string(nil), lines...)
	for i, top := range block {
		row := y + i
		if row < 0 || row >= len(out) {
			continue
		}
		w := Width(top)
		left := Fit(out[row], x)
		out[row] = left + top + after(out[row], x+w)
	}
	return out
}

// after returns what line has from column x on; half of a wide character
// becomes a blank.
func after(line string, x int) string {
	room := max(Width(line)-x, 0)
	right := ansi.TruncateLeft(line, x, "")
	for skip := x + 1; Width(right) > room; skip++ {
		right = ansi.TruncateLeft(line, skip, "")
	}
	return blanks(room-Width(right)) + right
}

// Split divides total cells by weights; the last part takes the rest. No part
// is negative.
func Split(total int, weights ...int) []int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	parts := make([]int, len(weights))
	rest := max(total, 0)
	for i, w := range weights {
		if i == len(weights)-1 {
			parts[i] = rest
			break
		}
		parts[i] = max(total, 0) * w / max(sum, 1)
		rest -= parts[i]
	}
	return parts
}

const spaces = "                                                                "

// blanks returns n spaces.
func blanks(n int) string {
	if n <= len(spaces) {
		return spaces[:max(n, 0)]
	}
	return strings.Repeat(" ", n)
}

// Strip removes all styles from a painted line.
func Strip(line string) string { return ansi.Strip(line) }
