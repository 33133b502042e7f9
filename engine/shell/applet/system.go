package applet

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func unameMain(_ context.Context, c *Call) int {
	if c.name() == "arch" {
		c.Args = []string{c.Args[0], "-m"}
	}
	opts, operands, status, ok := c.options(flagSpec{
		short: "amnioprsv",
		long: "all=a kernel-name=s nodename=n kernel-release=r kernel-version=v machine=m processor=p " +
			"hardware-platform=i operating-system=o",
		usage: "[OPTION]...",
	})
	if !ok {
		return status
	}
	if len(operands) > 0 {
		return c.extra(operands[0])
	}
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return c.fail("cannot get system name: %s", errText(err))
	}
	want := ""
	for _, o := range opts {
		want += o.name
	}
	if want == "" {
		want = "s"
	}
	osName := map[string]string{"linux": "GNU/Linux", "darwin": "Darwin"}[runtime.GOOS]
	var parts []string
	for _, f := range []struct {
		letter string
		text   string
	}{
		{"s", unix.ByteSliceToString(u.Sysname[:])}, {"n", unix.ByteSliceToString(u.Nodename[:])},
		{"r", unix.ByteSliceToString(u.Release[:])}, {"v", unix.ByteSliceToString(u.Version[:])},
		{"m", unix.ByteSliceToString(u.Machine[:])}, {"p", "unknown"}, {"i", "unknown"}, {"o", osName},
	} {
		all := strings.Contains(want, "a") && f.text != "unknown"
		if all || strings.Contains(want, f.letter) {
			parts = append(parts, f.text)
		}
	}
	puts(c, strings.Join(parts, " "), "\n")
	return exitOK
}

func hostnameMain(_ context.Context, c *Call) int {
	_, _, status, ok := c.options(flagSpec{short: "fs", usage: ""})
	if !ok {
		return status
	}
	name, err := os.Hostname()
	if err != nil {
		return c.fail("%s", errText(err))
	}
	puts(c, name, "\n")
	return exitOK
}

func nprocMain(_ context.Context, c *Call) int {
	opts, _, status, ok := c.options(flagSpec{long: "all ignore:", usage: "[OPTION]..."})
	if !ok {
		return status
	}
	n := runtime.NumCPU()
	for _, o := range opts {
		if o.name == "ignore" {
			less, err := strconv.Atoi(o.value)
			if err != nil {
				return c.fail("invalid number: %s", quote(o.value))
			}
			n = max(n-less, 1)
		}
	}
	puts(c, strconv.Itoa(n), "\n")
	return exitOK
}

func whoamiMain(_ context.Context, c *Call) int {
	if _, _, status, ok := c.options(flagSpec{usage: ""}); !ok {
		return status
	}
	name, known := lookupName("/etc/passwd", os.Geteuid())
	if !known {
		return c.fail("cannot find name for user ID %d", os.Geteuid())
	}
	puts(c, name, "\n")
	return exitOK
}

func idMain(_ context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short: "agGnruz",
		long:  "group=g groups=G name=n real=r user=u zero=z",
		usage: "[OPTION]... [USER]",
	})
	if !ok {
		return status
	}
	uid, gid := os.Geteuid(), os.Getegid()
	groups, _ := os.Getgroups()
	if len(operands) > 0 {
		fields := passwdEntry(operands[0])
		if fields == nil {
			return c.fail("%s: no such user", quote(operands[0]))
		}
		uid, _ = strconv.Atoi(fields[2])
		gid, _ = strconv.Atoi(fields[3])
		groups = nil
	}
	groups = append([]int{gid}, slices.DeleteFunc(groups, func(g int) bool { return g == gid })...)
	var has [256]bool
	for _, o := range opts {
		has[o.name[0]] = true
	}
	text := func(file string, id int) string {
		if !has['n'] {
			return strconv.Itoa(id)
		}
		name, _ := lookupName(file, id)
		return name
	}
	switch {
	case has['u']:
		puts(c, text("/etc/passwd", uid), "\n")
	case has['g']:
		puts(c, text("/etc/group", gid), "\n")
	case has['G']:
		var all []string
		for _, g := range groups {
			all = append(all, text("/etc/group", g))
		}
		puts(c, strings.Join(all, " "), "\n")
	case has['n'] || has['r']:
		return c.fail("cannot print only names or real IDs in default format")
	default:
		var all []string
		for _, g := range groups {
			all = append(all, withName("/etc/group", g))
		}
		puts(c, "uid=", withName("/etc/passwd", uid), " gid=", withName("/etc/group", gid), " groups=", strings.Join(all, ","), "\n")
	}
	return exitOK
}

func passwdEntry(user string) []string {
	for _, fields := range passwd("/etc/passwd") {
		if (fields[0] == user || fields[2] == user) && len(fields) >= 4 {
			return fields
		}
	}
	return nil
}

func withName(file string, id int) string {
	if name, known := lookupName(file, id); known {
		return strconv.Itoa(id) + "(" + name + ")"
	}
	return strconv.Itoa(id)
}

func syncMain(_ context.Context, c *Call) int {
	_, files, status, ok := c.options(flagSpec{short: "df", long: "data=d file-system=f", usage: "[OPTION] [FILE]..."})
	if !ok {
		return status
	}
	for _, name := range files {
		f, err := os.Open(c.abs(name))
		if err != nil {
			status = c.fail("error opening %s: %s", quote(name), errText(err))
			continue
		}
		f.Sync()
		f.Close()
	}
	if len(files) == 0 {
		unix.Sync()
	}
	return status
}

func ttyMain(_ context.Context, c *Call) int {
	if !isTerminal(c.Stdin) {
		puts(c, "not a tty\n")
		return exitFailure
	}
	name, _ := os.Readlink("/proc/self/fd/0")
	puts(c, name, "\n")
	return exitOK
}

func mkfifoMain(_ context.Context, c *Call) int {
	opts, names, status, ok := c.options(flagSpec{short: "m:", long: "mode:=m", usage: "[OPTION]... NAME..."})
	if !ok {
		return status
	}
	bits := uint32(0o666)
	for _, o := range opts {
		m, ok := parseMode(o.value)
		if !ok {
			return c.fail("invalid mode")
		}
		bits = m.apply(bits, false, umask())
	}
	if len(names) == 0 {
		return c.missing("operand")
	}
	for _, name := range names {
		if err := unix.Mkfifo(c.abs(name), bits); err != nil {
			status = c.fail("cannot create fifo %s: %s", quote(name), errText(err))
			continue
		}
		if len(opts) > 0 {
			os.Chmod(c.abs(name), fileMode(bits))
		}
	}
	return status
}

func unlinkMain(_ context.Context, c *Call) int {
	_, names, status, ok := c.options(flagSpec{usage: "FILE"})
	if !ok {
		return status
	}
	if len(names) == 0 {
		return c.missing("operand")
	}
	if len(names) > 1 {
		return c.extra(names[1])
	}
	if err := unix.Unlink(c.abs(names[0])); err != nil {
		return c.fail("cannot unlink %s: %s", quote(names[0]), errText(err))
	}
	return exitOK
}
