package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"

	"nixbench/engine/shell/applet"
)

// exec runs a command that is neither a function nor a builtin of the
// interpreter: one of ours, a program, or an applet.
func (s *session) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	if verb, ok := strings.CutPrefix(args[0], prefix); ok {
		return s.internal(ctx, hc, verb, args)
	}
	s.mask.sync(hc.Env)
	p := &process{
		session: s, args: args, dir: hc.Dir, stdout: hc.Stdout, stderr: hc.Stderr,
		getenv:  func(name string) string { return hc.Env.Get(name).String() },
		environ: func() []string { return exported(hc) },
		files:   func() []io.Writer { return s.files.inherited(hc.Env) },
		where:   s.where(hc),
	}
	p.stdin, _ = hc.Stdin.(*os.File)
	ctx, release := s.jobs.running(ctx, hc.Env)
	code := p.run(ctx)
	release()
	if ended := s.jobs.ended(hc.Env); ended != 0 {
		return hc.Builtin(ctx, []string{"exit", strconv.Itoa(ended)})
	}
	return status(code)
}

// status makes an exit status an error for the interpreter.
func status(code int) error {
	if code == 0 {
		return nil
	}
	return interp.ExitStatus(uint8(code))
}

// where begins messages as bash does.
func (s *session) where(hc interp.HandlerContext) string {
	if line := hc.Pos.Line(); line > 0 {
		return fmt.Sprintf("%s: line %d: ", s.name, line)
	}
	return s.name + ": "
}

func (s *session) errorf(hc interp.HandlerContext, format string, args ...any) {
	fmt.Fprintf(hc.Stderr, s.where(hc)+format+"\n", args...)
}

// exported returns the variables that commands get, as NAME=value. The
// working directory is always among them, which the interpreter forgets.
func exported(hc interp.HandlerContext) []string {
	values := make(map[string]string)
	var names []string
	for name, v := range hc.Env.Each {
		_, seen := values[name]
		isDir := name == "PWD" || name == "OLDPWD"
		if !v.IsSet() || !v.Exported && !isDir || v.Kind != expand.String {
			if seen {
				values[name] = ""
			}
			continue
		}
		if !seen {
			names = append(names, name)
		}
		values[name] = name + "=" + v.String()
	}
	list := make([]string, 0, len(names))
	for _, name := range names {
		if kv := values[name]; kv != "" {
			list = append(list, kv)
		}
	}
	return list
}

// A process is a command about to run, from a script or from an applet such
// as xargs.
type process struct {
	session        *session
	args           []string
	dir            string
	stdin          *os.File
	stdout, stderr io.Writer
	getenv         func(string) string
	environ        func() []string
	files          func() []io.Writer // for descriptors from 3 on, nil: none
	where          string             // begins messages
	complaint      string             // of an applet that runs it, see applet.Command
}

// run runs the command and returns its exit status: a program of PATH if there
// is one, else an applet or the shell itself.
func (p *process) run(ctx context.Context) int {
	name := p.args[0]
	file, err := p.find(name)
	switch {
	case err == nil && !p.isSelf(file):
		return p.start(ctx, file)
	case err != nil && strings.Contains(name, "/"):
		return p.cannot(name, err)
	}
	if isShell(name) {
		return runShell(ctx, p.invocation(p.args))
	}
	if f := applet.Lookup(path.Base(name)); f != nil {
		return p.applet(ctx, f)
	}
	if p.complaint != "" {
		return p.cannot(name, fs.ErrNotExist)
	}
	fmt.Fprintf(p.stderr, "%s%s: command not found\n", p.where, name)
	return 127
}

// find returns the file of a command. The error is the reason why there is
// none that can be executed.
func (p *process) find(name string) (string, error) {
	if strings.Contains(name, "/") {
		return executable(absolute(p.dir, name))
	}
	if name == "" {
		return "", fs.ErrNotExist
	}
	err := fs.ErrNotExist
	for dir := range strings.SplitSeq(p.getenv("PATH"), ":") {
		file, fileErr := executable(absolute(p.dir, joinPath(dir, name)))
		if fileErr == nil {
			return file, nil
		}
		if errors.Is(fileErr, fs.ErrPermission) {
			err = fileErr
		}
	}
	return "", err
}

func joinPath(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// executable reports whether file can be executed.
func executable(file string) (string, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "", syscall.EISDIR
	case info.Mode()&0o111 == 0:
		return "", fs.ErrPermission
	}
	return file, nil
}

// isSelf reports whether a file is this program, under a name that it answers
// to: then it runs here.
func (p *process) isSelf(file string) bool {
	if !Answers(file) {
		return false
	}
	info, err := os.Stat(file)
	if err != nil {
		return false
	}
	self, err := os.Stat(applet.Self)
	return err == nil && os.SameFile(info, self)
}

// cannot reports why a named file cannot be executed.
func (p *process) cannot(name string, err error) int {
	code := 126
	text := applet.Errno(err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		code, text = 127, "No such file or directory"
	case errors.Is(err, fs.ErrPermission):
		text = "Permission denied"
	}
	format := p.complaint
	if format == "" {
		format = "%s: %s"
	}
	fmt.Fprintf(p.stderr, p.where+format+"\n", name, text)
	return code
}

// applet runs an applet in this process.
func (p *process) applet(ctx context.Context, f applet.Func) int {
	return applet.Exec(ctx, f, p.appletCall())
}

