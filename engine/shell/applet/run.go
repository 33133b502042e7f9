package applet

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// envMain is env: it prints the environment, or runs a command in another.
func envMain(ctx context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short:  "+0iu:C:vS:",
		long:   "null=0 ignore-environment=i unset:=u chdir:=C debug=v split-string:=S",
		status: 125,
		usage:  "[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]",
	})
	if !ok {
		return status
	}
	env := slices.Clone(c.Environ())
	end, dir := "\n", ""
	for _, o := range opts {
		switch o.name {
		case "0":
			end = "\x00"
		case "i":
			env = []string{}
		case "u":
			env = unsetIn(env, o.value)
		case "C":
			dir = c.abs(o.value)
		case "S":
			operands = append(strings.Fields(o.value), operands...)
		}
	}
	if len(operands) > 0 && operands[0] == "-" {
		env, operands = []string{}, operands[1:]
	}
	for len(operands) > 0 {
		name, _, found := strings.Cut(operands[0], "=")
		if !found {
			break
		}
		env = append(unsetIn(env, name), operands[0])
		operands = operands[1:]
	}
	if len(operands) == 0 {
		for _, kv := range env {
			puts(c, kv, end)
		}
		return exitOK
	}
	if dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			if err == nil {
				err = syscall.ENOTDIR
			}
			c.errorf("cannot change directory to %s: %s", quote(dir), errText(err))
			return 125
		}
	}
	return c.pass(ctx, Command{Args: operands, Env: env, Dir: dir})
}

// pass runs a command with the applet's own streams.
func (c *Call) pass(ctx context.Context, cmd Command) int {
	c.out.Flush()
	if cmd.Stdin == nil {
		cmd.Stdin = c.Stdin
	}
	cmd.Stdout, cmd.Stderr = c.Stdout, c.Stderr
	cmd.Complaint = "failed to run command '%s': %s"
	if c.name() == "env" {
		cmd.Complaint = "'%s': %s"
	}
	return c.Run(ctx, cmd)
}

