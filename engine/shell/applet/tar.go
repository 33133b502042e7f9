package applet

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
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
	ok, err := t.readMembers(tar.NewReader(r), x)
	x.finish()
	if ok {
		io.Copy(io.Discard, r)
	}
	finish()
	if !ok {
		return err
	}
	for i := range t.members {
		if m := &t.members[i]; !m.found {
			t.fail("%s: Not found in archive", m.name)
		}
	}
	return nil
}

// readMembers lists or extracts all members. ok is false if it could not, which is reported
// unless there is an error.
func (t *tarRun) readMembers(tr *tar.Reader, x *extractor) (ok bool, err error) {
	for first := true; ; first = false {
		h, err := tr.Next()
		switch {
		case err == io.EOF:
			return true, nil
		case err == nil:
		case first && (errors.Is(err, tar.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF)):
			t.fail("This does not look like a tar archive")
			return false, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return false, errors.New("Unexpected EOF in archive")
		default:
			return false, err
		}
		switch {
		case h.Typeflag == tar.TypeXGlobalHeader || !t.selected(h.Name) || t.excluded(h.Name):
		case t.mode == 't':
			t.show(h, h.Name)
		default:
			if err := x.member(h, tr); err != nil {
				return false, err
			}
		}
	}
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
