package applet

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A lister is one run of ls.
type lister struct {
	c                                    *Call
	long, all, almostAll, asDir          bool
	recursive, human, si, reverse        bool
	inode, blocks, classify, slash       bool
	numeric, noGroup, noOwner, follow    bool
	followArgs, escape, quoteNames, zero bool
	sort                                 byte // 0 name, t, S, X, v, U
	timeKind                             byte // m, a, c
	timeStyle                            string
	now                                  time.Time
	loc                                  *time.Location
	status                               int
	printed                              bool
}

func lsMain(_ context.Context, c *Call) int {
	opts, names, status, ok := c.options(flagSpec{
		short: "1aAbBcCdfFgGhHiklLmnNopqQrRsStT:uUvw:xXZ",
		long: "all=a almost-all=A escape=b ignore-backups=B directory=d classify::=F file-type=file-type full-time " +
			"no-group=G human-readable=h si dereference=L dereference-command-line=H inode=i kibibytes=k " +
			"numeric-uid-gid=n literal=N quote-name=Q reverse=r recursive=R size=s sort: time: time-style: " +
			"color:: group-directories-first width:=w hide-control-chars=q show-control-chars quoting-style: " +
			"indicator-style: hyperlink:: zero format: author",
		status: exitTrouble,
		usage:  "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	l := &lister{c: c, timeKind: 'm', now: time.Now(), loc: location(c)}
	for _, o := range opts {
		if msg := l.option(o); msg != "" {
			c.errorf("%s", msg)
			return exitTrouble
		}
	}
	if len(names) == 0 {
		names = []string{"."}
	}
	l.operands(names)
	return l.status
}

func (l *lister) option(o option) (problem string) {
	if o.turnsOn(l.switches()) {
		return ""
	}
	switch o.name {
	case "c", "u":
		l.timeKind = map[string]byte{"c": 'c', "u": 'a'}[o.name]
		if !l.long && l.sort == 0 {
			l.sort = 't'
		}
	case "f":
		l.all, l.sort = true, 'U'
	case "F":
		l.classify = o.value != "never" && o.value != "auto"
	case "g":
		l.long, l.noOwner = true, true
	case "si":
		l.human, l.si = true, true
	case "n":
		l.long, l.numeric = true, true
	case "o":
		l.long, l.noGroup = true, true
	case "S", "t", "U", "v", "X":
		l.sort = o.name[0]
	case "sort":
		l.sort = map[string]byte{"size": 'S', "time": 't', "none": 'U', "version": 'v', "extension": 'X'}[o.value]
	case "time":
		l.timeKind = map[string]byte{"atime": 'a', "access": 'a', "use": 'a', "ctime": 'c', "status": 'c'}[o.value]
	case "time-style":
		l.timeStyle = o.value
	case "full-time":
		l.long, l.timeStyle = true, "full-iso"
	case "m", "x", "C", "Z", "group-directories-first", "author", "quoting-style", "indicator-style", "format":
		return strings.Repeat("-", min(len(o.name), 2)) + o.name + " is not supported"
	}
	return ""
}

// switches returns what the flags that only turn something on turn on.
func (l *lister) switches() map[string]*bool {
	return map[string]*bool{
		"a": &l.all, "A": &l.almostAll, "b": &l.escape, "d": &l.asDir, "p": &l.slash, "G": &l.noGroup, "h": &l.human,
		"H": &l.followArgs, "i": &l.inode, "l": &l.long, "L": &l.follow, "Q": &l.quoteNames, "r": &l.reverse,
		"R": &l.recursive, "s": &l.blocks, "zero": &l.zero,
	}
}

// A listed is a file to list.
type listed struct {
	name string
	file string // for the system
	info os.FileInfo
}

func (l *lister) fail(format string, args ...any) {
	l.c.errorf(format, args...)
	l.status = exitTrouble
}

func (l *lister) stat(file string, operand bool) (os.FileInfo, error) {
	if l.follow || operand && (l.followArgs || !l.long && !l.asDir && !l.classify) {
		if info, err := os.Stat(file); err == nil {
			return info, nil
		}
	}
	return os.Lstat(file)
}

func (l *lister) operands(names []string) {
	var files, dirs []listed
	for _, name := range names {
		info, err := l.stat(l.c.abs(name), true)
		if err != nil {
			l.fail("cannot access %s: %s", quote(name), errText(err))
			continue
		}
		f := listed{name, l.c.abs(name), info}
		if info.IsDir() && !l.asDir {
			dirs = append(dirs, f)
		} else {
			files = append(files, f)
		}
	}
	if len(files) > 0 {
		l.print(files)
		l.printed = true
	}
	l.order(dirs)
	for _, d := range dirs {
		l.dir(d.name, len(names) > 1 || l.recursive)
	}
}

// dir lists a directory.
func (l *lister) dir(name string, header bool) {
	entries, err := os.ReadDir(l.c.abs(name))
	if err != nil {
		l.fail("cannot open directory %s: %s", quote(name), errText(err))
		return
	}
	if header {
		if l.printed {
			puts(l.c, "\n")
		}
		puts(l.c, name, ":\n")
	}
	l.printed = true
	var files []listed
	add := func(base string) {
		file := joinName(l.c.abs(name), base)
		info, err := l.stat(file, false)
		if err != nil {
			l.status = max(l.status, exitFailure)
			l.c.errorf("cannot access %s: %s", quote(joinName(name, base)), errText(err))
			return
		}
		files = append(files, listed{base, file, info})
	}
	if l.all {
		add(".")
		add("..")
	}
	for _, e := range entries {
		if l.all || l.almostAll || !strings.HasPrefix(e.Name(), ".") {
			add(e.Name())
		}
	}
	if l.long || l.blocks {
		var total int64
		for _, f := range files {
			total += diskBlocks(f.info)
		}
		puts(l.c, "total ", l.blockText(total), "\n")
	}
	l.print(files)
	if !l.recursive {
		return
	}
	for _, f := range files {
		if f.info.IsDir() && f.name != "." && f.name != ".." {
			l.dir(joinName(name, f.name), true)
		}
	}
}

// diskBlocks returns the space that a file takes, in KiB.
func diskBlocks(info os.FileInfo) int64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return (st.Blocks + 1) / 2
	}
	return 0
}