func unsetIn(env []string, name string) []string {
	return slices.DeleteFunc(env, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
}

func printenvMain(_ context.Context, c *Call) int {
	opts, names, status, ok := c.options(flagSpec{short: "+0", long: "null=0", status: exitTrouble, usage: "[OPTION]... [VARIABLE]..."})
	if !ok {
		return status
	}
	end := "\n"
	if len(opts) > 0 {
		end = "\x00"
	}
	env := c.Environ()
	if len(names) == 0 {
		for _, kv := range env {
			puts(c, kv, end)
		}
	}
	for _, name := range names {
		at := slices.IndexFunc(env, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
		if at < 0 {
			status = exitFailure
			continue
		}
		puts(c, env[at][len(name)+1:], end)
	}
	return status
}

// nohupMain runs a command; there is no terminal whose end it must survive.
func nohupMain(ctx context.Context, c *Call) int {
	_, operands, status, ok := c.options(flagSpec{short: "+", status: 125, usage: "COMMAND [ARG]..."})
	if !ok {
		return status
	}
	if len(operands) == 0 {
		c.missing("operand")
		return 125
	}
	return c.pass(ctx, Command{Args: operands})
}

// niceMain runs a command; the priority stays as it is.
func niceMain(ctx context.Context, c *Call) int {
	_, operands, status, ok := c.options(flagSpec{short: "+n:", long: "adjustment:=n", status: 125, usage: "[OPTION] [COMMAND [ARG]...]"})
	if !ok {
		return status
	}
	if len(operands) == 0 {
		puts(c, "0\n")
		return exitOK
	}
	return c.pass(ctx, Command{Args: operands})
}

func timeoutMain(ctx context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short:  "+k:s:v",
		long:   "kill-after:=k signal:=s verbose=v foreground preserve-status",
		status: 125,
		usage:  "[OPTION] DURATION COMMAND [ARG]...",
	})
	if !ok {
		return status
	}
	keep := false
	for _, o := range opts {
		keep = keep || o.name == "preserve-status"
	}
	if len(operands) < 2 {
		c.missing("operand")
		return 125
	}
	limit, ok := parseDuration(operands[0])
	if !ok {
		c.usageErr("invalid time interval %s", quote(operands[0]))
		return 125
	}
	if limit == 0 {
		return c.pass(ctx, Command{Args: operands[1:]})
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	status = c.pass(limited, Command{Args: operands[1:]})
	if limited.Err() != nil && ctx.Err() == nil && !keep {
		return 124
	}
	return status
}

// parseDuration reads a number of seconds, or of what the suffix s, m, h or d
// says.
func parseDuration(s string) (time.Duration, bool) {
	unit := time.Second
	if n := len(s); n > 0 && !isDigit(s[n-1]) && s[n-1] != '.' {
		units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
		var ok bool
		if unit, ok = units[s[n-1]]; !ok && s != "infinity" && s != "inf" {
			return 0, false
		}
		if !ok {
			return 1 << 62, true
		}
		s = s[:n-1]
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 {
		return 0, false
	}
	if v*float64(unit) > 1<<62 {
		return 1 << 62, true
	}
	return time.Duration(v * float64(unit)), true
}

func sleepMain(ctx context.Context, c *Call) int {
	_, operands, status, ok := c.options(flagSpec{usage: "NUMBER[SUFFIX]..."})
	if !ok {
		return status
	}
	if len(operands) == 0 {
		return c.missing("operand")
	}
	var total time.Duration
	for _, arg := range operands {
		d, ok := parseDuration(arg)
		if !ok {
			return c.usageErr("invalid time interval %s", quote(arg))
		}
		total += d
	}
	timer := time.NewTimer(total)
	defer timer.Stop()
	select {
	case <-timer.C:
		return exitOK
	case <-ctx.Done():
		return 128 + int(syscall.SIGTERM)
	}
}

func whichMain(_ context.Context, c *Call) int {
	opts, names, status, ok := c.options(flagSpec{short: "as", usage: "[-as] args"})
	if !ok {
		return status
	}
	all, silent := false, false
	for _, o := range opts {
		all = all || o.name == "a"
		silent = silent || o.name == "s"
	}
	for _, name := range names {
		files := c.lookPath(name)
		if len(files) == 0 && c.Brought(name) {
			files = []string{name} // found by its name alone
		}
		if len(files) == 0 {
			status = exitFailure
		}
		if !all && len(files) > 1 {
			files = files[:1]
		}
		for _, file := range files {
			if !silent {
				puts(c, file, "\n")
			}
		}
	}
	return status
}

// lookPath returns the files of PATH, or the one, that a command name finds.
func (c *Call) lookPath(name string) []string {
	var found []string
	dirs := strings.Split(c.Getenv("PATH"), ":")
	if strings.Contains(name, "/") {
		dirs = []string{""}
	}
	for _, dir := range dirs {
		file := name
		if dir != "" {
			file = joinName(dir, name)
		}
		info, err := os.Stat(c.abs(file))
		if err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			found = append(found, file)
		}
	}
	return found
}

func trueMain(context.Context, *Call) int  { return exitOK }
func falseMain(context.Context, *Call) int { return exitFailure }

func pwdMain(_ context.Context, c *Call) int {
	opts, _, status, ok := c.options(flagSpec{short: "LP", long: "logical=L physical=P", usage: "[OPTION]..."})
	if !ok {
		return status
	}
	dir := c.Dir
	if len(opts) == 0 || opts[len(opts)-1].name == "P" {
		if real, err := canonical(c, dir, mustExist); err == nil {
			dir = real
		}
	}
	puts(c, dir, "\n")
	return exitOK
}

func yesMain(ctx context.Context, c *Call) int {
	line := "y"
	if args := c.Args[1:]; len(args) > 0 {
		if args[0] == "--" {
			args = args[1:]
		}
		line = strings.Join(args, " ")
	}
	for ctx.Err() == nil {
		if _, err := fmt.Fprintln(c.out, line); err != nil {
			break
		}
	}
	return exitOK
}

func killMain(_ context.Context, c *Call) int {
	sig, args := syscall.SIGTERM, c.Args[1:]
	if len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		name := args[0][1:]
		args = args[1:]
		if name == "s" && len(args) > 0 {
			name, args = args[0], args[1:]
		}
		var ok bool
		if sig, ok = ParseSignal(name); !ok {
			return c.fail("%s: invalid signal", quote(name))
		}
	}
	if len(args) == 0 {
		return c.usageErr("no process ID specified")
	}
	status := exitOK
	for _, arg := range args {
		pid, err := strconv.Atoi(arg)
		if err != nil {
			status = c.fail("%s: invalid process id", quote(arg))
			continue
		}
		if err := syscall.Kill(pid, sig); err != nil {
			status = c.fail("%s: %s", quote(arg), errText(err))
		}
	}
	return status
}
