package applet

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"nixbench/engine/shell/regex"
)

// knownTest reports whether name is a test with an argument.
func knownTest(name string) bool {
	switch name {
	case "-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename", "-lname", "-ilname", "-regex", "-iregex",
		"-regextype", "-type", "-xtype", "-size", "-perm", "-newer", "-anewer", "-cnewer", "-links", "-inum", "-uid",
		"-gid", "-user", "-group", "-mtime", "-atime", "-ctime", "-mmin", "-amin", "-cmin", "-samefile", "-used",
		"-fstype":
		return true
	}
	return strings.HasPrefix(name, "-newer") && len(name) == len("-newerXY")
}

// valueTest makes a test of its name and argument.
func (p *findParser) valueTest(name, value string) (findTest, error) {
	g := globber{fold: strings.HasPrefix(name, "-i")}
	switch name {
	case "-name", "-iname":
		return func(_ *finder, e *found) bool { return g.match(value, e.base()) }, nil
	case "-path", "-ipath", "-wholename", "-iwholename":
		return func(_ *finder, e *found) bool { return g.match(value, e.path) }, nil
	case "-lname", "-ilname":
		return func(f *finder, e *found) bool {
			target, err := os.Readlink(f.c.abs(e.path))
			return err == nil && g.match(value, target)
		}, nil
	case "-regextype":
		p.regexType = value
		return always, nil
	case "-regex", "-iregex":
		return p.regexTest(value, name == "-iregex")
	case "-type", "-xtype":
		return typeTest(name, value)
	case "-perm":
		return permTest(value)
	case "-size":
		return sizeTest(value)
	case "-samefile":
		info, err := os.Stat(p.f.c.abs(value))
		if err != nil {
			return nil, fmt.Errorf("%s: %s", quote(value), errText(err))
		}
		return func(_ *finder, e *found) bool { return os.SameFile(info, e.info) }, nil
	case "-user", "-group":
		file := map[string]string{"-user": "/etc/passwd", "-group": "/etc/group"}[name]
		id, ok := lookupID(file, value)
		if !ok {
			return nil, fmt.Errorf("%s is not the name of a known %s", quote(value), name[1:])
		}
		return numberTest(strconv.Itoa(id), name, func(e *found) int64 { return owner(e, name == "-group") })
	case "-uid", "-gid":
		return numberTest(value, name, func(e *found) int64 { return owner(e, name == "-gid") })
	case "-links":
		return numberTest(value, name, func(e *found) int64 { return int64(statOf(e).Nlink) })
	case "-inum":
		return numberTest(value, name, func(e *found) int64 { return int64(statOf(e).Ino) })
	case "-fstype", "-used":
		return nil, fmt.Errorf("%s is not supported", name)
	}
	if strings.HasSuffix(name, "newer") || strings.HasPrefix(name, "-newer") {
		return p.newerTest(name, value)
	}
	return p.ageTest(name, value)
}

func owner(e *found, group bool) int64 {
	uid, gid := ownerOf(e.info)
	if group {
		return int64(gid)
	}
	return int64(uid)
}

func statOf(e *found) *syscall.Stat_t {
	if st, ok := e.info.Sys().(*syscall.Stat_t); ok {
		return st
	}
	return &syscall.Stat_t{}
}

// numberTest compares a number with N, +N or -N.
func numberTest(arg, name string, value func(*found) int64) (findTest, error) {
	compare, err := comparison(arg, name)
	if err != nil {
		return nil, err
	}
	return func(_ *finder, e *found) bool { return compare(value(e)) }, nil
}

func comparison(arg, name string) (func(int64) bool, error) {
	sign := byte(0)
	digits := arg
	if arg != "" && (arg[0] == '+' || arg[0] == '-') {
		sign, digits = arg[0], arg[1:]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("invalid argument `%s' to `%s'", arg, name)
	}
	return func(v int64) bool {
		switch sign {
		case '+':
			return v > n
		case '-':
			return v < n
		}
		return v == n
	}, nil
}

func (p *findParser) regexTest(expr string, fold bool) (findTest, error) {
	flags := regex.Flags(0)
	switch p.regexType {
	case "", "emacs", "findutils-default":
		expr = emacsToBasic(expr)
	case "posix-extended", "posix-egrep", "egrep", "posix-awk", "awk", "gnu-awk", "posix-minimal-extended":
		flags = regex.Extended
	case "posix-basic", "grep", "sed", "ed", "posix-minimal-basic":
	default:
		return nil, fmt.Errorf("Unknown regular expression type %s", quote(p.regexType))
	}
	if fold {
		flags |= regex.IgnoreCase
	}
	re, err := regex.Compile(expr, flags)
	if err != nil {
		return nil, fmt.Errorf("failed to compile regular expression '%s': %v", expr, err)
	}
	return func(_ *finder, e *found) bool {
		m := re.Find([]byte(e.path))
		return m != nil && m[0] == 0 && m[1] == len(e.path)
	}, nil
}

