package applet

import (
	"bytes"
	"context"
	"io"
	"os"
	"strconv"
	"strings"
)

// A patcher is one run of patch.
type patcher struct {
	c                                *Call
	strip                            int // -1: base names only
	dir                              string
	reverse, forward, batch, force   bool
	silent, backup, noMismatch, dry  bool
	looseSpace, removeEmpty          bool
	suffix, output, rejects, operand string
	fuzz                             int
	status                           int
}

func patchMain(_ context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short: "bcd:D:eEfF:g:i:lnNo:p:r:RstTuvV:Y:z:ZB:",
		long: "backup=b batch=t directory:=d dry-run forward=N force=f fuzz:=F ignore-whitespace=l input:=i " +
			"no-backup-if-mismatch output:=o quiet=s silent=s reject-file:=r remove-empty-files=E reverse=R strip:=p " +
			"suffix:=z unified=u verbose backup-if-mismatch binary posix merge:: reject-format: read-only: " +
			"follow-symlinks version-control:=V prefix:=B",
		status: exitTrouble,
		usage:  "[OPTION]... [ORIGFILE [PATCHFILE]]",
	})
	if !ok {
		return status
	}
	p := &patcher{c: c, strip: -1, suffix: ".orig", fuzz: 2, dir: c.Dir}
	input := "-"
	for _, o := range opts {
		if o.name == "i" {
			input = o.value
			continue
		}
		if msg := p.option(o); msg != "" {
			c.errorf("**** %s", msg)
			return exitTrouble
		}
	}
	if len(operands) > 0 {
		p.operand = operands[0]
	}
	if len(operands) > 1 {
		input = operands[1]
	}
	data, err := p.read(input)
	if err != nil {
		c.errorf("**** Can't open patch file %s : %s", input, errText(err))
		return exitTrouble
	}
	files := parsePatch(data)
	if len(files) == 0 {
		if len(bytes.TrimSpace(data)) > 0 {
			c.errorf("**** Only garbage was found in the patch input.")
			return exitTrouble
		}
		return exitOK
	}
	for _, f := range files {
		p.file(f)
		if p.status == exitTrouble {
			break
		}
	}
	return p.status
}

func (p *patcher) option(o option) (problem string) {
	if o.turnsOn(p.switches()) {
		return ""
	}
	switch o.name {
	case "d":
		dir := o.value
		if !strings.HasPrefix(dir, "/") {
			dir = p.c.Dir + "/" + dir
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			text := "Not a directory"
			if err != nil {
				text = errText(err)
			}
			return "Can't change to directory " + o.value + " : " + text
		}
		p.dir = dir
	case "F":
		n, err := strconv.Atoi(o.value)
		if err != nil {
			return "fuzz factor " + o.value + " is not a number"
		}
		p.fuzz = n
	case "o":
		p.output = o.value
	case "p":
		n, err := strconv.Atoi(o.value)
		if err != nil || n < 0 {
			return "strip count " + o.value + " is not a number"
		}
		p.strip = n
	case "r":
		p.rejects = o.value
	case "z":
		p.suffix = o.value
	case "c", "D", "e", "n", "merge", "Y", "B":
		return "-" + o.name + " is not supported"
	}
	return ""
}

// switches returns what the flags that only turn something on turn on.
func (p *patcher) switches() map[string]*bool {
	return map[string]*bool{
		"b": &p.backup, "dry-run": &p.dry, "E": &p.removeEmpty, "f": &p.force, "l": &p.looseSpace, "N": &p.forward,
		"no-backup-if-mismatch": &p.noMismatch, "posix": &p.noMismatch, "R": &p.reverse, "s": &p.silent, "t": &p.batch,
	}
}

