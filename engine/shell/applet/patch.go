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
