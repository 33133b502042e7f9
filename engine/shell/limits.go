package shell

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A limit is a resource that ulimit knows.
type limit struct {
	letter byte
	which  int
	unit   uint64 // bytes per unit of the command
	text   string
}

func limits() []limit {
	return []limit{
		{'c', unix.RLIMIT_CORE, 512, "core file size              (blocks, -c)"},
		{'d', unix.RLIMIT_DATA, 1024, "data seg size               (kbytes, -d)"},
		{'f', unix.RLIMIT_FSIZE, 512, "file size                   (blocks, -f)"},
		{'l', unix.RLIMIT_MEMLOCK, 1024, "max locked memory           (kbytes, -l)"},
		{'n', unix.RLIMIT_NOFILE, 1, "open files                          (-n)"},
		{'s', unix.RLIMIT_STACK, 1024, "stack size                  (kbytes, -s)"},
		{'t', unix.RLIMIT_CPU, 1, "cpu time                   (seconds, -t)"},
		{'u', unix.RLIMIT_NPROC, 1, "max user processes                  (-u)"},
		{'v', unix.RLIMIT_AS, 1024, "virtual memory              (kbytes, -v)"},
	}
}

// ulimit is the ulimit builtin. Limits are the process's: those set in a
// subshell stay.
func (in *internalCall) ulimit() int {
	soft, hard, all := false, false, false
	which := byte('f')
	args := in.args
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		for _, letter := range []byte(args[0][1:]) {
			switch letter {
			case 'S':
				soft = true
			case 'H':
				hard = true
			case 'a':
				all = true
			default:
				which = letter
			}
		}
		args = args[1:]
	}
	for _, l := range limits() {
		var now unix.Rlimit
		if (!all && l.letter != which) || unix.Getrlimit(l.which, &now) != nil {
			continue
		}
		value := now.Cur
		if hard {
			value = now.Max
		}
		switch {
		case all:
			fmt.Fprintf(in.hc.Stdout, "%s %s\n", l.text, limitText(value, l.unit))
			continue
		case len(args) == 0:
			fmt.Fprintln(in.hc.Stdout, limitText(value, l.unit))
			return 0
		}
		return in.setLimit(l, now, args[0], soft, hard)
	}
	if all {
		return 0
	}
	in.errorf("ulimit: -%c: not supported by this shell", which)
	return 2
}

func limitText(v, unit uint64) string {
	if v == unix.RLIM_INFINITY {
		return "unlimited"
	}
	return strconv.FormatUint(v/unit, 10)
}

func (in *internalCall) setLimit(l limit, now unix.Rlimit, arg string, soft, hard bool) int {
	var value uint64
	switch strings.ToLower(arg) {
	case "unlimited":
		value = unix.RLIM_INFINITY
	case "hard":
		value = now.Max
	case "soft":
		value = now.Cur
	default:
		n, err := strconv.ParseUint(arg, 10, 63)
		if err != nil {
			in.errorf("ulimit: %s: invalid number", arg)
			return 1
		}
		value = n * l.unit
	}
	if soft || !hard {
		now.Cur = value
	}
	if hard || !soft {
		now.Max = value
	}
	if err := unix.Setrlimit(l.which, &now); err != nil {
		in.errorf("ulimit: %s: cannot modify limit: %s", strings.TrimSpace(l.text[:28]), errnoText(err))
		return 1
	}
	return 0
}
