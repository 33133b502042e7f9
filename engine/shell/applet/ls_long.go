package applet

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// print prints files one a line, in columns as wide as need be.
func (l *lister) print(files []listed) {
	l.order(files)
	rows := make([][]string, len(files))
	var widths []int
	for i, f := range files {
		rows[i] = l.columns(f)
		for j, text := range rows[i] {
			if j == len(widths) {
				widths = append(widths, 0)
			}
			widths[j] = max(widths[j], len(text))
		}
	}
	left := l.leftColumns()
	for i, f := range files {
		for j, text := range rows[i] {
			if left[j] {
				putf(l.c, "%-*s ", widths[j], text)
			} else {
				putf(l.c, "%*s ", widths[j], text)
			}
		}
		puts(l.c, l.shown(f))
		if l.zero {
			puts(l.c, "\x00")
		} else {
			puts(l.c, "\n")
		}
	}
}

// columns returns what stands before a file's name.
func (l *lister) columns(f listed) []string {
	var cols []string
	st, _ := f.info.Sys().(*syscall.Stat_t)
	if st == nil {
		st = &syscall.Stat_t{}
	}
	if l.inode {
		cols = append(cols, fmt.Sprint(st.Ino))
	}
	if l.blocks {
		cols = append(cols, l.blockText(diskBlocks(f.info)))
	}
	if !l.long {
		return cols
	}
	cols = append(cols, modeString(f.info), fmt.Sprint(st.Nlink))
	if !l.noOwner {
		cols = append(cols, l.ownerText("/etc/passwd", int(st.Uid)))
	}
	if !l.noGroup {
		cols = append(cols, l.ownerText("/etc/group", int(st.Gid)))
	}
	size := strconv.FormatInt(f.info.Size(), 10)
	switch {
	case f.info.Mode()&os.ModeDevice != 0:
		size = fmt.Sprintf("%d, %d", unix.Major(uint64(st.Rdev)), unix.Minor(uint64(st.Rdev)))
	case l.human:
		size = humanSize(f.info.Size(), l.si)
	}
	return append(cols, size, l.timeText(timeOf(f.info, l.timeKind)))
}

// leftColumns says which of the columns are aligned left: owner and group.
func (l *lister) leftColumns() map[int]bool {
	at := 2
	if l.inode {
		at++
	}
	if l.blocks {
		at++
	}
	left := make(map[int]bool)
	if !l.long || l.numeric {
		return left
	}
	if !l.noOwner {
		left[at] = true
		at++
	}
	if !l.noGroup {
		left[at] = true
	}
	return left
}

func (l *lister) ownerText(file string, id int) string {
	if l.numeric {
		return strconv.Itoa(id)
	}
	name, _ := lookupName(file, id)
	return name
}

// timeText writes a time as ls -l does: with the hour if it is within the last
// half year.
func (l *lister) timeText(t time.Time) string {
	t = t.In(l.loc)
	switch {
	case strings.HasPrefix(l.timeStyle, "+"):
		return strftime(l.timeStyle[1:], t)
	case l.timeStyle == "full-iso":
		return strftime("%Y-%m-%d %H:%M:%S.%N %z", t)
	case l.timeStyle == "long-iso":
		return strftime("%Y-%m-%d %H:%M", t)
	}
	recent := t.After(l.now.Add(-31556952*time.Second/2)) && !t.After(l.now)
	switch {
	case l.timeStyle == "iso" && recent:
		return strftime("%m-%d %H:%M", t)
	case l.timeStyle == "iso":
		return strftime("%Y-%m-%d ", t)
	case recent:
		return strftime("%b %e %H:%M", t)
	}
	return strftime("%b %e  %Y", t)
}

// shown returns the name with what -l, -F, -p and the quoting flags add.
func (l *lister) shown(f listed) string {
	name := l.quoted(f.name)
	mode := f.info.Mode()
	if l.long && mode&os.ModeSymlink != 0 {
		target, err := os.Readlink(f.file)
		if err == nil {
			name += " -> " + l.quoted(target)
		}
		if l.classify {
			if info, err := os.Stat(f.file); err == nil {
				name += indicator(info.Mode())
			}
		}
		return name
	}
	switch {
	case l.classify:
		return name + indicator(mode)
	case l.slash && mode.IsDir():
		return name + "/"
	}
	return name
}

func (l *lister) quoted(name string) string {
	switch {
	case l.quoteNames:
		return strconv.Quote(name)
	case l.escape:
		q := strconv.Quote(name)
		return strings.ReplaceAll(strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`), " ", `\ `)
	}
	return name
}

func indicator(mode os.FileMode) string {
	switch {
	case mode.IsDir():
		return "/"
	case mode&os.ModeSymlink != 0:
		return "@"
	case mode&os.ModeNamedPipe != 0:
		return "|"
	case mode&os.ModeSocket != 0:
		return "="
	case mode.IsRegular() && mode&0o111 != 0:
		return "*"
	}
	return ""
}
