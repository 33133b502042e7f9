package applet

import (
	"context"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// chownMain is chown and chgrp.
func chownMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "RcfhvHLP",
		long:  "recursive=R changes=c silent=f quiet=f no-dereference=h dereference verbose=v reference:",
		usage: "[OPTION]... OWNER FILE...",
	})
	if !ok {
		return status
	}
	r := &chownRun{c: c, uid: -1, gid: -1}
	reference := ""
	for _, o := range opts {
		switch o.name {
		case "R":
			r.recursive = true
		case "f":
			r.quiet = true
		case "h", "P":
			r.noFollow = r.noFollow || o.name == "h"
		case "reference":
			reference = o.value
		}
	}
	if reference != "" {
		info, err := os.Stat(c.abs(reference))
		if err != nil {
			return c.fail("failed to get attributes of %s: %s", quote(reference), errText(err))
		}
		r.uid, r.gid = ownerOf(info)
	} else {
		if len(files) == 0 {
			return c.missing("operand")
		}
		if msg := r.owner(files[0], c.name() == "chgrp"); msg != "" {
			return c.fail("%s", msg)
		}
		files = files[1:]
	}
	if len(files) == 0 {
		return c.missing("operand")
	}
	for _, name := range files {
		r.file(name)
	}
	return r.status
}

type chownRun struct {
	c                          *Call
	uid, gid                   int
	recursive, quiet, noFollow bool
	status                     int
}

// owner parses OWNER[:GROUP], or GROUP alone for chgrp.
func (r *chownRun) owner(spec string, groupOnly bool) (errText string) {
	user, group, hasGroup := strings.Cut(spec, ":")
	if groupOnly {
		user, group, hasGroup = "", spec, true
	}
	if user != "" {
		id, ok := lookupID("/etc/passwd", user)
		if !ok {
			return "invalid user: " + quote(spec)
		}
		r.uid = id
	}
	if hasGroup && group != "" {
		id, ok := lookupID("/etc/group", group)
		if !ok {
			return "invalid group: " + quote(spec)
		}
		r.gid = id
	}
	return ""
}

func (r *chownRun) file(name string) {
	change := os.Chown
	if r.noFollow {
		change = os.Lchown
	}
	if err := change(r.c.abs(name), r.uid, r.gid); err != nil {
		r.status = exitFailure
		what := "changing ownership of"
		switch {
		case os.IsNotExist(err):
			what = "cannot access"
		case r.c.name() == "chgrp":
			what = "changing group of"
		}
		if !r.quiet {
			r.c.errorf("%s %s: %s", what, quote(name), errText(err))
		}
		return
	}
	if !r.recursive {
		return
	}
	if info, err := os.Lstat(r.c.abs(name)); err != nil || !info.IsDir() {
		return
	}
	entries, _ := os.ReadDir(r.c.abs(name))
	follow := r.noFollow
	r.noFollow = true
	for _, e := range entries {
		r.file(joinName(name, e.Name()))
	}
	r.noFollow = follow
}

// lookupID finds the number of a name in /etc/passwd or /etc/group, or takes
// the name for a number.
func lookupID(file, name string) (int, bool) {
	for _, fields := range passwd(file) {
		if fields[0] == name {
			if id, err := strconv.Atoi(fields[2]); err == nil {
				return id, true
			}
		}
	}
	id, err := strconv.Atoi(strings.TrimPrefix(name, "+"))
	return id, err == nil && id >= 0
}

// lookupName finds the name of a number in /etc/passwd or /etc/group; ok is
// false if it has none.
func lookupName(file string, id int) (name string, ok bool) {
	want := strconv.Itoa(id)
	for _, fields := range passwd(file) {
		if fields[2] == want {
			return fields[0], true
		}
	}
	return want, false
}

// passwd returns the lines of a file like /etc/passwd, split at colons.
func passwd(file string) [][]string {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		if fields := strings.Split(strings.TrimSuffix(line, "\n"), ":"); len(fields) >= 3 {
			out = append(out, fields)
		}
	}
	return out
}

func ownerOf(info os.FileInfo) (uid, gid int) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return -1, -1
	}
	return int(st.Uid), int(st.Gid)
}
