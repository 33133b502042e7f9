package shell

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"

	"nixbench/engine/shell/applet"
)

// internal runs a command of ours; verb is its name without the prefix and
// args[0] its whole name.
func (s *session) internal(ctx context.Context, hc interp.HandlerContext, verb string, args []string) error {
	if hc.Stdout == nil {
		hc.Stdout = io.Discard
	}
	in := &internalCall{session: s, hc: hc, args: args[1:], verb: verb}
	switch verb {
	case "echo", "test", "[":
		return in.applet(ctx)
	case "printf":
		return in.printf(ctx)
	case "fail":
		code, _ := strconv.Atoi(in.args[0])
		s.errorf(hc, "%s", in.args[1])
		return status(code)
	case "read":
		return in.read(ctx)
	case "split":
		return in.split(ctx)
	case "type":
		return in.typeOf(ctx)
	case "which":
		return in.which(ctx)
	case "hash":
		return in.hash(ctx)
	case "kill":
		return in.kill(ctx)
	case "umask":
		return in.umask(ctx)
	case "ulimit":
		return status(in.ulimit())
	case "times":
		return status(in.times())
	case "time":
		return in.time(ctx)
	case "fd":
		return in.fd(ctx)
	case "job":
		return in.job(ctx)
	case "list":
		return in.list()
	}
	s.errorf(hc, "%s: command not found", args[0])
	return status(127)
}

// An internalCall is one run of a command of ours.
type internalCall struct {
	session *session
	hc      interp.HandlerContext
	args    []string // without the name
	verb    string
}

// eval runs shell code in the calling shell. It must not fail: its status
// would become that of the command.
func (in *internalCall) eval(ctx context.Context, code string) error {
	return in.hc.Builtin(ctx, []string{"eval", code})
}

// assign sets variables of the calling shell to values, in pairs.
func (in *internalCall) assign(ctx context.Context, pairs ...string) error {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(pairs[i] + "=" + quoteValue(pairs[i+1]) + "\n")
	}
	return in.eval(ctx, b.String())
}

func (in *internalCall) errorf(format string, args ...any) {
	in.session.errorf(in.hc, format, args...)
}

// usage reports a misuse and returns status 2.
func (in *internalCall) usage(format string, args ...any) error {
	in.errorf(in.verb+": "+format, args...)
	return status(2)
}

// applet runs the applet that is the builtin of the same name. Where a pipe
// is broken, the shell ends as if by the signal.
func (in *internalCall) applet(ctx context.Context) error {
	c := &applet.Call{
		Args: append([]string{in.verb}, in.args...), Dir: in.hc.Dir, Stdout: in.hc.Stdout,
		Stderr:  prefixWriter{in.hc.Stderr, in.session.where(in.hc)},
		Getenv:  func(name string) string { return in.hc.Env.Get(name).String() },
		Environ: func() []string { return exported(in.hc) },
	}
	c.Stdin = in.hc.Stdin
	return in.finish(ctx, applet.Exec(ctx, applet.Lookup(in.verb), c))
}

// finish returns the status of a builtin that writes.
func (in *internalCall) finish(ctx context.Context, code int) error {
	if code == 128+int(syscall.SIGPIPE) {
		return in.exit(ctx, code)
	}
	return status(code)
}

// A prefixWriter puts the place in the script before each message.
type prefixWriter struct {
	w      io.Writer
	prefix string
}

