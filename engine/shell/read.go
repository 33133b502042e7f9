package shell

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"nixbench/engine/shell/applet"
)

// readFlags are the options of read.
type readFlags struct {
	raw, array, exact bool
	delim             byte
	count             int // characters at most, -1: no limit
	prompt            string
	fd                int
	timeout           time.Duration
}

// read is the read builtin.
func (in *internalCall) read(ctx context.Context) error {
	f, names, err := in.readFlags()
	if err != nil {
		return in.usage("%v", err)
	}
	for _, name := range names {
		if base, _, _ := strings.Cut(name, "["); !syntax.ValidName(base) {
			in.errorf("read: `%s': not a valid identifier", name)
			return status(1)
		}
	}
	input := in.stdin()
	if f.fd != 0 {
		input = in.session.files.input(in.hc.Env, f.fd)
	}
	if input == nil {
		in.errorf("read: %d: invalid file descriptor: Bad file descriptor", f.fd)
		return status(1)
	}
	if f.prompt != "" && applet.IsTerminal(input) {
		io.WriteString(in.hc.Stderr, f.prompt)
	}
	if f.timeout > 0 {
		input.SetReadDeadline(time.Now().Add(f.timeout))
		defer input.SetReadDeadline(time.Time{})
	}
	release := applet.Interruptible(ctx, input)
	text, escaped, readErr := f.readLine(input)
	release()
	if err := in.eval(ctx, f.assignments(text, escaped, names, in.ifs())); err != nil {
		return err
	}
	switch {
	case errors.Is(readErr, os.ErrDeadlineExceeded):
		return status(142)
	case readErr != nil:
		return status(1)
	}
	return nil
}

func (in *internalCall) ifs() string {
	if v := in.hc.Env.Get("IFS"); v.IsSet() {
		return v.String()
	}
	return " \t\n"
}

func (in *internalCall) readFlags() (f readFlags, names []string, err error) {
	f = readFlags{delim: '\n', count: -1}
	args := in.args
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			break
		}
		for i := 1; i < len(arg); i++ {
			if strings.IndexByte("rse", arg[i]) >= 0 {
				f.raw = f.raw || arg[i] == 'r'
				continue
			}
			if strings.IndexByte("adnNptu", arg[i]) < 0 {
				return f, nil, errors.New("-" + arg[i:i+1] + ": invalid option")
			}
			value := arg[i+1:]
			if value == "" {
				if len(args) == 0 {
					return f, nil, errors.New("-" + arg[i:i+1] + ": option requires an argument")
				}
				value, args = args[0], args[1:]
			}
			if err := f.set(arg[i], value); err != nil {
				return f, nil, err
			}
			if f.array && arg[i] == 'a' {
				names = []string{value}
			}
			break
		}
	}
	if f.array {
		return f, names, nil
	}
	return f, args, nil
}

func (f *readFlags) set(letter byte, value string) error {
	switch letter {
	case 'a':
		f.array = true
	case 'd':
		f.delim = 0
		if value != "" {
			f.delim = value[0]
		}
	case 'p':
		f.prompt = value
	case 't':
		seconds, err := strconv.ParseFloat(value, 64)
		if err != nil || seconds < 0 {
			return errors.New(value + ": invalid timeout specification")
		}
		f.timeout = time.Duration(seconds * float64(time.Second))
	default:
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return errors.New(value + ": invalid number")
		}
		if letter == 'u' {
			f.fd = n
			return nil
		}
		f.count, f.exact = n, letter == 'N'
	}
	return nil
}

// readLine reads up to the delimiter and no further. escaped marks the
// characters that a backslash protects. The error is io.EOF if the delimiter
// did not come.
func (f *readFlags) readLine(input *os.File) (text []byte, escaped []bool, err error) {
	next, done := byteSource(input)
	defer done()
	backslash := false
	for f.count < 0 || len(text) < f.count {
		ch, err := next()
		if err != nil {
			return text, escaped, err
		}
		switch {
		case backslash:
			backslash = false
			if ch == '\n' {
				continue // a continued line
			}
			text, escaped = append(text, ch), append(escaped, true)
		case ch == '\\' && !f.raw:
			backslash = true
		case ch == f.delim && !f.exact:
			return text, escaped, nil
		case ch == 0:
		default:
			text, escaped = append(text, ch), append(escaped, false)
		}
	}
	return text, escaped, nil
}

// byteSource reads a file byte by byte, as what follows belongs to the next
// reader. A file that can seek is read in blocks, and done goes back.
func byteSource(input *os.File) (next func() (byte, error), done func()) {
	var buf []byte
	size, at := 1, 0
	if info, err := input.Stat(); err == nil && info.Mode().IsRegular() {
		size = 256
	}
	block := make([]byte, size)
	next = func() (byte, error) {
		if at == len(buf) {
			n, err := input.Read(block)
			if n == 0 {
				buf, at = nil, 0
				if err == nil {
					err = io.EOF
				}
				return 0, err
			}
			buf, at = block[:n], 0
		}
		at++
		return buf[at-1], nil
	}
	done = func() {
		if left := len(buf) - at; left > 0 {
			input.Seek(int64(-left), io.SeekCurrent)
		}
	}
	return next, done
}

// assignments splits a line among variables and returns the code that sets
// them.
func (f *readFlags) assignments(text []byte, escaped []bool, names []string, ifs string) string {
	var b strings.Builder
	set := func(name, value string) {
		b.WriteString(name + "=" + quoteValue(value) + "\n")
	}
	sp := &splitter{text: text, escaped: escaped, ifs: ifs}
	switch {
	case f.array:
		b.WriteString(names[0] + "=(")
		for sp.more() {
			b.WriteString(quoteValue(sp.field()) + " ")
		}
		b.WriteString(")\n")
	case len(names) == 0:
		set("REPLY", string(text))
	case f.exact:
		set(names[0], string(text))
		for _, name := range names[1:] {
			set(name, "")
		}
	default:
		for _, name := range names[:len(names)-1] {
			value := ""
			if sp.more() {
				value = sp.field()
			}
			set(name, value)
		}
		set(names[len(names)-1], sp.rest())
	}
	return b.String()
}

// A splitter takes fields off a line.
type splitter struct {
	text    []byte
	escaped []bool
	ifs     string
	at      int
}

func (sp *splitter) isSep(i int) bool {
	return !sp.escaped[i] && strings.IndexByte(sp.ifs, sp.text[i]) >= 0
}

func (sp *splitter) isSpace(i int) bool {
	return sp.isSep(i) && strings.IndexByte(" \t\n", sp.text[i]) >= 0
}

func (sp *splitter) skipSpace() {
	for sp.at < len(sp.text) && sp.isSpace(sp.at) {
		sp.at++
	}
}

// more reports whether there is another field.
func (sp *splitter) more() bool {
	sp.skipSpace()
	return sp.at < len(sp.text)
}

// field takes the next field and the separator after it.
func (sp *splitter) field() string {
	sp.skipSpace()
	start := sp.at
	for sp.at < len(sp.text) && !sp.isSep(sp.at) {
		sp.at++
	}
	value := string(sp.text[start:sp.at])
	sp.skipSpace()
	if sp.at < len(sp.text) && sp.isSep(sp.at) {
		sp.at++
	}
	return value
}

// rest takes everything left; a single separator after the last field goes.
func (sp *splitter) rest() string {
	sp.skipSpace()
	start := sp.at
	first := sp.field()
	if sp.at >= len(sp.text) {
		return first
	}
	end := len(sp.text)
	for end > start && sp.isSpace(end-1) {
		end--
	}
	sp.at = len(sp.text)
	return string(sp.text[start:end])
}
