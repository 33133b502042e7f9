package applet

import (
	"context"
	"os"
	"strconv"
	"syscall"
	"time"
)

type toucher struct {
	noCreate, noFollow bool
	access, modify     bool // which times are set
	atime, mtime       time.Time
}

func touchMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "acd:fhmr:t:",
		long:  "no-create=c date:=d no-dereference=h reference:=r time:",
		usage: "[OPTION]... FILE...",
	})
	if !ok {
		return status
	}
	var t toucher
	date, ref, stamp := "", "", ""
	for _, o := range opts {
		switch o.name {
		case "a":
			t.access = true
		case "c":
			t.noCreate = true
		case "d":
			date = o.value
		case "h":
			t.noFollow = true
		case "m":
			t.modify = true
		case "r":
			ref = o.value
		case "t":
			stamp = o.value
		case "time":
			switch o.value {
			case "access", "atime", "use":
				t.access = true
			case "modify", "mtime":
				t.modify = true
			default:
				return c.usageErr("invalid argument %s for '--time'", quote(o.value))
			}
		}
	}
	if !t.access && !t.modify {
		t.access, t.modify = true, true
	}
	if msg := t.times(c, date, ref, stamp); msg != "" {
		return c.fail("%s", msg)
	}
	if len(files) == 0 {
		return c.missing("file operand")
	}
	for _, name := range files {
		if !t.touch(c, name) {
			status = exitFailure
		}
	}
	return status
}

// times finds out which times to set.
func (t *toucher) times(c *Call, date, ref, stamp string) (problem string) {
	now := time.Now().In(location(c))
	t.atime, t.mtime = now, now
	if ref != "" {
		stat := os.Stat
		if t.noFollow {
			stat = os.Lstat
		}
		info, err := stat(c.abs(ref))
		if err != nil {
			return "failed to get attributes of " + quote(ref) + ": " + errText(err)
		}
		t.mtime = info.ModTime()
		t.atime = t.mtime
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			t.atime = accessTime(st)
		}
		now = t.mtime.In(now.Location())
	}
	switch {
	case date != "":
		when, err := parseDate(date, now)
		if err != nil {
			return "invalid date format " + quote(date)
		}
		t.atime, t.mtime = when, when
	case stamp != "":
		when, ok := parseStamp(stamp, now)
		if !ok {
			return "invalid date format " + quote(stamp)
		}
		t.atime, t.mtime = when, when
	}
	if !t.access {
		t.atime = time.Time{}
	}
	if !t.modify {
		t.mtime = time.Time{}
	}
	return ""
}

// parseStamp reads [[CC]YY]MMDDhhmm[.ss].
func parseStamp(s string, now time.Time) (time.Time, bool) {
	seconds := 0
	if n := len(s); n > 3 && s[n-3] == '.' {
		v, err := strconv.Atoi(s[n-2:])
		if err != nil || v > 60 {
			return time.Time{}, false
		}
		seconds, s = v, s[:n-3]
	}
	layout := map[int]string{8: "01021504", 10: "0601021504", 12: "200601021504"}[len(s)]
	t, err := time.ParseInLocation(layout, s, now.Location())
	if layout == "" || err != nil {
		return time.Time{}, false
	}
	if len(s) == 8 {
		t = t.AddDate(now.Year()-t.Year(), 0, 0)
	}
	return t.Add(time.Duration(seconds) * time.Second), true
}

func (t *toucher) touch(c *Call, name string) bool {
	if name == "-" {
		return true
	}
	file := c.abs(name)
	err := setTimes(file, t.atime, t.mtime, t.noFollow)
	if os.IsNotExist(err) {
		if t.noCreate || t.noFollow {
			if t.noFollow && !t.noCreate {
				c.errorf("setting times of %s: %s", quote(name), errText(err))
				return false
			}
			return true
		}
		var f *os.File
		if f, err = os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o666); err == nil {
			f.Close()
			err = setTimes(file, t.atime, t.mtime, false)
		}
		if err != nil {
			c.errorf("cannot touch %s: %s", quote(name), errText(err))
			return false
		}
		return true
	}
	if err != nil {
		c.errorf("setting times of %s: %s", quote(name), errText(err))
		return false
	}
	return true
}
