package applet

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// Exit statuses of tar.
const (
	exitTar      = 2
	exitTarUsage = 64
)

const tryTar = "Try 'tar --help' or 'tar --usage' for more information."

// A tarRun is one run of tar.
type tarRun struct {
	c   *Call
	ctx context.Context

	mode      byte // c r t x
	archive   string
	codec     *codec
	program   string // -I
	auto      bool   // -a
	verbose   int
	dir       string // -C, for what follows
	members   []tarMember
	exclude   []string
	strip     int
	transform *sedSubst

	keepOwner, noOwner, keepPerms, noPerms bool
	touch, keepOld, skipOld, toStdout      bool
	absolute, follow, noRecurse, wildcards bool
	sortNames, numeric                     bool
	mtime                                  time.Time
	hasMtime                               bool
	uid, gid                               int // -1: the file's
	uname, gname                           string
	modeChange                             *modeChange
	level                                  int

	status int
	warned map[string]bool
	width  int // of owner and size in listings
	links  map[inode]string
}

// A tarMember is an operand, with the directory it is relative to.
type tarMember struct {
	name, dir string
	found     bool
}

func tarMain(ctx context.Context, c *Call) int {
	t := &tarRun{c: c, ctx: ctx, archive: "-", uid: -1, gid: -1, level: 6, dir: c.Dir}
	spec := flagSpec{
		short: "Aacdf:hjJkmoprtuvwxzC:I:OPST:UX:WlB",
		long: "catenate=A auto-compress=a create=c file:=f dereference=h bzip2=j xz=J keep-old-files=k touch=m " +
			"no-same-owner=o preserve-permissions=p same-permissions=p append=r list=t update=u verbose=v extract=x get=x " +
			"gzip=z gunzip=z ungzip=z directory:=C use-compress-program:=I to-stdout=O absolute-names=P sparse=S " +
			"files-from:=T unlink-first=U exclude-from:=X strip-components: exclude: sort: mtime: owner: group: " +
			"numeric-owner mode: format: no-recursion recursion overwrite same-owner no-same-permissions transform: xform: " +
			"wildcards no-wildcards anchored no-anchored null warning: delay-directory-restore no-delay-directory-restore " +
			"hard-dereference skip-old-files pax-option: no-xattrs xattrs no-acls acls no-selinux selinux posix " +
			"no-auto-compress exclude-vcs checkpoint:: totals wildcards-match-slash no-wildcards-match-slash " +
			"no-overwrite-dir blocking-factor: one-file-system ignore-failed-read quoting-style: show-transformed-names",
		status: exitTarUsage,
		usage:  "-c|-x|-t [OPTION]... [FILE]...",
		try:    tryTar,
	}
	if missing := oldTarMissing(c.Args); missing != 0 {
		c.errorf("Old option '%c' requires an argument.", missing)
		c.try(tryTar)
		return exitTar
	}
	c.Args = oldTarFlags(c.Args)
	if status, ok := t.arguments(spec); !ok {
		return status
	}
	var err error
	switch t.mode {
	case 0:
		c.errorf("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options")
		c.try(tryTar)
		return exitTar
	case 'c', 'r':
		err = t.create()
	default:
		err = t.read()
	}
	if err != nil {
		if isBrokenPipe(err) {
			return exitPipe
		}
		c.errorf("%v", err)
		t.status = exitTar
		c.errorf("Error is not recoverable: exiting now")
		return t.status
	}
	if t.status != exitOK {
		c.errorf("Exiting with failure status due to previous errors")
	}
	return t.status
}

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
	switch o.name {
	case "c", "t", "x", "r":
		if t.mode != 0 && t.mode != o.name[0] {
			return "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option"
		}
		t.mode = o.name[0]
	case "A", "d", "u", "W", "w":
		return "-" + o.name + " is not supported"
	case "a":
		t.auto = true
	case "f":
		t.archive = o.value
	case "h":
		t.follow = true
	case "j":
		t.codec = bzip2Codec()
	case "J":
		t.codec = xzCodec()
	case "z":
		t.codec = gzipCodec()
	case "I":
		t.program = o.value
	case "k":
		t.keepOld = true
	case "skip-old-files":
		t.skipOld = true
	case "m":
		t.touch = true
	case "o":
		t.noOwner = true
	case "same-owner":
		t.keepOwner = true
	case "p":
		t.keepPerms = true
	case "no-same-permissions":
		t.noPerms = true
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
	case "O":
		t.toStdout = true
	case "P":
		t.absolute = true
	case "T", "X":
		return t.list(o)
	case "exclude":
		t.exclude = append(t.exclude, o.value)
	case "exclude-vcs":
		t.exclude = append(t.exclude, ".git", ".gitignore", ".gitattributes", ".gitmodules", ".hg", ".hgignore", ".svn", "CVS", ".bzr")
	case "no-recursion":
		t.noRecurse = true
	case "wildcards":
		t.wildcards = true
	case "numeric-owner":
		t.numeric = true
	default:
		return t.valueOption(o)
	}
	return ""
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

