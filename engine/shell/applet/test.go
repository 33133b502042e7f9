package applet

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// testMain is test and [.
func testMain(_ context.Context, c *Call) int {
	args := c.Args[1:]
	if c.name() == "[" {
		if len(args) == 0 || args[len(args)-1] != "]" {
			c.errorf("missing `]'")
			return exitTrouble
		}
		args = args[:len(args)-1]
	}
	t := &tester{c: c, args: args}
	result, err := t.run()
	switch {
	case err != nil:
		c.errorf("%v", err)
		return exitTrouble
	case result:
		return exitOK
	}
	return exitFailure
}

// A tester evaluates one expression: by the number of arguments where POSIX
// says so, by precedence otherwise.
type tester struct {
	c    *Call
	args []string
}

func (t *tester) run() (bool, error) {
	result, err := t.counted(t.args)
	if err == errNotCounted {
		if result, err = t.or(); err == nil && len(t.args) > 0 {
			err = errors.New("too many arguments")
		}
	}
	return result, err
}

// errNotCounted says that the number of arguments does not decide.
var errNotCounted = errors.New("not decided by the number of arguments")

func (t *tester) counted(args []string) (bool, error) {
	switch len(args) {
	case 0:
		return false, nil
	case 1:
		return args[0] != "", nil
	case 2:
		if args[0] == "!" {
			return args[1] == "", nil
		}
		if isUnary(args[0]) {
			return t.unary(args[0], args[1])
		}
		return false, fmt.Errorf("%s: unary operator expected", args[0])
	case 3:
		switch {
		case isBinary(args[1]):
			return t.binary(args[0], args[1], args[2])
		case args[1] == "-a":
			return args[0] != "" && args[2] != "", nil
		case args[1] == "-o":
			return args[0] != "" || args[2] != "", nil
		case args[0] == "!":
			result, err := t.counted(args[1:])
			return !result, err
		case args[0] == "(" && args[2] == ")":
			return args[1] != "", nil
		}
		return false, fmt.Errorf("%s: binary operator expected", args[1])
	case 4:
		if args[0] == "!" {
			result, err := t.counted(args[1:])
			return !result, err
		}
		if args[0] == "(" && args[3] == ")" {
			return t.counted(args[1:3])
		}
	}
	return false, errNotCounted
}

func (t *tester) or() (bool, error) {
	left, err := t.and()
	for err == nil && len(t.args) > 0 && t.args[0] == "-o" {
		t.args = t.args[1:]
		var right bool
		right, err = t.and()
		left = left || right
	}
	return left, err
}

func (t *tester) and() (bool, error) {
	left, err := t.term()
	for err == nil && len(t.args) > 0 && t.args[0] == "-a" {
		t.args = t.args[1:]
		var right bool
		right, err = t.term()
		left = left && right
	}
	return left, err
}

func (t *tester) term() (bool, error) {
	args := t.args
	switch {
	case len(args) == 0:
		return false, errors.New("argument expected")
	case args[0] == "!":
		t.args = args[1:]
		result, err := t.term()
		return !result, err
	case len(args) >= 3 && isBinary(args[1]):
		t.args = args[3:]
		return t.binary(args[0], args[1], args[2])
	case args[0] == "(":
		t.args = args[1:]
		result, err := t.or()
		if err != nil {
			return false, err
		}
		if len(t.args) == 0 || t.args[0] != ")" {
			return false, errors.New("`)' expected")
		}
		t.args = t.args[1:]
		return result, nil
	case len(args) >= 2 && isUnary(args[0]):
		t.args = args[2:]
		return t.unary(args[0], args[1])
	}
	t.args = args[1:]
	return args[0] != "", nil
}

func isUnary(op string) bool {
	return len(op) == 2 && op[0] == '-' && strings.IndexByte("abcdefghkLnNOGprsStuwxz", op[1]) >= 0
}

func isBinary(op string) bool {
	switch op {
	case "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
		return true
	}
	return false
}

