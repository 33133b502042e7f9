package applet

import (
	"os"
	"strings"
	"syscall"
)

// What canonical demands of the components of a name.
const (
	mustExist    = iota // all
	lastMayMiss         // all but the last
	mayMiss             // none
	maxLinkDepth = 40
)

// canonical returns the absolute name of a file without symbolic links.
func canonical(c *Call, name string, demand int) (string, error) {
	if name == "" {
		return "", syscall.ENOENT
	}
	return resolveLinks(c.abs(name), demand, true)
}

// resolveLinks makes an absolute name canonical; with links unset, links are
// left as they are and only . and .. are resolved.
func resolveLinks(name string, demand int, links bool) (string, error) {
	done, todo := "/", strings.Split(name, "/")
	depth := 0
	for len(todo) > 0 {
		part := todo[0]
		todo = todo[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			done = parentName(done)
			continue
		}
		next := joinName(done, part)
		info, err := os.Lstat(next)
		switch {
		case err != nil && demand == mayMiss:
		case err != nil && demand == lastMayMiss && os.IsNotExist(err) && allEmpty(todo):
		case err != nil:
			return "", err
		case !links:
		case info.Mode()&os.ModeSymlink != 0:
			if depth++; depth > maxLinkDepth {
				return "", syscall.ELOOP
			}
			target, err := os.Readlink(next)
			if err != nil {
				return "", err
			}
			todo = append(strings.Split(target, "/"), todo...)
			if strings.HasPrefix(target, "/") {
				done = "/"
			}
			continue
		case !info.IsDir() && len(todo) > 0 && demand != mayMiss:
			return "", syscall.ENOTDIR
		}
		done = next
	}
	return done, nil
}

func allEmpty(parts []string) bool {
	for _, p := range parts {
		if p != "" {
			return false
		}
	}
	return true
}

// relativeName returns the name of to as seen from the directory from; both
// are canonical.
func relativeName(from, to string) string {
	a, b := components(from), components(to)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	parts := make([]string, 0, len(a)+len(b))
	for range a {
		parts = append(parts, "..")
	}
	parts = append(parts, b...)
	if len(parts) == 0 {
		return "."
	}
	return strings.Join(parts, "/")
}

func components(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
}
