package applet

import (
	"os"
	"strings"
)

func (p *patcher) abs(name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return p.dir + "/" + name
}

func (p *patcher) exists(name string) bool {
	if name == "" {
		return false
	}
	_, err := os.Lstat(p.abs(name))
	return err == nil
}

// stripped removes leading components from a name in a patch.
func (p *patcher) stripped(name string) string {
	if name == "" || name == "/dev/null" {
		return ""
	}
	if p.strip < 0 {
		return baseName(name)
	}
	for range p.strip {
		at := strings.IndexByte(name, '/')
		if at < 0 {
			return ""
		}
		name = strings.TrimLeft(name[at:], "/")
	}
	return name
}

// choose finds the file that a part of the patch is for: the best of the
// names that exist, or the one to be created.
func (p *patcher) choose(f *patchFile) string {
	if p.operand != "" {
		return p.operand
	}
	oldName, newName := p.stripped(f.oldName), p.stripped(f.newName)
	if f.creates && newName != "" && !p.reverse {
		return newName
	}
	best := ""
	for _, name := range []string{oldName, newName} {
		if p.exists(name) && (best == "" || better(name, best)) {
			best = name
		}
	}
	switch {
	case best != "":
		return best
	case p.reverse && f.deletes && oldName != "":
		return oldName
	case f.creates && p.reverse, oldName == "":
		return newName
	}
	return oldName
}

// better prefers fewer components, then a shorter base, then a shorter name.
func better(a, b string) bool {
	if x, y := strings.Count(a, "/"), strings.Count(b, "/"); x != y {
		return x < y
	}
	if x, y := len(baseName(a)), len(baseName(b)); x != y {
		return x < y
	}
	return len(a) < len(b)
}

// patchQuote quotes a name if it has to be.
func patchQuote(name string) string {
	if strings.ContainsAny(name, " '\"\\\t\n$`*?[]&;()<>|!") {
		return quote(name)
	}
	return name
}
