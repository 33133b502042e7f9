package applet

import (
	"bytes"
	"strconv"
	"strings"
)

// A patchFile is the part of a patch for one file.
type patchFile struct {
	oldName, newName string
	creates, deletes bool
	renames          bool
	mode             uint32 // from git's headers, 0: none
	hunks            []*patchHunk
	line             int      // of the first hunk in the patch
	lead             []string // the lines before it, for messages
}

// A patchHunk is one change. Lines hold their newline, except a last one
// without.
type patchHunk struct {
	oldStart, newStart int
	lines              []patchLine
	line               int // in the patch
}

// A patchLine is a line of a hunk: ' ' for both sides, '-' for the old and
// '+' for the new.
type patchLine struct {
	kind byte
	text string
}

// invert swaps old and new.
func (f *patchFile) invert() {
	f.oldName, f.newName = f.newName, f.oldName
	f.creates, f.deletes = f.deletes, f.creates
	for _, h := range f.hunks {
		h.oldStart, h.newStart = h.newStart, h.oldStart
		for i, l := range h.lines {
			switch l.kind {
			case '-':
				h.lines[i].kind = '+'
			case '+':
				h.lines[i].kind = '-'
			}
		}
	}
}

// side returns the lines of the old ('-') or new ('+') side.
func (h *patchHunk) side(kind byte) []string {
	var out []string
	for _, l := range h.lines {
		if l.kind == ' ' || l.kind == kind {
			out = append(out, l.text)
		}
	}
	return out
}

// context returns how many lines at the start and end are the same on both
// sides.
func (h *patchHunk) context() (prefix, suffix int) {
	for prefix < len(h.lines) && h.lines[prefix].kind == ' ' {
		prefix++
	}
	for suffix < len(h.lines)-prefix && h.lines[len(h.lines)-1-suffix].kind == ' ' {
		suffix++
	}
	return prefix, suffix
}

// patchLines splits a file into lines with their newlines.
func patchLines(data []byte) []string {
	var out []string
	for len(data) > 0 {
		at := bytes.IndexByte(data, '\n') + 1
		if at == 0 {
			at = len(data)
		}
		out = append(out, string(data[:at]))
		data = data[at:]
	}
	return out
}

func joinPatchLines(lines []string) []byte { return []byte(strings.Join(lines, "")) }

// A patchParser reads unified diffs, with git's extended headers.
type patchParser struct {
	lines []string
	at    int
	files []*patchFile
	file  *patchFile // being read, nil before the first header
	lead  []string
}

// parsePatch returns the parts of a patch. Text between them is skipped.
func parsePatch(data []byte) []*patchFile {
	p := &patchParser{lines: patchLines(data)}
	for p.at < len(p.lines) {
		line := strings.TrimRight(p.lines[p.at], "\r\n")
		switch {
		case strings.HasPrefix(line, "diff --git "):
			p.begin()
			p.file.oldName, p.file.newName = gitNames(line)
			p.remember(line)
			p.at++
		case strings.HasPrefix(line, "--- ") && p.at+1 < len(p.lines) && strings.HasPrefix(p.lines[p.at+1], "+++ "):
			p.names(line, strings.TrimRight(p.lines[p.at+1], "\r\n"))
			p.at += 2
		case strings.HasPrefix(line, "@@ -") && p.file != nil:
			p.hunk(line)
		default:
			p.gitHeader(line)
			p.remember(line)
			p.at++
		}
	}
	p.flush()
	return p.files
}

func (p *patchParser) remember(line string) { p.lead = append(p.lead, line) }

// flush ends the file being read, if it says anything.
func (p *patchParser) flush() {
	f := p.file
	if f != nil && (len(f.hunks) > 0 || f.renames || f.creates || f.deletes || f.mode != 0) {
		p.files = append(p.files, f)
	}
	p.file = nil
}

func (p *patchParser) begin() {
	p.flush()
	p.file = &patchFile{}
}

