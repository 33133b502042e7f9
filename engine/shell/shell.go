package shell

import (
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"nixbench/engine/shell/applet"
)

// Main runs the command line args as the shell or as an applet, whichever the
// base name of args[0] says, and returns its exit status. The files are its
// standard streams and env its environment; relative names are those of the
// process's working directory.
func Main(ctx context.Context, args []string, stdin, stdout, stderr *os.File, env []string) int {
	if args[0] == applet.Self && len(args) > 1 {
		args = args[1:] // an applet called this program again
	}
	dir, err := workingDir(env)
	if err != nil {
		fmt.Fprintf(stderr, "%s: cannot find the working directory: %s\n", path.Base(args[0]), applet.Errno(err))
		return 1
	}
	in := invocation{args: args, stdin: stdin, stdout: stdout, stderr: stderr, dir: dir, env: env}
	if isShell(args[0]) {
		return runShell(ctx, in)
	}
	name := path.Base(args[0])
	f := applet.Lookup(name)
	if f == nil {
		fmt.Fprintf(stderr, "%s: applet not found\n", name)
		return 127
	}
	s := newSession("sh")
	c := &applet.Call{
		Args: append([]string{name}, args[1:]...), Dir: dir, Stdin: stdin, Stdout: stdout, Stderr: stderr,
		Getenv:  func(name string) string { return lookupEnv(env, name) },
		Environ: func() []string { return env },
	}
	c.Run = s.runner(c)
	return applet.Exec(ctx, f, c)
}

// Applets returns the names of the applets, sorted. They include those that
// the shell has as builtins, such as echo.
func Applets() []string { return applet.Names() }

// Answers reports whether name, or its base if it is a path, is one that
// [Main] runs: the shell's or an applet's, or that by which applets call this
// program again.
func Answers(name string) bool {
	return isShell(name) || isApplet(path.Base(name)) || name == applet.Self
}

// isShell reports whether a command name is the shell's. A login shell's
// begins with a dash.
func isShell(name string) bool {
	switch strings.TrimPrefix(path.Base(name), "-") {
	case "sh", "bash":
		return true
	}
	return false
}

func isApplet(name string) bool { return applet.Lookup(name) != nil }

// workingDir returns the working directory by the name in PWD, if that is
// right.
func workingDir(env []string) (string, error) {
	if pwd := lookupEnv(env, "PWD"); path.IsAbs(pwd) && path.Clean(pwd) == pwd {
		here, err1 := os.Stat(".")
		there, err2 := os.Stat(pwd)
		if err1 == nil && err2 == nil && os.SameFile(here, there) {
			return pwd, nil
		}
	}
	return os.Getwd()
}

func hasEnv(env []string, name string) bool {
	return slices.ContainsFunc(env, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
}

// lookupEnv returns the value of a variable in a list of NAME=value.
func lookupEnv(env []string, name string) string {
	for i := len(env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(env[i], name); ok && strings.HasPrefix(value, "=") {
			return value[1:]
		}
	}
	return ""
}
