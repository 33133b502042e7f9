package applet

import (
	"cmp"
	"io"
	"os"
	"strings"
)

// A sedInput reads the lines of all files, or with -s and -i of one file at a
// time.
type sedInput struct {
	s      *sed
	names  []string
	r      io.ReadCloser
	lr     *lineReader
	number int

	ahead              []byte // the line after the current one
	aheadEnded, hasOne bool

	// With -i.
	name string
	temp *os.File
}

// next begins a group of files: all of them, or the next one with -s.
func (in *sedInput) next() bool {
	in.finish()
	for len(in.names) > 0 {
		if in.s.separate {
			in.number = 0
			for _, cmd := range in.s.commands {
				cmd.active = cmd.a2 != nil && cmd.a1.kind == '0'
			}
		}
		if in.open() {
			in.fill()
			if in.hasOne || in.s.inPlace {
				return true
			}
		}
	}
	return false
}

// open opens the next file that can be read.
func (in *sedInput) open() bool {
	name := in.names[0]
	in.names = in.names[1:]
	if in.s.inPlace && name != "-" {
		if info, err := os.Stat(in.s.c.abs(name)); err == nil && !info.Mode().IsRegular() {
			in.s.status = exitSedPanic
			in.s.c.errorf("couldn't edit %s: not a regular file", name)
			return false
		}
	}
	r, err := in.s.c.open(name)
	if err == nil {
		if f, ok := r.(*os.File); ok {
			if info, statErr := f.Stat(); statErr == nil && info.IsDir() {
				in.s.c.errorf("couldn't read %s: Is a directory", name)
				in.s.status = exitSedInput
				return false
			}
		}
	}
	if err != nil {
		in.s.c.errorf("can't read %s: %s", name, errText(err))
		in.s.status = exitSedInput
		return false
	}
	in.r, in.lr, in.name = r, newLineReader(r, in.s.eol), name
	if in.s.inPlace {
		return in.openTemp(name)
	}
	return true
}

func (in *sedInput) openTemp(name string) bool {
	temp, err := os.CreateTemp(in.s.c.abs(parentName(name)), "sed")
	if err != nil {
		in.s.c.errorf("couldn't open temporary file %s: %s", parentName(name)+"/sedXXXXXX", errText(err))
		in.s.status = exitSedPanic
		return false
	}
	in.temp = temp
	in.s.out = &bufferedFile{f: temp}
	in.s.missing = false
	return true
}

// fill reads the line after the current one.
func (in *sedInput) fill() {
	in.hasOne = false
	for {
		if in.lr != nil {
			line, ended, err := in.lr.next()
			if err == nil {
				in.ahead, in.aheadEnded, in.hasOne = append(in.ahead[:0], line...), ended, true
				return
			}
			if err != io.EOF {
				in.s.c.errorf("read error on %s: %s", in.name, errText(err))
				in.s.status = exitSedInput
			}
			if !in.s.separate {
				in.r.Close()
			}
			in.lr = nil
		}
		if in.s.separate || len(in.names) == 0 {
			return
		}
		in.open()
	}
}

// line moves to the next line.
func (in *sedInput) line() (line []byte, ended, ok bool) {
	if !in.hasOne {
		return nil, false, false
	}
	in.number++
	line, ended = append([]byte(nil), in.ahead...), in.aheadEnded
	in.fill()
	// In the middle of the input every line has its newline.
	return line, ended || in.hasOne, true
}

// isLast reports whether the current line is the last.
func (in *sedInput) isLast() bool { return !in.hasOne && (in.s.separate || len(in.names) == 0) }

// finish ends a file: with -i the output takes its place.
func (in *sedInput) finish() {
	if in.temp != nil {
		in.replace()
		in.temp = nil
		in.s.out = in.s.c.out
	}
	if in.r != nil && in.s.separate {
		in.r.Close()
	}
}

// replace puts what was written in the place of the file, which stays as it is if it cannot
// be written whole or have the backup that is wanted.
func (in *sedInput) replace() {
	s, temp := in.s, in.temp.Name()
	s.missing = false
	var err error
	if b, ok := s.out.(*bufferedFile); ok {
		err = b.flush()
	}
	if err = cmp.Or(err, in.temp.Close()); err != nil {
		in.abandon("couldn't write to %s: %s", temp, errText(err))
		return
	}
	file := s.c.abs(in.name)
	if info, err := os.Stat(file); err == nil {
		os.Chmod(temp, fileMode(permBits(info)))
		uid, gid := ownerOf(info)
		os.Lchown(temp, uid, gid)
	}
	if s.suffix != "" {
		if err := os.Rename(file, s.c.abs(backupName(in.name, s.suffix))); err != nil {
			in.abandon("cannot rename %s: %s", in.name, errText(err))
			return
		}
	}
	if err := os.Rename(temp, file); err != nil {
		in.abandon("cannot rename %s: %s", temp, errText(err))
	}
}

// abandon reports why the output does not take the place of the file, and deletes it.
func (in *sedInput) abandon(format string, args ...any) {
	in.s.c.errorf(format, args...)
	in.s.status = exitSedPanic
	os.Remove(in.temp.Name())
}

// backupName applies the suffix of -i, where * stands for the name.
func backupName(name, suffix string) string {
	if !strings.Contains(suffix, "*") {
		return name + suffix
	}
	backup := strings.ReplaceAll(suffix, "*", baseName(name))
	if strings.Contains(backup, "/") {
		return backup
	}
	return joinName(parentName(name), backup)
}

// A bufferedFile gathers writes to a file. After an error it writes nothing more.
type bufferedFile struct {
	f   *os.File
	buf []byte
	err error
}

func (b *bufferedFile) Write(p []byte) (int, error) {
	b.buf = append(b.buf, p...)
	if len(b.buf) > 1<<16 {
		if err := b.flush(); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// flush writes what was gathered, and returns the first error so far.
func (b *bufferedFile) flush() error {
	if b.err == nil {
		_, b.err = b.f.Write(b.buf)
	}
	b.buf = b.buf[:0]
	return b.err
}
