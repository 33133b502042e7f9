package applet

import (
	"slices"
	"strconv"
	"strings"
)

// diffNumber rewrites the old form of a number of context lines: -NUM, or
// digits among other flags, as in -u0.
func diffNumber(args []string) []string {
	var out []string
	for i, arg := range args {
		letters := strings.Trim(arg, "0123456789")
		at := strings.IndexAny(arg, "0123456789")
		if i == 0 || len(arg) < 2 || arg[0] != '-' || arg[1] == '-' || at < 0 || strings.ContainsAny(arg[:at], "UCLxXIFW") {
			out = append(out, arg)
			continue
		}
		rest := strings.TrimLeft(arg[at:], "0123456789")
		number := arg[at : len(arg)-len(rest)]
		flag := "-U"
		if strings.Contains(letters, "c") {
			flag = "-C"
		}
		if other := arg[:at] + rest; other != "-" {
			out = append(out, other)
		}
		out = append(out, flag+number)
	}
	return out
}

// flagsGiven returns the arguments without the operands, each after a blank.
func flagsGiven(args, operands []string) string {
	rest := slices.Clone(args)
	for i := len(operands) - 1; i >= 0; i-- {
		for j := len(rest) - 1; j >= 0; j-- {
			if rest[j] == operands[i] {
				rest = slices.Delete(rest, j, j+1)
				break
			}
		}
	}
	var b strings.Builder
	for _, arg := range rest {
		b.WriteString(" " + arg)
	}
	return b.String()
}

func (d *differ) option(o option) (problem string) {
	if o.turnsOn(d.switches()) {
		return ""
	}
	switch o.name {
	case "c", "C", "u", "U":
		d.style = lower(o.name[0])
		if o.given {
			n, err := strconv.Atoi(o.value)
			if err != nil || n < 0 {
				return "invalid context length " + quote(o.value)
			}
			d.contextLines = n
		}
	case "L":
		d.labels = append(d.labels, o.value)
	case "p":
		d.showFunc = true
		if d.style == 'n' {
			d.style = 'c'
		}
	case "x":
		d.exclude = append(d.exclude, o.value)
	case "t", "X", "y", "I", "E":
		return "-" + o.name + " is not supported"
	}
	return ""
}

// switches returns what the flags that only turn something on turn on.
func (d *differ) switches() map[string]*bool {
	return map[string]*bool{
		"a": &d.text, "b": &d.someSpace, "Z": &d.someSpace, "B": &d.blankLines, "i": &d.fold, "N": &d.newFile,
		"P": &d.uniNew, "q": &d.brief, "r": &d.recursive, "s": &d.same, "w": &d.allSpace, "strip-trailing-cr": &d.cr,
	}
}
