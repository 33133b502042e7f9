package applet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"nixbench/engine/shell/regex"
)

func grepMain(_ context.Context, c *Call) int {
	g := &grepper{c: c, grepFlags: grepFlags{syntax: 'G', maxCount: -1, before: -1, after: -1, eol: '\n', label: "(standard input)"}}
	switch c.name() {
	case "egrep":
		g.syntax = 'E'
	case "fgrep":
		g.syntax = 'F'
	}
	opts, operands, status, ok := c.options(flagSpec{
		short: "0123456789A:B:C:D:EFGHILPRTUVZabcd:e:f:hiLlm:noqrsuvwxyz",
		long: "after-context:=A before-context:=B context:=C devices:=D extended-regexp=E fixed-strings=F " +
			"basic-regexp=G perl-regexp=P with-filename=H no-filename=h regexp:=e file:=f ignore-case=i no-ignore-case " +
			"invert-match=v word-regexp=w line-regexp=x count=c color:: colour:: files-without-match=L " +
			"files-with-matches=l max-count:=m only-matching=o quiet=q silent=q no-messages=s byte-offset=b label: " +
			"line-number=n line-buffered initial-tab=T null=Z text=a binary-files: binary=U directories:=d exclude: " +
			"exclude-dir: exclude-from: include: recursive=r dereference-recursive=R null-data=z",
		status: exitTrouble,
		usage:  "[OPTION]... PATTERNS [FILE]...",
		remind: true,
	})
	if !ok {
		return status
	}
	var patterns []string
	given := false
	for _, o := range opts {
		if o.name == "e" || o.name == "f" {
			given = true
			list, err := g.patternList(o)
			if err != nil {
				c.errorf("%s: %s", o.value, errText(err))
				return exitTrouble
			}
			patterns = append(patterns, list...)
			continue
		}
		if msg := g.option(o); msg != "" {
			c.errorf("%s", msg)
			return exitTrouble
		}
	}
	g.setContext()
	if !given {
		if len(operands) == 0 {
			fmt.Fprintf(c.Stderr, "Usage: %s [OPTION]... PATTERNS [FILE]...\nTry '%s --help' for more information.\n", c.name(), c.name())
			return exitTrouble
		}
		patterns, operands = strings.Split(operands[0], "\n"), operands[1:]
	}
	if err := g.compile(patterns); err != nil {
		c.errorf("%v", err)
		return exitTrouble
	}
	return g.run(operands)
}

// A matcher finds matches of one pattern in a line, at or after pos.
type matcher interface {
	FindAt(line []byte, pos int) []int
}

// A fixed matches a string.
type fixed string

func (f fixed) FindAt(line []byte, pos int) []int {
	i := bytes.Index(line[pos:], []byte(f))
	if i < 0 {
		return nil
	}
	return []int{pos + i, pos + i + len(f)}
}

// A perl matches an expression in Go's syntax, which is Perl's without
// look-around and back-references.
type perl struct{ re *regexp.Regexp }

func (p perl) FindAt(line []byte, pos int) []int {
	if pos == 0 {
		return p.re.FindIndex(line)
	}
	for _, m := range p.re.FindAllIndex(line, -1) {
		if m[0] >= pos {
			return m
		}
	}
	return nil
}

func (g *grepper) compile(patterns []string) error {
	for _, pattern := range patterns {
		m, err := g.compileOne(pattern)
		if err != nil {
			return err
		}
		g.matchers = append(g.matchers, m)
	}
	return nil
}

