package applet

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const statDefault = `  File: %N
  Size: %-10s	Blocks: %-10b IO Block: %-6o %F
Device: %Hd,%Ld	Inode: %-11i Links: %h
Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)
Access: %x
Modify: %y
Change: %z
 Birth: %w
`

func statMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "Lfc:t",
		long:  "dereference=L file-system=f format:=c printf: terse=t",
		usage: "[OPTION]... FILE...",
	})
	if !ok {
		return status
	}
	format, end, escapes, follow := strings.TrimSuffix(statDefault, "\n"), "\n", false, false
	for _, o := range opts {
		switch o.name {
		case "L":
			follow = true
		case "c":
			format, escapes, end = o.value, false, "\n"
		case "printf":
			format, escapes, end = o.value, true, ""
		case "t":
			format = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o"
		case "f":
			return c.fail("-f is not supported")
		}
	}
	if len(files) == 0 {
		return c.missing("operand")
	}
	for _, name := range files {
		stat := os.Lstat
		if follow {
			stat = os.Stat
		}
		info, err := stat(c.abs(name))
		if name == "-" {
			info, err = statOperand(c, name)
		}
		if err != nil {
			status = c.fail("cannot statx %s: %s", quote(name), errText(err))
			continue
		}
		f := &statFile{c: c, name: name, info: info, loc: location(c)}
		f.st, _ = info.Sys().(*syscall.Stat_t)
		puts(c, f.format(format, escapes), end)
	}
	return status
}

type statFile struct {
	c    *Call
	name string
	info os.FileInfo
	st   *syscall.Stat_t
	loc  *time.Location
}

func (f *statFile) format(format string, escapes bool) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		switch {
		case format[i] == '\\' && escapes && i+1 < len(format):
			i += oneEscape(&b, format[i:], escapeFormat) - 1
		case format[i] == '%' && i+1 < len(format):
			n := i + 1
			for n < len(format) && strings.IndexByte("-+ #0'123456789.", format[n]) >= 0 {
				n++
			}
			flags := format[i+1 : n]
			half := byte(0)
			if n+1 < len(format) && (format[n] == 'H' || format[n] == 'L') && strings.IndexByte("dr", format[n+1]) >= 0 {
				half = format[n]
				n++
			}
			if n == len(format) {
				b.WriteString(format[i:])
				return b.String()
			}
			b.WriteString(f.directive(flags, half, format[n]))
			i = n
		default:
			b.WriteByte(format[i])
		}
	}
	return b.String()
}

// directive formats one field. Numbers take the flags of printf, text its
// width and precision.
func (f *statFile) directive(flags string, half, verb byte) string {
	if v, kind, ok := f.number(half, verb); ok {
		text := strconv.FormatUint(v, map[byte]int{'d': 10, 'o': 8, 'x': 16}[kind])
		if strings.Contains(flags, "#") {
			text = map[byte]string{'d': "", 'o': "0", 'x': "0x"}[kind] + text
		}
		return padNumber(strings.ReplaceAll(flags, "#", ""), text)
	}
	text := f.text(verb)
	return fmt.Sprintf("%"+strings.Trim(flags, "0#'+ ")+"s", text)
}

// number returns a numeric field and the base in which it is written.
func (f *statFile) number(half, verb byte) (v uint64, kind byte, ok bool) {
	st := f.st
	switch verb {
	case 'a':
		return uint64(permBits(f.info)), 'o', true
	case 'b':
		return uint64(st.Blocks), 'd', true
	case 'B':
		return 512, 'd', true
	case 'd':
		switch half {
		case 'H':
			return uint64(unix.Major(uint64(st.Dev))), 'd', true
		case 'L':
			return uint64(unix.Minor(uint64(st.Dev))), 'd', true
		}
		return uint64(st.Dev), 'd', true
	case 'D':
		return uint64(st.Dev), 'x', true
	case 'f':
		return uint64(st.Mode), 'x', true
	case 'g':
		return uint64(st.Gid), 'd', true
	case 'h':
		return uint64(st.Nlink), 'd', true
	case 'i':
		return uint64(st.Ino), 'd', true
	case 'o':
		return uint64(blockSize(st)), 'd', true
	case 'r':
		return uint64(st.Rdev), 'd', true
	case 's':
		return uint64(f.info.Size()), 'd', true
	case 't':
		return uint64(unix.Major(uint64(st.Rdev))), 'x', true
	case 'T':
		return uint64(unix.Minor(uint64(st.Rdev))), 'x', true
	case 'u':
		return uint64(st.Uid), 'd', true
	case 'W':
		return 0, 'd', true
	}
	return 0, 0, false
}

func (f *statFile) text(verb byte) string {
	clock := func(t time.Time) string { return strftime("%Y-%m-%d %H:%M:%S.%N %z", t.In(f.loc)) }
	switch verb {
	case '%':
		return "%"
	case 'n':
		return f.name
	case 'N':
		text := quote(f.name)
		if f.info.Mode()&fs.ModeSymlink != 0 {
			target, _ := os.Readlink(f.c.abs(f.name))
			return quote(f.name) + " -> " + quote(target)
		}
		return text
	case 'A':
		return modeString(f.info)
	case 'F':
		return fileKind(f.info)
	case 'U':
		name, known := lookupName("/etc/passwd", int(f.st.Uid))
		if !known {
			return "UNKNOWN"
		}
		return name
	case 'G':
		name, known := lookupName("/etc/group", int(f.st.Gid))
		if !known {
			return "UNKNOWN"
		}
		return name
	case 'x':
		return clock(accessTime(f.st))
	case 'y':
		return clock(f.info.ModTime())
	case 'z':
		return clock(changeTime(f.st))
	case 'w':
		return "-"
	case 'X':
		return strconv.FormatInt(accessTime(f.st).Unix(), 10)
	case 'Y':
		return strconv.FormatInt(f.info.ModTime().Unix(), 10)
	case 'Z':
		return strconv.FormatInt(changeTime(f.st).Unix(), 10)
	}
	return "?"
}

func fileKind(info os.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsRegular() && info.Size() == 0:
		return "regular empty file"
	case mode.IsRegular():
		return "regular file"
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeSymlink != 0:
		return "symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "fifo"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeCharDevice != 0:
		return "character special file"
	}
	return "block special file"
}
