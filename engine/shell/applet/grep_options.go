package applet

import (
	"io"
	"math"
	"strconv"
	"strings"
)

// grepFlags are what grep is asked for.
type grepFlags struct {
	syntax                    byte // G, E, F or P
	fold, invert, word, whole bool
	count, list, listNot      bool
	quiet, silent             bool
	number, offset, only      bool
	withName, noName          bool
	nulName, initialTab       bool
	recursive, follow         bool
	text, noBinary            bool
	skipDirs                  bool
	maxCount                  int64  // -1: no limit
	before, after             int    // lines of context; -1: as many as around
	around                    int    // of -C and -NUM
	digits                    string // of -NUM, so far
	digitsIn                  int    // the argument that they are in; 0: something else came after
	eol                       byte
	label                     string
	include, exclude, exclDir []string
}

// digit takes a digit of -NUM. Those of one number are next to each other in one argument.
func (g *grepper) digit(o option) {
	if g.digitsIn != o.arg {
		g.digits, g.digitsIn = "", o.arg
	}
	g.digits += o.name
	if n, err := strconv.Atoi(g.digits); err == nil {
		g.around = n
	} else {
		g.around = math.MaxInt // more than there are lines
	}
}

// setContext settles how many lines are printed around a match: -A and -B count more than
// -C and -NUM, wherever they stand.
func (g *grepper) setContext() {
	if g.before < 0 {
		g.before = g.around
	}
	if g.after < 0 {
		g.after = g.around
	}
}

// patternList returns the patterns of -e, or of the file that -f names.
func (g *grepper) patternList(o option) ([]string, error) {
	if o.name == "e" {
		return strings.Split(o.value, "\n"), nil
	}
	r, err := g.c.open(o.value)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil || len(data) == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n"), nil
}

// switches are the options that say yes to something.
func (g *grepper) switches() map[string]*bool {
	return map[string]*bool{
		"a": &g.text, "b": &g.offset, "c": &g.count, "i": &g.fold, "n": &g.number, "o": &g.only, "q": &g.quiet,
		"r": &g.recursive, "s": &g.silent, "v": &g.invert, "w": &g.word, "x": &g.whole, "y": &g.fold,
		"I": &g.noBinary, "T": &g.initialTab, "Z": &g.nulName,
	}
}

// option takes any option but for patterns. problem says what is wrong with it.
func (g *grepper) option(o option) (problem string) {
	if isDigit(o.name[0]) {
		g.digit(o)
		return ""
	}
	g.digitsIn = 0
	if o.turnsOn(g.switches()) {
		return ""
	}
	switch o.name {
	case "A", "B", "C":
		n, err := strconv.Atoi(o.value)
		if err != nil || n < 0 {
			return o.value + ": invalid context length argument"
		}
		*map[string]*int{"A": &g.after, "B": &g.before, "C": &g.around}[o.name] = n
	case "E", "F", "G", "P":
		g.syntax = o.name[0]
	case "H":
		g.withName, g.noName = true, false
	case "h":
		g.withName, g.noName = false, true
	case "no-ignore-case":
		g.fold = false
	case "L":
		g.listNot, g.list = true, false
	case "l":
		g.list, g.listNot = true, false
	case "m":
		n, err := strconv.ParseInt(o.value, 10, 64)
		if err != nil {
			return "invalid max count"
		}
		g.maxCount = n
	case "label":
		g.label = o.value
	case "z":
		g.eol = 0
	case "R":
		g.recursive, g.follow = true, true
	case "d":
		g.recursive = o.value == "recurse"
		g.skipDirs = o.value == "skip"
	case "binary-files":
		g.text = o.value == "text"
		g.noBinary = o.value == "without-match"
	case "include":
		g.include = append(g.include, o.value)
	case "exclude":
		g.exclude = append(g.exclude, o.value)
	case "exclude-dir":
		g.exclDir = append(g.exclDir, trimSlashes(o.value))
	case "exclude-from":
		return "--exclude-from is not supported"
	}
	return ""
}