func (t *tarRun) fail(format string, args ...any) {
	t.c.errorf(format, args...)
	t.status = exitTar
}

// excluded applies --exclude: a pattern may match a whole name or begin after
// any slash.
func (t *tarRun) excluded(name string) bool {
	name = strings.TrimSuffix(name, "/")
	for _, pattern := range t.exclude {
		pattern = strings.TrimSuffix(pattern, "/")
		for rest := name; ; {
			if (globber{}).match(pattern, rest) {
				return true
			}
			at := strings.IndexByte(rest, '/')
			if at < 0 {
				break
			}
			rest = rest[at+1:]
		}
	}
	return false
}

// memberName makes the name of a member relative, and applies --transform.
func (t *tarRun) memberName(name string) string {
	if t.transform != nil {
		s := &sed{c: t.c, pattern: []byte(name)}
		s.substitute(t.transform)
		name = string(s.pattern)
	}
	if t.absolute {
		return name
	}
	at := 0
	if strings.HasPrefix(name, "/") {
		at = len(name) - len(strings.TrimLeft(name, "/"))
	}
	for i := strings.Index(name[at:], "../"); i >= 0; i = strings.Index(name[at:], "../") {
		if i > 0 && name[at+i-1] != '/' {
			break
		}
		at += i + 3
	}
	if name[at:] == ".." {
		at += 2
	}
	if at > 0 {
		t.warnRemoved(name[:at], "member names")
	}
	if name[at:] == "" {
		return "./"
	}
	return name[at:]
}

func (t *tarRun) warnRemoved(lead, from string) {
	if t.warned[lead+from] {
		return
	}
	if t.warned == nil {
		t.warned = make(map[string]bool)
	}
	t.warned[lead+from] = true
	t.c.errorf("Removing leading `%s' from %s", lead, from)
}

// read lists or extracts an archive.
func (t *tarRun) read() error {
	in, err := t.openArchive()
	if err != nil {
		return err
	}
	defer in.Close()
	r, finish, err := t.decompress(in)
	if err != nil {
		return err
	}
	x := &extractor{t: t, mask: umask(), root: os.Geteuid() == 0}
	tr := tar.NewReader(r)
	for first := true; ; first = false {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			if first && (errors.Is(err, tar.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF)) {
				t.fail("This does not look like a tar archive")
				return nil
			}
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return errors.New("Unexpected EOF in archive")
			}
			return err
		}
		if h.Typeflag == tar.TypeXGlobalHeader || !t.selected(h.Name) || t.excluded(h.Name) {
			continue
		}
		if t.mode == 't' {
			t.show(h, h.Name)
			continue
		}
		if err := x.member(h, tr); err != nil {
			return err
		}
	}
	x.finish()
	io.Copy(io.Discard, r)
	finish()
	for i := range t.members {
		if m := &t.members[i]; !m.found {
			t.fail("%s: Not found in archive", m.name)
		}
	}
	return nil
}

// selected reports whether the operands name a member.
func (t *tarRun) selected(name string) bool {
	if len(t.members) == 0 {
		return true
	}
	clean := strings.TrimSuffix(name, "/")
	for i := range t.members {
		m := &t.members[i]
		want := strings.TrimSuffix(m.name, "/")
		hit := clean == want || strings.HasPrefix(clean, want+"/") || t.wildcards && (globber{}).match(want, clean)
		if hit {
			m.found = true
			return true
		}
	}
	return false
}