// emacsToBasic writes an expression of Emacs's syntax, where + and ? are
// operators, as a basic one.
func emacsToBasic(s string) string {
	var b strings.Builder
	inSet := false
	for i := 0; i < len(s); i++ {
		switch {
		case inSet:
			inSet = s[i] != ']' || i > 0 && s[i-1] == '[' || i > 1 && s[i-2:i] == "[^"
		case s[i] == '[':
			inSet = true
		case s[i] == '+' || s[i] == '?':
			b.WriteByte('\\')
		case s[i] == '\\' && i+1 < len(s):
			i++
			if strings.IndexByte("+?{}", s[i]) < 0 {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func typeTest(name, value string) (findTest, error) {
	for _, letter := range strings.Split(value, ",") {
		if len(letter) != 1 || strings.IndexByte("bcdpfls", letter[0]) < 0 {
			return nil, fmt.Errorf("Unknown argument to %s: %s", name, value)
		}
	}
	return func(f *finder, e *found) bool {
		info := e.info
		if name == "-xtype" {
			if followed, err := os.Stat(f.c.abs(e.path)); err == nil {
				info = followed
			}
		}
		letter := typeLetter(info.Mode())
		if letter == '-' {
			letter = 'f'
		}
		return strings.IndexByte(value, letter) >= 0
	}, nil
}

func permTest(value string) (findTest, error) {
	kind, mode := byte(0), value
	if value != "" && (value[0] == '-' || value[0] == '/') {
		kind, mode = value[0], value[1:]
	}
	change, ok := parseMode(mode)
	if !ok {
		return nil, fmt.Errorf("invalid mode %s", quote(value))
	}
	want := change.apply(0, false, 0)
	return func(_ *finder, e *found) bool {
		bits := permBits(e.info)
		switch kind {
		case '-':
			return bits&want == want
		case '/':
			return want == 0 || bits&want != 0
		}
		return bits == want
	}, nil
}

func sizeTest(value string) (findTest, error) {
	unit := int64(512)
	digits := value
	if value != "" && !isDigit(value[len(value)-1]) {
		units := map[byte]int64{'c': 1, 'w': 2, 'b': 512, 'k': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}
		var ok bool
		if unit, ok = units[value[len(value)-1]]; !ok {
			return nil, fmt.Errorf("invalid -size type `%c'", value[len(value)-1])
		}
		digits = value[:len(value)-1]
	}
	compare, err := comparison(digits, "-size")
	if err != nil {
		return nil, fmt.Errorf("Invalid argument `%s' to -size", value)
	}
	return func(_ *finder, e *found) bool { return compare((e.info.Size() + unit - 1) / unit) }, nil
}

// timeOf returns the time that a letter names: a, c or m.
func timeOf(info os.FileInfo, letter byte) time.Time {
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case letter == 'a' && ok:
		return accessTime(st)
	case letter == 'c' && ok:
		return changeTime(st)
	}
	return info.ModTime()
}

// newerTest is -newer, -anewer, -cnewer and -newerXY.
func (p *findParser) newerTest(name, value string) (findTest, error) {
	x, y := byte('m'), byte('m')
	switch {
	case name == "-anewer", name == "-cnewer":
		x = name[1]
	case len(name) == len("-newerXY"):
		x, y = name[6], name[7]
	}
	var since time.Time
	if y == 't' {
		t, err := parseDate(value, p.f.now.In(location(p.f.c)))
		if err != nil {
			return nil, fmt.Errorf("I cannot figure out how to interpret %s as a date or time", quote(value))
		}
		since = t
	} else {
		info, err := os.Stat(p.f.c.abs(value))
		if err != nil {
			return nil, fmt.Errorf("%s: %s", quote(value), errText(err))
		}
		since = timeOf(info, y)
	}
	return func(_ *finder, e *found) bool { return timeOf(e.info, x).After(since) }, nil
}

// ageTest is -mtime and its like: whole days or minutes.
func (p *findParser) ageTest(name, value string) (findTest, error) {
	unit := 24 * time.Hour
	if strings.HasSuffix(name, "min") {
		unit = time.Minute
	}
	compare, err := comparison(value, name)
	if err != nil {
		return nil, err
	}
	now := p.f.now
	if p.daystart {
		y, m, d := now.Date()
		now = time.Date(y, m, d+1, 0, 0, 0, 0, now.Location())
	}
	above := strings.HasPrefix(value, "+")
	return func(_ *finder, e *found) bool {
		age := now.Sub(timeOf(e.info, name[1]))
		n := int64(age / unit)
		if unit == time.Minute && !above { // GNU rounds minutes up
			n = int64((age + unit - 1) / unit)
		}
		return compare(n)
	}, nil
}