func (p *process) appletCall() *applet.Call {
	c := &applet.Call{
		Args: p.args, Dir: p.dir, Stdout: p.stdout, Stderr: p.stderr,
		Getenv: p.getenv, Environ: p.environ,
	}
	c.Stdin = strings.NewReader("")
	if p.stdin != nil {
		c.Stdin = p.stdin
	}
	c.Run = p.session.runner(c)
	return c
}

// runner returns the function by which an applet runs other commands.
func (s *session) runner(c *applet.Call) func(context.Context, applet.Command) int {
	c.Brought = func(name string) bool { return isApplet(name) || isShell(name) && !strings.Contains(name, "/") }
	return func(ctx context.Context, cmd applet.Command) int {
		p := &process{
			session: s, args: cmd.Args, dir: cmd.Dir, stdout: cmd.Stdout, stderr: cmd.Stderr,
			getenv: c.Getenv, environ: c.Environ, where: path.Base(c.Args[0]) + ": ", complaint: cmd.Complaint,
		}
		if p.complaint == "" {
			p.complaint = "%s: %s"
		}
		if p.dir == "" {
			p.dir = c.Dir
		}
		if cmd.Env != nil {
			p.getenv = func(name string) string { return lookupEnv(cmd.Env, name) }
			p.environ = func() []string { return cmd.Env }
		}
		if file, ok := cmd.Stdin.(*os.File); ok {
			p.stdin = file
		} else if cmd.Stdin != nil {
			return p.withPipe(ctx, cmd.Stdin)
		}
		return p.run(ctx)
	}
}

// withPipe runs the command with a reader that is no file as its input.
func (p *process) withPipe(ctx context.Context, in io.Reader) int {
	r, w, err := os.Pipe()
	if err != nil {
		return p.cannot(p.args[0], err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(w, in)
		w.Close()
	}()
	p.stdin = r
	code := p.run(ctx)
	r.Close()
	<-done
	return code
}

// killDelay is how long a program that was asked to end has until it is
// killed.
const killDelay = 2 * time.Second

// start runs a program and waits for it.
func (p *process) start(ctx context.Context, file string) int {
	out, err := p.outputs()
	if err != nil {
		return p.cannot(p.args[0], err)
	}
	defer out.close(ctx)
	var cmd *exec.Cmd
	// A file that was just written may still be open in a process that another
	// goroutine is starting, which makes it busy for a moment.
	for delay := time.Millisecond; delay < 300*time.Millisecond; delay *= 2 {
		cmd = p.command(ctx, file, out)
		if err = cmd.Start(); !errors.Is(err, syscall.ETXTBSY) {
			break
		}
		time.Sleep(delay)
	}
	switch {
	case errors.Is(err, syscall.ENOEXEC):
		return p.script(ctx, file)
	case errors.Is(err, fs.ErrNotExist):
		if _, statErr := os.Stat(p.dir); statErr == nil {
			fmt.Fprintf(p.stderr, "%s%s: cannot execute: required file not found\n", p.where, p.args[0])
			return 127
		}
		return p.cannot(p.args[0], err)
	case err != nil:
		return p.cannot(p.args[0], err)
	}
	out.started()
	return p.wait(cmd.Wait())
}

func (p *process) command(ctx context.Context, file string, out *outputs) *exec.Cmd {
	cmd := exec.CommandContext(ctx, file)
	cmd.Args = p.args
	cmd.Dir = p.dir
	cmd.Env = p.environ()
	if p.stdin != nil {
		cmd.Stdin = p.stdin
	}
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = out.stdout, out.stderr, out.files
	cmd.Cancel = func() error {
		if sig, ok := errors.AsType[signalCause](context.Cause(ctx)); ok {
			return cmd.Process.Signal(syscall.Signal(sig))
		}
		return cmd.Process.Signal(syscall.SIGTERM)
	}
	cmd.WaitDelay = 0
	if ctx.Done() != nil {
		cmd.WaitDelay = killDelay
	}
	return cmd
}

// wait turns what became of a program into an exit status.
func (p *process) wait(err error) int {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		if err != nil && !errors.Is(err, exec.ErrWaitDelay) && !errors.Is(err, syscall.EPIPE) {
			fmt.Fprintf(p.stderr, "%s%s: %v\n", p.where, p.args[0], err)
			return 1
		}
		return 0
	}
	ws, ok := exit.Sys().(syscall.WaitStatus)
	if !ok || !ws.Signaled() {
		return exit.ExitCode()
	}
	sig := ws.Signal()
	if sig != syscall.SIGINT && sig != syscall.SIGPIPE && sig != syscall.SIGTERM {
		text := sig.String()
		fmt.Fprintf(p.stderr, "%s%s%s: %s\n", p.where, strings.ToUpper(text[:1]), text[1:], p.args[0])
	}
	return 128 + int(sig)
}

// script runs a file that the kernel does not know how to execute: a script
// without a #! line.
func (p *process) script(ctx context.Context, file string) int {
	src, err := os.ReadFile(file)
	if err != nil {
		return p.cannot(p.args[0], err)
	}
	if isBinary(src) {
		fmt.Fprintf(p.stderr, "%s%s: cannot execute binary file: Exec format error\n", p.where, p.args[0])
		return 126
	}
	return runShell(ctx, p.invocation(append([]string{"sh", "--", file}, p.args[1:]...)))
}

// invocation is the process as a run of the shell.
func (p *process) invocation(args []string) invocation {
	in := invocation{args: args, stdin: p.stdin, stdout: p.stdout, stderr: p.stderr, dir: p.dir, env: p.environ(), nested: true}
	if p.files != nil {
		in.files = p.files()
	}
	return in
}
