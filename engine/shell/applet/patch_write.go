package applet

import "os"

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
		p.save(newName, nil, 0o666)
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
		p.save(name+p.suffix, old, perm)
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
		p.save(rej, a.rejects(), 0o666)
	}
}

// save writes a file, and reports and returns false if it cannot be written.
func (p *patcher) save(name string, contents []byte, perm os.FileMode) bool {
	if err := os.WriteFile(p.abs(name), contents, perm); err != nil {
		p.c.errorf("**** Can't create file %s : %s", name, errText(err))
		p.status = exitTrouble
		return false
	}
	return true
}

func (p *patcher) write(f *patchFile, a *applier, name, target string, old, result []byte, perm os.FileMode, existed bool) {
	if p.output != "" {
		target = p.output
	}
	if p.output == "" && !p.backUp(a, name, old, perm, existed) {
		return
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
	if !p.save(target, result, perm) {
		return
	}
	if existed || f.mode != 0 {
		os.Chmod(p.abs(target), perm)
	}
}

// backUp keeps what a file was where that is wanted, an empty file for one that was not
// there. It returns false if that cannot be.
func (p *patcher) backUp(a *applier, name string, old []byte, perm os.FileMode, existed bool) bool {
	switch {
	case existed && (p.backup || a.mismatch && !p.noMismatch):
		return p.save(name+p.suffix, old, perm)
	case p.backup:
		return p.save(name+p.suffix, nil, 0o666)
	}
	return true
}
