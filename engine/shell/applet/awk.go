package applet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"

	"github.com/benhoyt/goawk/interp"
	"github.com/benhoyt/goawk/parser"
)

// awkMain is awk, by goawk. The interpreter opens files relative to the
// process's directory and runs commands there, so that where the call's
// directory is another one, its thread changes to it.
func awkMain(ctx context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short:  "+F:f:v:be:V",
		long:   "field-separator:=F file:=f assign:=v characters-as-bytes=b source:=e posix traditional",
		status: exitTrouble,
		usage:  "[-F fs] [-v var=value] [prog | -f progfile] [file ...]",
	})
	if !ok {
		return status
	}
	var src []string
	config := &interp.Config{
		Stdin: c.Stdin, Output: c.out, Error: c.Stderr, Argv0: c.name(), ShellCommand: selfCommand("sh", "-c"),
		Environ: []string{},
	}
	for _, o := range opts {
		switch o.name {
		case "F":
			config.Vars = append(config.Vars, "FS", awkSeparator(o.value))
		case "f":
			text, err := readText(c, o.value)
			if err != nil {
				c.errorf("can't open file %s: %s", o.value, errText(err))
				return exitTrouble
			}
			src = append(src, text)
		case "e":
			src = append(src, o.value)
		case "v":
			name, value, found := strings.Cut(o.value, "=")
			if !found {
				c.errorf("improper assignment: -v %s", o.value)
				return exitTrouble
			}
			text, _ := unescape(value, escapeFormat)
			config.Vars = append(config.Vars, name, text)
		}
	}
	if len(src) == 0 {
		if len(operands) == 0 {
			c.errorf("usage: awk [-F fs] [-v var=value] [prog | -f progfile] [file ...]")
			return exitTrouble
		}
		src, operands = operands[:1], operands[1:]
	}
	config.Args = operands
	for _, kv := range c.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		config.Environ = append(config.Environ, name, value)
	}
	prog, err := parser.ParseProgram([]byte(strings.Join(src, "\n")), nil)
	if err != nil {
		c.errorf("%s", awkSyntax(err))
		return exitTrouble
	}
	return runAwk(ctx, c, prog, config)
}

func awkSyntax(err error) string {
	var parseErr *parser.ParseError
	if errors.As(err, &parseErr) {
		return fmt.Sprintf("line %d: syntax error: %s", parseErr.Position.Line, parseErr.Message)
	}
	return err.Error()
}

// awkSeparator undoes the escapes of -F; a single t is a tab, as POSIX has it.
func awkSeparator(s string) string {
	if s == "t" {
		return "\t"
	}
	text, _ := unescape(s, escapeFormat)
	return text
}

func readText(c *Call, name string) (string, error) {
	r, err := c.open(name)
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data), err
}

// runAwk runs a program in the call's directory.
func runAwk(ctx context.Context, c *Call, prog *parser.Program, config *interp.Config) int {
	run := func() (int, error) {
		in, err := interp.New(prog)
		if err != nil {
			return 0, err
		}
		return in.ExecuteContext(ctx, config)
	}
	status, err, entered := inDir(c.Dir, run)
	if !entered {
		return awkProcess(ctx, c)
	}
	if err != nil {
		if isBrokenPipe(err) {
			return exitPipe
		}
		c.errorf("%s", strings.TrimPrefix(err.Error(), "interp: "))
		return exitTrouble
	}
	return status & 0xff
}

// awkProcess runs awk as a process of its own, where a thread cannot have a
// directory of its own.
func awkProcess(ctx context.Context, c *Call) int {
	args := selfCommand(c.Args...)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = c.Dir, c.Environ()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, c.Stdout, c.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		return c.fail("%v", err)
	}
	return exitOK
}

// Self names the running program on Linux. With the name of an applet or of the
// shell as its first argument it runs that. Elsewhere there is no such name.
const Self = "/proc/self/exe"

// selfCommand returns the command line that runs this program as an applet or
// the shell; elsewhere than on Linux, the system's.
func selfCommand(args ...string) []string {
	if runtime.GOOS != "linux" {
		return append([]string{"/usr/bin/env"}, args...)
	}
	return append([]string{Self}, args...)
}