func (l *lister) blockText(kib int64) string {
	if l.human {
		return humanSize(kib*1024, l.si)
	}
	return strconv.FormatInt(kib, 10)
}

func (l *lister) order(files []listed) {
	byName := func(a, b listed) int { return cmp.Compare(a.name, b.name) }
	compare := byName
	switch l.sort {
	case 't':
		compare = func(a, b listed) int {
			return cmp.Or(timeOf(b.info, l.timeKind).Compare(timeOf(a.info, l.timeKind)), byName(a, b))
		}
	case 'S':
		compare = func(a, b listed) int { return cmp.Or(cmp.Compare(b.info.Size(), a.info.Size()), byName(a, b)) }
	case 'X':
		compare = func(a, b listed) int {
			return cmp.Or(cmp.Compare(path.Ext(a.name), path.Ext(b.name)), byName(a, b))
		}
	case 'v':
		compare = func(a, b listed) int {
			return cmp.Or(compareVersion([]byte(a.name), []byte(b.name)), byName(a, b))
		}
	case 'U':
		return
	}
	slices.SortStableFunc(files, compare)
	if l.reverse {
		slices.Reverse(files)
	}
}

// humanSize writes a size with one unit letter, rounded up, as ls -h does.
func humanSize(n int64, si bool) string {
	base, units := 1024.0, "KMGTPE"
	if si {
		base, units = 1000.0, "kMGTPE"
	}
	if float64(n) < base {
		return strconv.FormatInt(n, 10)
	}
	v, unit := float64(n), -1
	for v >= base && unit < len(units)-1 {
		v /= base
		unit++
	}
	if v < 10 {
		tenths := ceil(v * 10)
		if tenths < 100 {
			return fmt.Sprintf("%d.%d%c", tenths/10, tenths%10, units[unit])
		}
		return fmt.Sprintf("10%c", units[unit])
	}
	whole := ceil(v)
	if float64(whole) >= base && unit < len(units)-1 {
		return fmt.Sprintf("1.0%c", units[unit+1])
	}
	return fmt.Sprintf("%d%c", whole, units[unit])
}

func ceil(v float64) int64 {
	n := int64(v)
	if float64(n) < v {
		n++
	}
	return n
}