func (g *grepper) compileOne(pattern string) (matcher, error) {
	if g.syntax == 'P' {
		if g.fold {
			pattern = "(?i)" + pattern
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, errors.New("-P: not supported: " + strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		return perl{re}, nil
	}
	plain := g.syntax == 'F' || !strings.ContainsAny(pattern, `\.[]*^$+?{}()|`)
	if plain && !g.fold {
		return fixed(pattern), nil
	}
	flags := regex.Grep
	if g.fold {
		flags |= regex.IgnoreCase
	}
	switch g.syntax {
	case 'E':
		flags |= regex.Extended
	case 'F':
		flags |= regex.Literal
	}
	if g.eol == 0 {
		flags |= regex.Multiline
	}
	return regex.Compile(pattern, flags)
}

// find returns the leftmost match at or after pos that satisfies -w and -x,
// the longest where several begin there.
func (g *grepper) find(line []byte, pos int) (start, end int, ok bool) {
	for _, m := range g.matchers {
		s, e, found := g.findOne(m, line, pos)
		if found && (!ok || s < start || s == start && e > end) {
			start, end, ok = s, e, true
		}
	}
	return start, end, ok
}

func (g *grepper) findOne(m matcher, line []byte, pos int) (start, end int, ok bool) {
	for pos <= len(line) {
		loc := m.FindAt(line, pos)
		if loc == nil {
			return 0, 0, false
		}
		if g.whole {
			return loc[0], loc[1], loc[0] == 0 && loc[1] == len(line)
		}
		if !g.word {
			return loc[0], loc[1], true
		}
		// GNU first tries shorter matches at the same place.
		for e := loc[1]; e >= loc[0]; {
			if e > loc[0] && wordBounded(line, loc[0], e) || e == loc[0] && wordBounded(line, e, e) && len(line) == 0 {
				return loc[0], e, true
			}
			if e == loc[0] {
				break
			}
			shorter := m.FindAt(line[:e-1], loc[0])
			if shorter == nil || shorter[0] != loc[0] {
				break
			}
			e = shorter[1]
		}
		pos = loc[0] + 1
	}
	return 0, 0, false
}

// wordBounded reports whether no word character touches line[start:end].
func wordBounded(line []byte, start, end int) bool {
	word := func(b byte) bool { return b == '_' || isDigit(b) || classLetter(b) }
	return (start == 0 || !word(line[start-1])) && (end == len(line) || !word(line[end]))
}

func (g *grepper) run(operands []string) int {
	if len(operands) == 0 {
		operands = []string{"-"}
		if g.recursive {
			operands = []string{""}
		}
	}
	if !g.noName && (len(operands) > 1 || g.recursive) {
		g.withName = true
	}
	for _, name := range operands {
		g.operand(name)
		if g.quiet && g.matched {
			return exitOK
		}
		if g.broken {
			break
		}
	}
	switch {
	case g.trouble:
		return exitTrouble
	case g.matched:
		return exitOK
	}
	return exitFailure
}

func (g *grepper) fail(name string, err error) {
	g.trouble = true
	if !g.silent {
		g.c.errorf("%s: %s", name, errText(err))
	}
}

func (g *grepper) operand(name string) {
	if name == "-" {
		g.file(name, g.label)
		return
	}
	shownName := name
	if name == "" { // the working directory of -r without operands
		name = "."
	}
	info, err := os.Stat(g.c.abs(name))
	switch {
	case err != nil:
		g.fail(name, err)
	case !info.IsDir():
		if g.selected(baseName(name)) {
			g.file(name, shownName)
		}
	case g.recursive:
		g.tree(name, shownName)
	case !g.skipDirs:
		g.trouble = true
		if !g.silent {
			g.c.errorf("%s: Is a directory", name)
		}
	}
}

// tree searches the files below a directory.
func (g *grepper) tree(dir, shownDir string) {
	entries, err := os.ReadDir(g.c.abs(dir))
	if err != nil {
		g.fail(dir, err)
		return
	}
	for _, e := range entries {
		name, shownName := joinName(dir, e.Name()), e.Name()
		if shownDir != "" {
			shownName = joinName(shownDir, e.Name())
		}
		kind := e.Type()
		if kind&fs.ModeSymlink != 0 {
			info, err := os.Stat(g.c.abs(name))
			if !g.follow || err != nil {
				continue
			}
			kind = info.Mode().Type()
		}
		switch {
		case kind.IsDir():
			if !matchesAny(g.exclDir, e.Name()) {
				g.tree(name, shownName)
			}
		case kind.IsRegular() && g.selected(e.Name()):
			g.file(name, shownName)
		}
		if g.broken || g.quiet && g.matched {
			return
		}
	}
}

func matchesAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if (globber{}).match(p, name) {
			return true
		}
	}
	return false
}

// selected applies --include and --exclude.
func (g *grepper) selected(base string) bool {
	return (len(g.include) == 0 || matchesAny(g.include, base)) && !matchesAny(g.exclude, base)
}
