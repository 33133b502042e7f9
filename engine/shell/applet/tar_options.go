package applet

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// oldTarFlags puts the flags of "tar xzf archive" in today's form.
func oldTarFlags(args []string) []string {
	if len(args) < 2 || args[1] == "" || args[1][0] == '-' {
		return args
	}
	out := []string{args[0]}
	rest := args[2:]
	for _, letter := range args[1] {
		out = append(out, "-"+string(letter))
		if strings.ContainsRune("fCIXTb", letter) && len(rest) > 0 {
			out = append(out, rest[0])
			rest = rest[1:]
		}
	}
	return append(out, rest...)
}

// oldTarMissing returns the flag of that form that lacks its argument, or 0.
func oldTarMissing(args []string) rune {
	if len(args) < 2 || args[1] == "" || args[1][0] == '-' {
		return 0
	}
	left := len(args) - 2
	for _, letter := range args[1] {
		if strings.ContainsRune("fCIXTb", letter) {
			if left--; left < 0 {
				return letter
			}
		}
	}
	return 0
}

// arguments parses the command line. -C holds for the operands after it, so
// that options and operands are taken in turn.
func (t *tarRun) arguments(spec flagSpec) (status int, ok bool) {
	args := t.c.Args
	spec.short = "+" + spec.short
	rest := args[1:]
	dashes := false
	for first := true; first || len(rest) > 0; first = false {
		t.c.Args = append([]string{args[0]}, rest...)
		opts, operands, status, ok := t.c.options(spec)
		if !ok {
			return status, false
		}
		if used := len(rest) - len(operands); used > 0 && rest[used-1] == "--" {
			dashes = true
		}
		for _, o := range opts {
			if msg := t.option(o); msg != "" {
				t.c.errorf("%s", msg)
				if strings.Contains(msg, ": Cannot open: ") {
					t.c.errorf("Error is not recoverable: exiting now")
				}
				return exitTar, false
			}
		}
		for len(operands) > 0 && (dashes || !strings.HasPrefix(operands[0], "-") || operands[0] == "-") {
			t.members = append(t.members, tarMember{name: operands[0], dir: t.dir})
			operands = operands[1:]
		}
		rest = operands
	}
	t.c.Args = args
	return exitOK, true
}

func (t *tarRun) option(o option) (problem string) {
	if o.turnsOn(t.switches()) {
		return ""
	}
	switch o.name {
	case "c", "t", "x", "r":
		if t.mode != 0 && t.mode != o.name[0] {
			return "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option"
		}
		t.mode = o.name[0]
	case "A", "d", "u", "W", "w":
		return "-" + o.name + " is not supported"
	case "f":
		t.archive = o.value
	case "j":
		t.codec = bzip2Codec()
	case "J":
		t.codec = xzCodec()
	case "z":
		t.codec = gzipCodec()
	case "I":
		t.program = o.value
	case "v":
		t.verbose++
	case "C":
		dir := o.value
		if !strings.HasPrefix(dir, "/") {
			dir = t.dir + "/" + dir
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			if err == nil {
				err = errors.New("Not a directory")
			}
			return o.value + ": Cannot open: " + errText(err)
		}
		t.dir = dir
	case "T", "X":
		return t.list(o)
	case "exclude":
		t.exclude = append(t.exclude, o.value)
	case "exclude-vcs":
		t.exclude = append(t.exclude, ".git", ".gitignore", ".gitattributes", ".gitmodules", ".hg", ".hgignore", ".svn", "CVS", ".bzr")
	default:
		return t.valueOption(o)
	}
	return ""
}

// switches returns what the flags that only turn something on turn on.
func (t *tarRun) switches() map[string]*bool {
	return map[string]*bool{
		"a": &t.auto, "h": &t.follow, "k": &t.keepOld, "skip-old-files": &t.skipOld, "m": &t.touch, "o": &t.noOwner,
		"same-owner": &t.keepOwner, "p": &t.keepPerms, "no-same-permissions": &t.noPerms, "O": &t.toStdout,
		"P": &t.absolute, "no-recursion": &t.noRecurse, "wildcards": &t.wildcards, "numeric-owner": &t.numeric,
	}
}

func (t *tarRun) valueOption(o option) (problem string) {
	switch o.name {
	case "strip-components":
		n, err := strconv.Atoi(o.value)
		if err != nil || n < 0 {
			return o.value + ": Invalid number of elements"
		}
		t.strip = n
	case "sort":
		t.sortNames = o.value == "name"
	case "mtime":
		when, err := t.parseTime(o.value)
		if err != nil {
			return "Substituting -9223372036854775808 for unknown date format " + quote(o.value)
		}
		t.mtime, t.hasMtime = when, true
	case "owner", "group":
		name, number, hasNumber := strings.Cut(o.value, ":")
		id, err := strconv.Atoi(strings.TrimPrefix(name, "+"))
		file := map[string]string{"owner": "/etc/passwd", "group": "/etc/group"}[o.name]
		switch {
		case hasNumber:
			id, _ = strconv.Atoi(number)
		case err == nil:
			name, _ = lookupName(file, id)
			if name == strconv.Itoa(id) {
				name = ""
			}
		default:
			known := false
			if id, known = lookupID(file, name); !known {
				return name + ": Invalid " + o.name
			}
		}
		if o.name == "owner" {
			t.uid, t.uname = id, name
		} else {
			t.gid, t.gname = id, name
		}
	case "mode":
		change, ok := parseMode(o.value)
		if !ok {
			return "Invalid mode given on option"
		}
		t.modeChange = &change
	case "format":
		if o.value != "gnu" && o.value != "oldgnu" && o.value != "ustar" && o.value != "pax" && o.value != "posix" {
			return o.value + ": Invalid archive format"
		}
	case "transform", "xform":
		p := &sedParser{sed: &sed{c: t.c}}
		p.add(o.value)
		if err := p.parse(); err != nil || len(p.sed.commands) != 1 || p.sed.commands[0].name != 's' {
			return "Invalid transform expression"
		}
		t.transform = p.sed.commands[0].subst
	}
	return ""
}

// parseTime reads a date, or the time of a file whose name begins with / or .
func (t *tarRun) parseTime(s string) (time.Time, error) {
	if strings.HasPrefix(s, "/") || strings.HasPrefix(s, ".") {
		info, err := os.Stat(t.c.abs(s))
		if err != nil {
			return time.Time{}, err
		}
		return info.ModTime(), nil
	}
	return parseDate(s, time.Now().In(location(t.c)))
}

// list reads the names of -T or the patterns of -X.
func (t *tarRun) list(o option) (problem string) {
	r, err := t.c.open(o.value)
	if err != nil {
		return o.value + ": Cannot open: " + errText(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return o.value + ": " + errText(err)
	}
	sep := "\n"
	if bytes.IndexByte(data, 0) >= 0 {
		sep = "\x00"
	}
	for _, line := range strings.Split(string(data), sep) {
		switch {
		case line == "":
		case o.name == "X":
			t.exclude = append(t.exclude, line)
		default:
			t.members = append(t.members, tarMember{name: line, dir: t.dir})
		}
	}
	return ""
}
