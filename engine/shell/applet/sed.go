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
	for _, o := range opts {
		if problem := p.option(o); problem != "" {
			return c.fail("%s", problem)
		}
	}
	if len(p.starts) == 0 {
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

func (p *sedParser) option(o option) (problem string) {
	s := p.sed
	switches := map[string]*bool{"n": &s.quiet, "E": &s.extended, "r": &s.extended, "s": &s.separate, "posix": &s.posix}
	if o.turnsOn(switches) {
		return ""
	}
	switch o.name {
	case "e":
		p.add(o.value)
	case "f":
		if err := p.addFile(o.value); err != nil {
			return "couldn't open file " + o.value + ": " + errText(err)
		}
	case "i":
		s.inPlace, s.separate, s.suffix = true, true, o.value
	case "l":
		fmt.Sscan(o.value, &s.wrap)
	case "z":
		s.eol = 0
	}
	return ""
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
