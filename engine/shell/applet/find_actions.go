package applet

import (
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// action parses an action; ok is false if name is none.
func (p *findParser) action(name string) (t findTest, ok bool, err error) {
	switch name {
	case "-print":
		return findPrint, true, nil
	case "-print0":
		return func(f *finder, e *found) bool { puts(f.c, e.path, "\x00"); return true }, true, nil
	case "-prune":
		return func(_ *finder, e *found) bool { e.prune = true; return true }, true, nil
	case "-quit":
		return func(f *finder, _ *found) bool { f.quit = true; return false }, true, nil
	case "-delete":
		p.f.depthFirst = true
		return findDelete, true, nil
	case "-ls":
		return findLs, true, nil
	case "-exec", "-execdir":
		t, err := p.exec(name)
		return t, true, err
	case "-ok", "-okdir", "-fprint", "-fprint0", "-fprintf", "-fls":
		return nil, false, fmt.Errorf("%s is not supported", name)
	case "-printf":
		format, err := p.value(name)
		if err != nil {
			return nil, false, err
		}
		return func(f *finder, e *found) bool { findPrintf(f, e, format); return true }, true, nil
	}
	return nil, false, nil
}

func findDelete(f *finder, e *found) bool {
	if e.base() == "." || e.path == "." {
		return true
	}
	remove := os.Remove
	if e.info.IsDir() {
		remove = unix.Rmdir
	}
	if err := remove(f.c.abs(e.path)); err != nil {
		f.fail("cannot delete %s: %s", quote(e.path), errText(err))
		return false
	}
	return true
}

// exec parses the command of -exec up to ; or {} +.
func (p *findParser) exec(name string) (findTest, error) {
	var words []string
	for {
		if len(p.args) == 0 {
			return nil, fmt.Errorf("missing argument to `%s'", name)
		}
		word := p.take()
		if word == ";" {
			break
		}
		if word == "+" && len(words) > 0 && words[len(words)-1] == "{}" {
			return p.execBatch(words[:len(words)-1], name == "-execdir")
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("invalid argument `;' to `%s'", name)
	}
	return func(f *finder, e *found) bool {
		file, dir := e.path, ""
		if name == "-execdir" {
			dir, file = f.c.abs(parentName(e.path)), "./"+e.base()
		}
		args := make([]string, len(words))
		for i, word := range words {
			args[i] = strings.ReplaceAll(word, "{}", file)
		}
		return f.run(args, dir) == 0
	}, nil
}

func (f *finder) run(args []string, dir string) int {
	f.c.out.Flush()
	return f.c.Run(f.ctx, Command{Args: args, Dir: dir, Stdin: f.c.Stdin, Stdout: f.c.Stdout, Stderr: f.c.Stderr, Complaint: "'%s': %s"})
}

// argLimit is how many bytes of file names one command gets.
const argLimit = 128 << 10

// A findBatch collects files for -exec … +.
type findBatch struct {
	words []string
	files []string
	size  int
	dir   string // of the files, for -execdir
}

func (p *findParser) execBatch(words []string, inDir bool) (findTest, error) {
	if len(words) == 0 {
		return nil, errors.New("invalid argument `{}' to `-exec'")
	}
	b := &findBatch{words: words}
	p.f.batches = append(p.f.batches, b)
	return func(f *finder, e *found) bool {
		file, dir := e.path, ""
		if inDir {
			dir, file = f.c.abs(parentName(e.path)), "./"+e.base()
		}
		if b.size+len(file) > argLimit || dir != b.dir {
			b.flush(f)
		}
		b.files = append(b.files, file)
		b.size += len(file) + 1
		b.dir = dir
		return true
	}, nil
}

func (b *findBatch) flush(f *finder) {
	if len(b.files) == 0 {
		return
	}
	args := append(append([]string(nil), b.words...), b.files...)
	if f.run(args, b.dir) != 0 {
		f.status = exitFailure
	}
	b.files, b.size = nil, 0
}

func findLs(f *finder, e *found) bool {
	st := statOf(e)
	l := &lister{c: f.c, now: f.now, loc: location(f.c)}
	user, _ := lookupName("/etc/passwd", int(st.Uid))
	group, _ := lookupName("/etc/group", int(st.Gid))
	putf(f.c, "%9d %6d %s %3d %-8s %-8s %8d %s %s", st.Ino, (st.Blocks+1)/2, modeString(e.info), st.Nlink, user, group,
		e.info.Size(), l.timeText(e.info.ModTime()), e.path)
	if e.info.Mode()&os.ModeSymlink != 0 {
		target, _ := os.Readlink(f.c.abs(e.path))
		puts(f.c, " -> ", target)
	}
	puts(f.c, "\n")
	return true
}

// findPrintf prints the format of -printf for a file.
func findPrintf(f *finder, e *found, format string) {
	for i := 0; i < len(format); i++ {
		switch {
		case format[i] == '\\' && i+1 < len(format):
			if format[i+1] == 'c' {
				f.c.out.Flush()
				return
			}
			var b strings.Builder
			i += oneEscape(&b, format[i:], escapeFormat) - 1
			puts(f.c, b.String())
		case format[i] == '%' && i+1 < len(format):
			i += findDirective(f, e, format[i+1:])
		default:
			f.c.out.WriteByte(format[i])
		}
	}
}

// findDirective prints one directive, given without its %, and returns its
// length.
func findDirective(f *finder, e *found, s string) int {
	n := 0
	for n < len(s) && strings.IndexByte("-+ #0123456789.", s[n]) >= 0 {
		n++
	}
	if n == len(s) {
		puts(f.c, "%", s)
		return n
	}
	flags, verb := s[:n], s[n]
	n++
	var text string
	if verb == 'A' || verb == 'C' || verb == 'T' {
		if n == len(s) {
			return n
		}
		t := timeOf(e.info, lower(map[byte]byte{'A': 'a', 'C': 'c', 'T': 'm'}[verb])).In(location(f.c))
		text = findTime(t, s[n])
		n++
	} else {
		text = findField(f, e, verb)
	}
	putf(f.c, "%"+flags+"s", text)
	return n
}

func findField(f *finder, e *found, verb byte) string {
	st := statOf(e)
	switch verb {
	case '%':
		return "%"
	case 'p':
		return e.path
	case 'P':
		return strings.TrimPrefix(strings.TrimPrefix(e.path, e.root), "/")
	case 'f':
		return e.base()
	case 'h':
		if !strings.Contains(e.path, "/") {
			return "."
		}
		return path.Dir(e.path)
	case 'H':
		return e.root
	case 's':
		return strconv.FormatInt(e.info.Size(), 10)
	case 'm':
		return fmt.Sprintf("%o", permBits(e.info))
	case 'M':
		return modeString(e.info)
	case 'u', 'U':
		name, _ := lookupName("/etc/passwd", int(st.Uid))
		if verb == 'U' {
			name = strconv.Itoa(int(st.Uid))
		}
		return name
	case 'g', 'G':
		name, _ := lookupName("/etc/group", int(st.Gid))
		if verb == 'G' {
			name = strconv.Itoa(int(st.Gid))
		}
		return name
	case 'y', 'Y':
		return findType(f, e, verb == 'Y')
	case 'l':
		target, _ := os.Readlink(f.c.abs(e.path))
		return target
	case 'i':
		return fmt.Sprint(st.Ino)
	case 'n':
		return fmt.Sprint(st.Nlink)
	case 'd':
		return strconv.Itoa(e.depth)
	case 'k':
		return fmt.Sprint((st.Blocks + 1) / 2)
	case 'b':
		return fmt.Sprint(st.Blocks)
	case 'D':
		return fmt.Sprint(st.Dev)
	case 't', 'a', 'c':
		letter := map[byte]byte{'t': 'm', 'a': 'a', 'c': 'c'}[verb]
		return findTime(timeOf(e.info, letter).In(location(f.c)), 'c')
	}
	return "%" + string(verb)
}

func findType(f *finder, e *found, follow bool) string {
	info := e.info
	if follow {
		followed, err := os.Stat(f.c.abs(e.path))
		if err != nil {
			return "N"
		}
		info = followed
	}
	if letter := typeLetter(info.Mode()); letter != '-' {
		return string(letter)
	}
	return "f"
}

// findTime formats a time by one letter; seconds have a fraction.
func findTime(t time.Time, letter byte) string {
	fraction := fmt.Sprintf(".%09d0", t.Nanosecond())
	switch letter {
	case '@':
		return strconv.FormatInt(t.Unix(), 10) + fraction
	case 'S', 'T':
		return strftime("%"+string(letter), t) + fraction
	case '+':
		return strftime("%Y-%m-%d+%H:%M:%S", t) + fraction
	case 'c':
		return strftime("%a %b %e %H:%M:%S", t) + fraction + strftime(" %Y", t)
	}
	return strftime("%"+string(letter), t)
}