func (p prefixWriter) Write(b []byte) (int, error) {
	if _, err := io.WriteString(p.w, p.prefix+string(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// printf is the printf builtin: the applet's, and -v.
func (in *internalCall) printf(ctx context.Context) error {
	if len(in.args) < 2 || !strings.HasPrefix(in.args[0], "-v") {
		return in.applet(ctx)
	}
	name, rest := in.args[0][2:], in.args[1:]
	if name == "" {
		name, rest = in.args[1], in.args[2:]
	}
	if len(rest) == 0 {
		return in.usage("usage: printf [-v var] format [arguments]")
	}
	text, code := applet.Printf(rest[0], rest[1:], func(msg string) { in.errorf("printf: %s", msg) })
	if err := in.assign(ctx, name, text); err != nil {
		return err
	}
	return status(code)
}

// times prints the processor times of the shell and its children.
func (in *internalCall) times() int {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var ru syscall.Rusage
		syscall.Getrusage(who, &ru)
		fmt.Fprintf(in.hc.Stdout, "%s %s\n", minutes(rusageTime(ru.Utime)), minutes(rusageTime(ru.Stime)))
	}
	return 0
}

func rusageTime(tv syscall.Timeval) time.Duration { return time.Duration(tv.Nano()) }

func minutes(d time.Duration) string {
	return fmt.Sprintf("%dm%.3fs", int(d.Minutes()), (d % time.Minute).Seconds())
}

// time is the beginning and the end of a time clause.
func (in *internalCall) time(ctx context.Context) error {
	var self, children syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &self)
	syscall.Getrusage(syscall.RUSAGE_CHILDREN, &children)
	now := [3]time.Duration{
		time.Duration(time.Now().UnixNano()),
		rusageTime(self.Utime) + rusageTime(children.Utime),
		rusageTime(self.Stime) + rusageTime(children.Stime),
	}
	if in.args[0] == "start" {
		return in.assign(ctx, prefix+"time", fmt.Sprintf("%d %d %d", now[0], now[1], now[2]))
	}
	var start [3]time.Duration
	fmt.Sscan(in.hc.Env.Get(prefix+"time").String(), &start[0], &start[1], &start[2])
	for i, name := range []string{"real", "user", "sys"} {
		if in.args[0] == "posix" {
			fmt.Fprintf(in.hc.Stderr, "%s %.2f\n", name, (now[i] - start[i]).Seconds())
			continue
		}
		if i == 0 {
			fmt.Fprintln(in.hc.Stderr)
		}
		fmt.Fprintf(in.hc.Stderr, "%s\t%s\n", name, minutes(now[i]-start[i]))
	}
	return status(in.hc.LastExitStatus)
}

// list prints variables: all for set, otherwise those with the attribute of
// the declaration in args[0].
func (in *internalCall) list() error {
	kind, flags := in.args[0], in.args[1]
	vars := make(map[string]expand.Variable)
	for name, v := range in.hc.Env.Each {
		vars[name] = v
	}
	names := make([]string, 0, len(vars))
	for name, v := range vars {
		if v.IsSet() && !strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		v := vars[name]
		switch {
		case kind == "set":
			b.WriteString(name + "=" + listed(v, setQuote) + "\n")
			continue
		case kind == "export" || strings.Contains(flags, "x"):
			if !v.Exported {
				continue
			}
		case kind == "readonly" || strings.Contains(flags, "r"):
			if !v.ReadOnly {
				continue
			}
		}
		attrs := v.Flags()
		if attrs == "" {
			attrs = "-"
		}
		b.WriteString("declare -" + attrs + " " + name + "=" + listed(v, doubleQuote) + "\n")
	}
	_, err := io.WriteString(in.hc.Stdout, b.String())
	if err != nil {
		return status(1)
	}
	return nil
}

// listed writes a value so that it can be read back.
func listed(v expand.Variable, quote func(string) string) string {
	var b strings.Builder
	switch v.Kind {
	case expand.Indexed:
		b.WriteByte('(')
		for i, elem := range v.List {
			index := i
			if v.Indexes != nil {
				index = v.Indexes[i]
			}
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "[%d]=%s", index, doubleQuote(elem))
		}
		b.WriteByte(')')
	case expand.Associative:
		keys := make([]string, 0, len(v.Map))
		for key := range v.Map {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		b.WriteByte('(')
		for _, key := range keys {
			fmt.Fprintf(&b, "[%s]=%s ", key, doubleQuote(v.Map[key]))
		}
		b.WriteByte(')')
	default:
		return quote(v.Str)
	}
	return b.String()
}

func doubleQuote(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 127 }) {
		return applet.ShellWord(s)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(s) + `"`
}

// setQuote quotes a value as set prints it, in single quotes if need be.
func setQuote(s string) string {
	odd := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_-+./:,@%^=", r))
	}
	switch {
	case s == "" || !strings.ContainsFunc(s, odd):
		return s
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 127 }):
		return applet.ShellWord(s)
	}
	return join([]string{s})
}

// stdin returns the input of the command as a file, or nil.
func (in *internalCall) stdin() *os.File {
	f, _ := in.hc.Stdin.(*os.File)
	return f
}