func (t *tester) unary(op, arg string) (bool, error) {
	switch op {
	case "-n":
		return arg != "", nil
	case "-z":
		return arg == "", nil
	case "-t":
		return t.terminal(arg)
	case "-r":
		return unix.Access(t.c.abs(arg), unix.R_OK) == nil, nil
	case "-w":
		return unix.Access(t.c.abs(arg), unix.W_OK) == nil, nil
	case "-x":
		return unix.Access(t.c.abs(arg), unix.X_OK) == nil, nil
	}
	if arg == "" {
		return false, nil
	}
	if op == "-h" || op == "-L" {
		info, err := os.Lstat(t.c.abs(arg))
		return err == nil && info.Mode()&os.ModeSymlink != 0, nil
	}
	info, err := t.stat(arg)
	if err != nil {
		return false, nil
	}
	return fileTest(op, info), nil
}

// stat follows /dev/stdin and the like to the call's streams.
func (t *tester) stat(name string) (os.FileInfo, error) {
	var stream any
	switch name {
	case "/dev/stdin", "/dev/fd/0":
		stream = t.c.Stdin
	case "/dev/stdout", "/dev/fd/1":
		stream = t.c.Stdout
	case "/dev/stderr", "/dev/fd/2":
		stream = t.c.Stderr
	}
	if f, ok := stream.(*os.File); ok {
		return f.Stat()
	}
	return os.Stat(t.c.abs(name))
}

func fileTest(op string, info os.FileInfo) bool {
	mode := info.Mode()
	st, _ := info.Sys().(*syscall.Stat_t)
	switch op {
	case "-a", "-e":
		return true
	case "-b":
		return mode&os.ModeDevice != 0 && mode&os.ModeCharDevice == 0
	case "-c":
		return mode&os.ModeCharDevice != 0
	case "-d":
		return mode.IsDir()
	case "-f":
		return mode.IsRegular()
	case "-g":
		return mode&os.ModeSetgid != 0
	case "-k":
		return mode&os.ModeSticky != 0
	case "-p":
		return mode&os.ModeNamedPipe != 0
	case "-s":
		return info.Size() > 0
	case "-S":
		return mode&os.ModeSocket != 0
	case "-u":
		return mode&os.ModeSetuid != 0
	case "-N":
		return st != nil && info.ModTime().After(accessTime(st))
	case "-O":
		return st != nil && int(st.Uid) == os.Geteuid()
	case "-G":
		return st != nil && int(st.Gid) == os.Getegid()
	}
	return false
}

func (t *tester) terminal(arg string) (bool, error) {
	var stream any
	switch arg {
	case "0":
		stream = t.c.Stdin
	case "1":
		stream = t.c.Stdout
	case "2":
		stream = t.c.Stderr
	default:
		if _, ok := new(big.Int).SetString(arg, 10); !ok {
			return false, fmt.Errorf("%s: integer expression expected", arg)
		}
	}
	return isTerminal(stream), nil
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok || f == nil {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	_, err = unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	return err == nil
}

func (t *tester) binary(a, op, b string) (bool, error) {
	switch op {
	case "=", "==":
		return a == b, nil
	case "!=":
		return a != b, nil
	case "<":
		return a < b, nil
	case ">":
		return a > b, nil
	case "-nt", "-ot", "-ef":
		return t.compareFiles(a, op, b), nil
	}
	x, err := testInteger(a)
	if err != nil {
		return false, err
	}
	y, err := testInteger(b)
	if err != nil {
		return false, err
	}
	order := x.Cmp(y)
	switch op {
	case "-eq":
		return order == 0, nil
	case "-ne":
		return order != 0, nil
	case "-lt":
		return order < 0, nil
	case "-le":
		return order <= 0, nil
	case "-gt":
		return order > 0, nil
	}
	return order >= 0, nil
}

func testInteger(s string) (*big.Int, error) {
	v, ok := new(big.Int).SetString(strings.TrimSpace(s), 10)
	if !ok {
		return nil, fmt.Errorf("%s: integer expression expected", s)
	}
	return v, nil
}

func (t *tester) compareFiles(a, op, b string) bool {
	x, errX := os.Stat(t.c.abs(a))
	y, errY := os.Stat(t.c.abs(b))
	switch op {
	case "-ef":
		return errX == nil && errY == nil && os.SameFile(x, y)
	case "-ot":
		x, y, errX, errY = y, x, errY, errX
	}
	return errX == nil && (errY != nil || x.ModTime().After(y.ModTime()))
}