// names reads the --- and +++ lines.
func (p *patchParser) names(oldLine, newLine string) {
	git := p.file
	if git == nil || len(git.hunks) > 0 || git.oldName == "" {
		p.begin()
	}
	f := p.file
	var oldGone, newGone bool
	f.oldName, oldGone = headerName(oldLine[4:])
	f.newName, newGone = headerName(newLine[4:])
	f.creates = f.creates || oldGone
	f.deletes = f.deletes || newGone
	p.remember(oldLine)
	p.remember(newLine)
}

// headerName takes the name off a header line; gone says that the file does
// not exist on this side: it is /dev/null or has the time 0.
func headerName(s string) (name string, gone bool) {
	name, stamp, _ := strings.Cut(s, "\t")
	if strings.HasPrefix(name, `"`) {
		if unquoted, err := strconv.Unquote(name); err == nil {
			name = unquoted
		}
	} else {
		name = strings.TrimRight(name, " ")
	}
	epoch := strings.HasPrefix(stamp, "1970-01-01 00:00:00")
	return name, name == "/dev/null" || epoch
}

// gitNames reads the names of a "diff --git a/x b/x" line.
func gitNames(line string) (oldName, newName string) {
	rest := strings.TrimPrefix(line, "diff --git ")
	if at := strings.Index(rest, " b/"); at > 0 {
		return rest[:at], rest[at+1:]
	}
	oldName, newName, _ = strings.Cut(rest, " ")
	return oldName, newName
}

func (p *patchParser) gitHeader(line string) {
	f := p.file
	if f == nil || len(f.hunks) > 0 {
		return
	}
	mode := func(s string) uint32 {
		v, _ := strconv.ParseUint(s, 8, 32)
		return uint32(v)
	}
	for _, h := range []struct {
		prefix string
		apply  func(value string)
	}{
		{"new file mode ", func(v string) { f.creates, f.mode = true, mode(v) }},
		{"deleted file mode ", func(string) { f.deletes = true }},
		{"new mode ", func(v string) { f.mode = mode(v) }},
		{"rename from ", func(v string) { f.renames, f.oldName = true, "a/"+v }},
		{"rename to ", func(v string) { f.newName = "b/" + v }},
	} {
		if value, ok := strings.CutPrefix(line, h.prefix); ok {
			h.apply(value)
		}
	}
}

// hunk reads a hunk, as long as its header says.
func (p *patchParser) hunk(header string) {
	h := &patchHunk{line: p.at + 1}
	oldCount, newCount, ok := h.ranges(header)
	p.at++
	if !ok {
		return
	}
	for p.at < len(p.lines) && (oldCount > 0 || newCount > 0 || strings.HasPrefix(p.lines[p.at], "\\")) {
		line := p.lines[p.at]
		kind := line[0]
		switch kind {
		case '\\':
			if n := len(h.lines); n > 0 {
				h.lines[n-1].text = strings.TrimSuffix(h.lines[n-1].text, "\n")
			}
			p.at++
			continue
		case ' ', '+', '-':
			line = line[1:]
		case '\n', '\r':
			kind = ' ' // a mailer ate the blank
		default:
			oldCount, newCount = 0, 0
			continue
		}
		if kind != '+' {
			oldCount--
		}
		if kind != '-' {
			newCount--
		}
		h.lines = append(h.lines, patchLine{kind, line})
		p.at++
	}
	if len(p.file.hunks) == 0 {
		p.file.line = h.line
		p.file.lead, p.lead = p.lead, nil
	}
	p.file.hunks = append(p.file.hunks, h)
}

// ranges reads "@@ -a,b +c,d @@".
func (h *patchHunk) ranges(header string) (oldCount, newCount int, ok bool) {
	fields := strings.Fields(header)
	if len(fields) < 3 {
		return 0, 0, false
	}
	read := func(s string) (start, count int, ok bool) {
		a, b, found := strings.Cut(s[1:], ",")
		start, err := strconv.Atoi(a)
		if !found {
			return start, 1, err == nil
		}
		count, err2 := strconv.Atoi(b)
		return start, count, err == nil && err2 == nil
	}
	var ok1, ok2 bool
	h.oldStart, oldCount, ok1 = read(fields[1])
	h.newStart, newCount, ok2 = read(fields[2])
	return oldCount, newCount, ok1 && ok2
}
