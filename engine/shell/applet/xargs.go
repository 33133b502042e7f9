package applet

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
)

// Exit statuses of xargs.
const (
	xargsSome = 123 // a command failed
	xargsStop = 124 // a command asked to stop, with status 255
)

// xargsMostJobs is how many commands run at once where -P 0 asks for as many as can be.
const xargsMostJobs = 64

// An xargs is one run of xargs.
type xargs struct {
	c         *Call
	ctx       context.Context
	command   []string
	delim     int // -1: blanks and quotes
	maxArgs   int
	maxLines  int
	replace   string
	skipEmpty bool
	trace     bool
	exitLarge bool
	endMark   string
	maxChars  int
	input     io.Reader

	file       string // that the arguments are read from
	isFromFile bool

	jobs    chan struct{} // a slot for each command that may run
	wg      sync.WaitGroup
	writing sync.Mutex // held while one of several commands writes

	mu     sync.Mutex // mu guards the fields below
	status int
	stop   bool // start no more
}

func xargsMain(ctx context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short: "+0a:d:E:e::I:i::L:l::n:P:prs:tx",
		long: "null=0 arg-file:=a delimiter:=d eof::=e replace::=i max-lines::=l max-args:=n max-procs:=P " +
			"interactive=p no-run-if-empty=r max-chars:=s verbose=t exit=x show-limits",
		usage: "[OPTION]... COMMAND [INITIAL-ARGS]...",
	})
	if !ok {
		return status
	}
	x := &xargs{c: c, ctx: ctx, delim: -1, command: operands, maxChars: argLimit, input: c.Stdin, jobs: make(chan struct{}, 1)}
	if len(operands) == 0 {
		x.command = []string{"echo"}
	}
	for _, o := range opts {
		if !o.turnsOn(x.switches()) && !x.option(o) {
			return exitFailure
		}
	}
	if x.isFromFile {
		f, err := os.Open(c.abs(x.file))
		if err != nil {
			return c.fail("Cannot open input file %s: %s", quote(x.file), errText(err))
		}
		defer f.Close()
		x.input = f
	}
	err := x.run()
	x.wg.Wait()
	if err != nil {
		return c.fail("%v", err)
	}
	return x.status
}

// switches returns what the flags that only turn something on turn on.
func (x *xargs) switches() map[string]*bool {
	return map[string]*bool{"r": &x.skipEmpty, "t": &x.trace, "x": &x.exitLarge}
}

// option takes any other flag, and returns false if it has reported that it cannot.
func (x *xargs) option(o option) (ok bool) {
	ok = true
	switch o.name {
	case "0":
		x.delim = 0
	case "a":
		x.file, x.isFromFile = o.value, true
	case "d":
		text, _ := unescape(o.value, escapeFormat)
		if len(text) != 1 {
			x.c.errorf("Invalid input delimiter specification %s: the delimiter must be either a single character or an escape sequence starting with \\.", o.value)
			return false
		}
		x.delim = int(text[0])
	case "E", "e":
		x.endMark = o.value
	case "I":
		x.replace = o.value
		if x.maxArgs > 0 {
			x.maxArgs = 0
			x.c.errorf("warning: options --max-args and --replace/-I/-i are mutually exclusive, ignoring previous --max-args value")
		}
	case "i":
		if x.replace = o.value; !o.given {
			x.replace = "{}"
		}
	case "L", "l":
		x.maxLines = 1
		if o.given {
			x.maxLines, ok = x.number(o, 1)
		}
	case "n":
		x.maxArgs, ok = x.number(o, 1)
	case "P":
		var n int
		if n, ok = x.number(o, 0); n == 0 {
			n = xargsMostJobs
		}
		x.jobs = make(chan struct{}, n)
	case "p":
		x.c.errorf("-p is not supported")
		return false
	case "s":
		x.maxChars, ok = x.number(o, 1)
	}
	return ok
}

// number returns the value of a flag, which has to be a number of at least least.
func (x *xargs) number(o option, least int) (n int, ok bool) {
	n, err := strconv.Atoi(o.value)
	switch {
	case err != nil:
		x.c.usageErr("invalid number \"%s\" for -%s option", o.value, o.name)
		return 0, false
	case n < least:
		x.c.usageErr("value %s for -%s option should be >= %d", o.value, o.name, least)
		return 0, false
	}
	return n, true
}

func (x *xargs) run() error {
	r := bufio.NewReader(x.input)
	if x.replace != "" {
		return x.runReplacing(r)
	}
	var args []string
	size, lines, ran := x.baseSize(), 0, false
	flush := func() {
		if len(args) > 0 {
			x.start(append(append([]string(nil), x.command...), args...))
			ran = true
		}
		args, size, lines = nil, x.baseSize(), 0
	}
	for !x.stopped() {
		item, err := x.next(r)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if size+len(item.text)+1 > x.maxChars && len(args) > 0 {
			if x.exitLarge {
				return errors.New("argument list too long")
			}
			flush()
		}
		args = append(args, item.text)
		size += len(item.text) + 1
		if item.lineEnd {
			lines++
		}
		if x.maxArgs > 0 && len(args) >= x.maxArgs || x.maxLines > 0 && lines >= x.maxLines {
			flush()
		}
	}
	flush()
	if !ran && !x.skipEmpty && !x.stopped() {
		x.start(x.command)
	}
	return nil
}

func (x *xargs) baseSize() int {
	size := 0
	for _, word := range x.command {
		size += len(word) + 1
	}
	return size
}

// runReplacing runs the command once a line, with the line in its place.
func (x *xargs) runReplacing(r *bufio.Reader) error {
	for !x.stopped() {
		line, err := x.line(r)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		args := make([]string, len(x.command))
		for i, word := range x.command {
			args[i] = strings.ReplaceAll(word, x.replace, line)
			if i == 0 {
				args[i] = word
			}
		}
		x.start(args)
	}
	return nil
}

func (x *xargs) stopped() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.stop || x.ctx.Err() != nil
}

// start runs a command as soon as there is a slot, and waits for it if there
// is only one.
func (x *xargs) start(args []string) {
	if x.trace {
		x.c.Stderr.Write([]byte(strings.Join(args, " ") + "\n"))
	}
	x.jobs <- struct{}{}
	run := func() {
		defer func() { <-x.jobs }()
		cmd := Command{Args: args, Stdin: strings.NewReader(""), Stdout: x.stdout(), Stderr: x.c.Stderr}
		if x.isFromFile {
			cmd.Stdin = x.c.Stdin
		}
		x.finished(args[0], x.c.Run(x.ctx, cmd))
	}
	if cap(x.jobs) == 1 {
		run()
		return
	}
	x.wg.Go(run)
}

// stdout guards an output that is no file against commands that run at once.
func (x *xargs) stdout() io.Writer {
	if _, ok := x.c.Stdout.(*os.File); ok || cap(x.jobs) == 1 {
		return x.c.Stdout
	}
	return &lockedWriter{mu: &x.writing, w: x.c.Stdout}
}

// A lockedWriter lets one writer write at a time.
type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func (x *xargs) finished(name string, code int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case code == 0:
	case code == 255:
		x.c.errorf("%s: exited with status 255; aborting", name)
		x.status, x.stop = xargsStop, true
	case code == exitCannot || code == exitNotFound:
		x.status, x.stop = code, true
	case code > 128:
		x.status, x.stop = 125, true
	default:
		x.status = xargsSome
	}
}
