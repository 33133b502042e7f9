package applet

import (
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

type differ struct {
	c                               *Call
	style                           byte // n normal, u unified, c context
	contextLines                    int
	recursive, newFile, brief, same bool
	uniNew                          bool // --unidirectional-new-file
	fold, allSpace, someSpace       bool
	blankLines, text, showFunc, cr  bool
	labels                          []string
	exclude                         []string
	flags                           string // as given, for the headers of -r
	nested                          bool   // inside a directory
	status                          int
}

func diffMain(_ context.Context, c *Call) int {
	c.Args = diffNumber(c.Args)
	opts, files, status, ok := c.options(flagSpec{
		short: "abBcC:dEiL:NpPqrstuU:wx:X:yZ",
		long: "text=a ignore-space-change=b ignore-blank-lines=B context::=C minimal=d ignore-case=i label:=L " +
			"new-file=N show-c-function=p brief=q recursive=r report-identical-files=s expand-tabs=t unified::=U " +
			"ignore-all-space=w exclude:=x exclude-from:=X ignore-trailing-space=Z strip-trailing-cr " +
			"unidirectional-new-file=P no-dereference normal speed-large-files color:: ignore-tab-expansion=E " +
			"ignore-matching-lines:=I side-by-side=y",
		status: exitTrouble,
		usage:  "[OPTION]... FILES",
		try:    "diff: Try 'diff --help' for more information.",
	})
	if !ok {
		return status
	}
	d := &differ{c: c, style: 'n', contextLines: 3}
	for _, o := range opts {
		if msg := d.option(o); msg != "" {
			c.errorf("%s", msg)
			return exitTrouble
		}
	}
	switch {
	case len(files) < 2:
		d.c.errorf("missing operand after %s", quote(c.Args[len(c.Args)-1]))
	case len(files) > 2:
		d.c.errorf("extra operand %s", quote(files[2]))
	default:
		d.flags = flagsGiven(c.Args[1:], files)
		d.operands(files[0], files[1])
		return d.status
	}
	c.Stderr.Write([]byte("diff: Try 'diff --help' for more information.\n"))
	return exitTrouble
}

// A diffFile is one side of a comparison.
type diffFile struct {
	name    string
	info    os.FileInfo // nil if the file is not there
	data    []byte
	lines   [][]byte
	missing bool // the last line has no newline
}

func (d *differ) trouble(name string, err error) {
	d.c.errorf("%s: %s", shown(name), errText(err))
	d.status = exitTrouble
}

func (d *differ) operands(a, b string) {
	ia, errA := statOperand(d.c, a)
	ib, errB := statOperand(d.c, b)
	switch {
	case errA == nil && errB == nil && ia.IsDir() && !ib.IsDir() && b != "-":
		a = joinName(a, baseName(b))
	case errA == nil && errB == nil && ib.IsDir() && !ia.IsDir() && a != "-":
		b = joinName(b, baseName(a))
	}
	d.pair(a, b)
}

// pair compares two names, files or directories.
func (d *differ) pair(a, b string) {
	fa, okA := d.stat(a)
	fb, okB := d.stat(b)
	if !okA || !okB {
		return
	}
	isDir := func(f *diffFile) bool { return f.info != nil && f.info.IsDir() }
	switch {
	case isDir(fa) && isDir(fb) || d.recursive && d.newFile && (isDir(fa) && fb.info == nil || isDir(fb) && fa.info == nil):
		if d.nested && !d.recursive {
			putf(d.c, "Common subdirectories: %s and %s\n", a, b)
			return
		}
		d.dirs(a, b)
	case isDir(fa) != isDir(fb) && fa.info != nil && fb.info != nil:
		putf(d.c, "File %s is a %s while file %s is a %s\n", a, fileKind(fa.info), b, fileKind(fb.info))
		d.status = max(d.status, exitFailure)
	default:
		d.files(fa, fb)
	}
}

// stat looks at one side. With -N a file that is not there counts as empty.
func (d *differ) stat(name string) (*diffFile, bool) {
	info, err := statOperand(d.c, name)
	if err != nil {
		if os.IsNotExist(err) && (d.newFile || d.uniNew) && d.nested {
			return &diffFile{name: name}, true
		}
		if os.IsNotExist(err) && d.newFile {
			return &diffFile{name: name}, true
		}
		d.trouble(name, err)
		return nil, false
	}
	return &diffFile{name: name, info: info}, true
}

func (d *differ) dirs(a, b string) {
	read := func(name string) map[string]bool {
		names := make(map[string]bool)
		entries, err := os.ReadDir(d.c.abs(name))
		if err != nil && !(os.IsNotExist(err) && d.newFile) {
			d.trouble(name, err)
		}
		for _, e := range entries {
			if !matchesAny(d.exclude, e.Name()) {
				names[e.Name()] = true
			}
		}
		return names
	}
	inA, inB := read(a), read(b)
	var all []string
	for name := range inA {
		all = append(all, name)
	}
	for name := range inB {
		if !inA[name] {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	outer := d.nested
	d.nested = true
	for _, name := range all {
		if !(inA[name] && inB[name]) && !d.newFile && !(d.uniNew && inB[name]) {
			dir := a
			if inB[name] {
				dir = b
			}
			putf(d.c, "Only in %s: %s\n", dir, name)
			d.status = max(d.status, exitFailure)
			continue
		}
		d.pair(joinName(a, name), joinName(b, name))
	}
	d.nested = outer
}

func (d *differ) load(f *diffFile) bool {
	if f.info == nil {
		return true
	}
	r, err := d.c.open(f.name)
	if err == nil {
		f.data, err = io.ReadAll(r)
		r.Close()
	}
	if err != nil {
		d.trouble(f.name, err)
		return false
	}
	return true
}

// files compares two files.
func (d *differ) files(a, b *diffFile) {
	if !d.load(a) || !d.load(b) {
		return
	}
	if bytes.Equal(a.data, b.data) {
		if d.same {
			putf(d.c, "Files %s and %s are identical\n", a.name, b.name)
		}
		return
	}
	if !d.text && (isBinaryData(a.data) || isBinaryData(b.data)) {
		word := "Binary files"
		if d.brief {
			word = "Files"
		}
		putf(d.c, "%s %s and %s differ\n", word, a.name, b.name)
		d.status = max(d.status, exitFailure)
		return
	}
	a.split(d.cr)
	b.split(d.cr)
	classes := make(map[string]int)
	changedA, changedB := compareLines(d.classes(a, classes), d.classes(b, classes))
	changes := changesOf(changedA, changedB)
	if d.blankLines {
		changes = slices.DeleteFunc(changes, func(ch change) bool {
			return allBlank(a.lines[ch.a0:ch.a1]) && allBlank(b.lines[ch.b0:ch.b1])
		})
	}
	if len(changes) == 0 {
		if d.same {
			putf(d.c, "Files %s and %s are identical\n", a.name, b.name)
		}
		return
	}
	d.status = max(d.status, exitFailure)
	if d.brief {
		putf(d.c, "Files %s and %s differ\n", a.name, b.name)
		return
	}
	if d.nested {
		putf(d.c, "diff%s %s %s\n", d.flags, a.name, b.name)
	}
	d.print(a, b, changes)
}

func isBinaryData(data []byte) bool {
	return bytes.IndexByte(data[:min(len(data), 4096)], 0) >= 0
}

func allBlank(lines [][]byte) bool {
	for _, line := range lines {
		if len(line) > 0 {
			return false
		}
	}
	return true
}

func (f *diffFile) split(cr bool) {
	if len(f.data) == 0 {
		return
	}
	f.missing = f.data[len(f.data)-1] != '\n'
	f.lines = bytes.Split(bytes.TrimSuffix(f.data, []byte("\n")), []byte("\n"))
	if cr {
		for i, line := range f.lines {
			f.lines[i] = bytes.TrimSuffix(line, []byte("\r"))
		}
	}
}

// classes numbers the lines of a file so that those that count as equal have
// the same number. A last line without newline is a line of its own.
func (d *differ) classes(f *diffFile, seen map[string]int) []int {
	out := make([]int, len(f.lines))
	for i, line := range f.lines {
		key := d.key(line)
		if f.missing && i == len(f.lines)-1 && !d.allSpace && !d.someSpace {
			key += "\n\\"
		}
		n, ok := seen[key]
		if !ok {
			n = len(seen)
			seen[key] = n
		}
		out[i] = n
	}
	return out
}

// key applies the flags that ignore differences.
func (d *differ) key(line []byte) string {
	if d.fold {
		line = bytes.ToLower(line)
	}
	switch {
	case d.allSpace:
		return string(bytes.Join(bytes.Fields(line), nil))
	case d.someSpace:
		fields := bytes.Fields(line)
		text := string(bytes.Join(fields, []byte(" ")))
		if len(line) > 0 && isSpace(line[0]) {
			text = " " + text
		}
		return text
	}
	return string(line)
}

func (d *differ) print(a, b *diffFile, changes []change) {
	switch d.style {
	case 'n':
		d.normal(a, b, changes)
	case 'u':
		d.header("---", "+++", a, b)
		for _, hunk := range hunksOf(changes, d.contextLines) {
			d.unified(a, b, hunk)
		}
	case 'c':
		d.header("***", "---", a, b)
		for _, hunk := range hunksOf(changes, d.contextLines) {
			d.contextual(a, b, hunk)
		}
	}
}

func (d *differ) header(markA, markB string, a, b *diffFile) {
	for i, f := range []*diffFile{a, b} {
		mark := markA
		if i == 1 {
			mark = markB
		}
		if i < len(d.labels) {
			putf(d.c, "%s %s\n", mark, d.labels[i])
			continue
		}
		format := "%Y-%m-%d %H:%M:%S.%N %z"
		if d.style == 'c' {
			format = "%a %b %e %T %Y"
		}
		when := time.Unix(0, 0)
		if f.info != nil {
			when = f.info.ModTime()
		}
		when = when.In(location(d.c))
		putf(d.c, "%s %s\t%s\n", mark, diffName(f.name), strftime(format, when))
	}
}

// diffName quotes a name with blanks, as GNU diff does since 3.3.
func diffName(name string) string {
	if strings.ContainsAny(name, " \t\n\"\\") {
		return strconv.Quote(name)
	}
	return name
}
