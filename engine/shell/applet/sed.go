package applet

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
)

// Exit statuses of sed: an input file could not be read; something worse.
const (
	exitSedInput = 2
	exitSedPanic = 4
)

func sedMain(ctx context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short: "bnEe:f:i::l:rsuz",
		long: "quiet=n silent=n expression:=e file:=f in-place::=i line-length:=l regexp-extended=E separate=s " +
			"unbuffered=u null-data=z posix debug follow-symlinks sandbox binary=b",
		usage: "[OPTION]... {script-only-if-no-other-script} [input-file]...",
	})
	if !ok {
		return status
	}
	s := &sed{c: c, ctx: ctx, eol: '\n', wrap: 70}
	p := &sedParser{sed: s}
	given := false
	for _, o := range opts {
		switch o.name {
		case "n":
			s.quiet = true
		case "e":
			given = true
			p.add(o.value)
		case "f":
			given = true
			if err := p.addFile(o.value); err != nil {
				return c.fail("couldn't open file %s: %s", o.value, errText(err))
			}
		case "E", "r":
			s.extended = true
		case "i":
			s.inPlace, s.separate, s.suffix = true, true, o.value
		case "l":
			fmt.Sscan(o.value, &s.wrap)
		case "s":
			s.separate = true
		case "z":
			s.eol = 0
		case "posix":
			s.posix = true
		}
	}
	if !given {
		if len(operands) == 0 {
			putf(c, "Usage: %s [OPTION]... {script-only-if-no-other-script} [input-file]...\n", c.name())
			return exitFailure
		}
		p.add(operands[0])
		operands = operands[1:]
	}
	if err := p.parse(); err != nil {
		if strings.HasPrefix(err.Error(), "can't find label") {
			c.errorf("%v", err)
			return exitSedPanic
		}
		return c.fail("%v", err)
	}
	if len(operands) == 0 {
		if s.inPlace {
			c.errorf("no input files")
			return exitSedPanic
		}
		operands = []string{"-"}
	}
	defer s.closeFiles()
	return s.run(operands)
}

// A sed is one run of sed.
type sed struct {
	c   *Call
	ctx context.Context

	quiet, extended, separate bool
	inPlace, posix            bool
	suffix                    string
	eol                       byte
	wrap                      int

	commands []*sedCmd
	files    map[string]*sedOutput // of w commands, by name

	in       *sedInput
	out      io.Writer
	missing  bool // the last line written lacked its newline
	pattern  []byte
	hold     []byte
	ended    bool // the current line had its newline
	replaced bool // since the last t
	pending  []sedPending
	last     *sedRegex // used last, for the empty expression
	status   int
	failed   bool // writing, or the script

	lineFiles map[string]*lineReader // of R, by name
}

// A sedPending is text or a file to be printed at the end of the cycle.
type sedPending struct {
	text []byte
	file string
}

// A sedOutput is a file that w writes.
type sedOutput struct {
	w       io.WriteCloser
	missing bool
}

func (s *sed) closeFiles() {
	for _, f := range s.files {
		f.w.Close()
	}
}

// output opens the file of a w command.
func (s *sed) output(name string) (*sedOutput, error) {
	if f, ok := s.files[name]; ok {
		return f, nil
	}
	var w io.WriteCloser
	if name == "/dev/stdout" {
		w = nopWriteCloser{s.c.out}
	} else {
		var err error
		if w, err = s.c.create(name, os.O_CREATE|os.O_TRUNC, 0o666); err != nil {
			return nil, fmt.Errorf("couldn't open file %s: %s", name, errText(err))
		}
	}
	if s.files == nil {
		s.files = make(map[string]*sedOutput)
	}
	f := &sedOutput{w: w}
	s.files[name] = f
	return f, nil
}

func (s *sed) run(files []string) int {
	s.out = s.c.out
	s.in = &sedInput{s: s, names: files}
	for s.in.next() {
		quit, code := s.cycles()
		if quit {
			s.in.finish()
			return code
		}
	}
	s.in.finish()
	return s.status
}

// cycles runs the script on every line that is left; quit says that the
// script ended the run with the status code.
func (s *sed) cycles() (quit bool, code int) {
	restart := false // D: no new line
	for {
		if !restart {
			line, ended, ok := s.in.line()
			if !ok {
				return false, 0
			}
			s.pattern = append(s.pattern[:0], line...)
			s.ended = ended
		}
		restart = false
		what, code := s.execute()
		switch what {
		case sedQuitSilently:
			return true, code
		case sedRestart:
			restart = true
			s.flushPending()
			continue
		case sedDelete:
		default:
			if !s.quiet {
				s.print(s.pattern)
			}
		}
		s.flushPending()
		if what == sedQuit {
			return true, code
		}
		if s.failed {
			return true, max(s.status, exitFailure)
		}
	}
}

// print writes a line with the newline that it had.
func (s *sed) print(line []byte) { s.write(line, s.ended) }

func (s *sed) write(line []byte, ended bool) {
	if s.missing {
		s.out.Write([]byte{s.eol})
	}
	_, err := s.out.Write(line)
	if ended && err == nil {
		_, err = s.out.Write([]byte{s.eol})
	}
	s.missing = !ended
	s.failed = s.failed || err != nil
}

// flushPending prints what a, r and R put aside.
func (s *sed) flushPending() {
	for _, p := range s.pending {
		switch {
		case p.file == "":
			if s.missing {
				s.out.Write([]byte{s.eol})
				s.missing = false
			}
			s.out.Write(p.text)
		default:
			s.copyFile(p.file)
		}
	}
	s.pending = s.pending[:0]
}

func (s *sed) copyFile(name string) {
	r, err := s.c.open(name)
	if err != nil {
		return // a file that cannot be read counts as empty
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil || len(data) == 0 {
		return
	}
	if s.missing {
		s.out.Write([]byte{s.eol})
		s.missing = false
	}
	s.out.Write(data)
}

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

// replace puts what was written in the place of the file.
func (in *sedInput) replace() {
	s := in.s
	if b, ok := s.out.(*bufferedFile); ok {
		b.flush()
	}
	in.temp.Close()
	file := s.c.abs(in.name)
	info, err := os.Stat(file)
	if err == nil {
		os.Chmod(in.temp.Name(), fileMode(permBits(info)))
		uid, gid := ownerOf(info)
		os.Lchown(in.temp.Name(), uid, gid)
	}
	if s.suffix != "" {
		os.Rename(file, s.c.abs(backupName(in.name, s.suffix)))
	}
	if err := os.Rename(in.temp.Name(), file); err != nil {
		s.c.errorf("cannot rename %s: %s", in.temp.Name(), errText(err))
		s.status = exitSedPanic
	}
	s.missing = false
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

// A bufferedFile gathers writes to a file.
type bufferedFile struct {
	f   *os.File
	buf []byte
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

func (b *bufferedFile) flush() error {
	_, err := b.f.Write(b.buf)
	b.buf = b.buf[:0]
	return err
}