func (p *patcher) read(name string) ([]byte, error) {
	r, err := p.c.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func (p *patcher) say(format string, args ...any) {
	if !p.silent {
		putf(p.c, format+"\n", args...)
	}
}

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

// file applies the part of the patch for one file.
func (p *patcher) file(f *patchFile) {
	if p.reverse {
		f.invert()
	}
	if len(f.hunks) == 0 {
		p.gitOnly(f)
		return
	}
	name := p.choose(f)
	if name == "" || !p.exists(name) && !f.creates {
		p.noFile(f)
		return
	}
	if strings.Contains("/"+name+"/", "/../") || strings.HasPrefix(name, "/") && p.operand == "" {
		p.c.errorf("Ignoring potentially dangerous file name %s", name)
		p.status = max(p.status, exitFailure)
		return
	}
	verb := "patching"
	if p.dry {
		verb = "checking"
	}
	if p.output != "" {
		p.say("%s file %s (read from %s)", verb, patchQuote(p.output), patchQuote(name))
	} else {
		p.say("%s file %s", verb, patchQuote(name))
	}
	var old []byte
	var perm os.FileMode = 0o666
	existed := p.exists(name)
	if existed {
		data, err := os.ReadFile(p.abs(name))
		if err != nil {
			p.c.errorf("**** Can't open file %s : %s", name, errText(err))
			p.status = exitTrouble
			return
		}
		old = data
		if info, err := os.Stat(p.abs(name)); err == nil {
			perm = fileMode(permBits(info))
		}
	}
	a := &applier{p: p, file: f, in: patchLines(old)}
	if existed && f.creates && len(old) > 0 && !a.fits() {
		a.ignoreAll = true
		p.say("The next patch would create the file %s,\nwhich already exists!  %s", patchQuote(name), p.skipping())
	}
	a.run()
	p.finish(f, a, name, old, perm, existed)
}

func (p *patcher) skipping() string {
	if p.forward || p.batch {
		return "Skipping patch."
	}
	return "Assume -R? [n] \nApply anyway? [n] \nSkipping patch."
}

// patchQuote quotes a name if it has to be.
func patchQuote(name string) string {
	if strings.ContainsAny(name, " '\"\\\t\n$`*?[]&;()<>|!") {
		return quote(name)
	}
	return name
}

func (p *patcher) noFile(f *patchFile) {
	p.status = max(p.status, exitFailure)
	puts(p.c, "can't find file to patch at input line ", strconv.Itoa(f.line), "\n")
	if p.strip < 0 {
		puts(p.c, "Perhaps you should have used the -p or --strip option?\n")
	} else {
		puts(p.c, "Perhaps you used the wrong -p or --strip option?\n")
	}
	puts(p.c, "The text leading up to this was:\n--------------------------\n")
	for _, line := range f.lead {
		puts(p.c, "|", line, "\n")
	}
	puts(p.c, "--------------------------\n")
	if p.force || p.batch {
		puts(p.c, "No file to patch.  Skipping patch.\n")
	} else {
		puts(p.c, "File to patch: \nSkip this patch? [y] \nSkipping patch.\n")
	}
	n := len(f.hunks)
	putf(p.c, "%d out of %d hunk%s ignored\n", n, n, plural(n))
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// gitOnly applies what git's headers say without hunks: renames and modes.
func (p *patcher) gitOnly(f *patchFile) {
	oldName, newName := p.stripped(f.oldName), p.stripped(f.newName)
	switch {
	case p.dry:
	case f.renames && p.exists(oldName):
		p.say("patching file %s (renamed from %s)", patchQuote(newName), patchQuote(oldName))
		os.MkdirAll(parentName(p.abs(newName)), 0o777)
		if err := os.Rename(p.abs(oldName), p.abs(newName)); err != nil {
			p.c.errorf("**** Can't rename file %s to %s : %s", oldName, newName, errText(err))
			p.status = exitTrouble
		}
	case f.creates && newName != "" && !p.exists(newName):
		p.say("patching file %s", patchQuote(newName))
		os.MkdirAll(parentName(p.abs(newName)), 0o777)
		if w, err := os.Create(p.abs(newName)); err == nil {
			w.Close()
		}
	case f.deletes && p.exists(oldName):
		p.say("patching file %s", patchQuote(oldName))
		os.Remove(p.abs(oldName))
	case f.mode != 0 && p.exists(newName):
		p.say("patching file %s", patchQuote(newName))
	}
	if f.mode != 0 && !p.dry && p.exists(newName) {
		os.Chmod(p.abs(newName), fileMode(f.mode&0o777))
	}
}

// finish writes the result, the backup and the rejects.
func (p *patcher) finish(f *patchFile, a *applier, name string, old []byte, perm os.FileMode, existed bool) {
	result := joinPatchLines(a.out)
	failed := len(a.rejected)
	target := name
	if f.renames && p.operand == "" {
		target = p.stripped(f.newName)
	}
	if failed < len(f.hunks) && !p.dry {
		p.write(f, a, name, target, old, result, perm, existed)
	}
	if failed == 0 {
		return
	}
	if failed == len(f.hunks) && a.mismatch && existed && !p.noMismatch && !p.dry && p.output == "" {
		os.WriteFile(p.abs(name+p.suffix), old, perm)
	}
	p.status = max(p.status, exitFailure)
	verb := "FAILED"
	if a.ignoreAll {
		verb = "ignored"
	}
	rej := p.rejects
	if rej == "" {
		rej = target + ".rej"
	}
	text := ""
	if rej != "-" && !p.dry {
		text = " -- saving rejects to file " + patchQuote(rej)
	}
	n := len(f.hunks)
	putf(p.c, "%d out of %d hunk%s %s%s\n", failed, n, plural(n), verb, text)
	if rej != "-" && !p.dry {
		os.WriteFile(p.abs(rej), a.rejects(), 0o666)
	}
}

func (p *patcher) write(f *patchFile, a *applier, name, target string, old, result []byte, perm os.FileMode, existed bool) {
	if p.output != "" {
		target = p.output
	}
	if existed && (p.backup || a.mismatch && !p.noMismatch) && p.output == "" {
		os.WriteFile(p.abs(name+p.suffix), old, perm)
	} else if p.backup && p.output == "" {
		os.WriteFile(p.abs(name+p.suffix), nil, 0o666)
	}
	if len(result) == 0 && (f.deletes || p.removeEmpty) && p.output == "" {
		os.Remove(p.abs(name))
		for dir := parentName(name); dir != "." && dir != "/"; dir = parentName(dir) {
			if os.Remove(p.abs(dir)) != nil {
				break
			}
		}
		return
	}
	if f.mode != 0 {
		perm = fileMode(f.mode & 0o777)
	}
	os.MkdirAll(parentName(p.abs(target)), 0o777)
	if f.renames && target != name && existed && p.output == "" {
		os.Remove(p.abs(name))
	}
	if existed { // replace, so that links and running readers keep the old file
		os.Remove(p.abs(target))
	}
	if err := os.WriteFile(p.abs(target), result, perm); err != nil {
		p.c.errorf("**** Can't create file %s : %s", target, errText(err))
		p.status = exitTrouble
		return
	}
	if existed || f.mode != 0 {
		os.Chmod(p.abs(target), perm)
	}
}
