package doctor

import (
	"debug/elf"
	"slices"
)

// lookAtShell looks whether a program can be the /bin/sh of sandboxes, which have no
// libraries; paths are the setting sandbox-paths, which may name another.
func lookAtShell(program string, paths map[string]string) []Finding {
	if _, other := paths["/bin/sh"]; other {
		return nil
	}
	file, err := elf.Open(program)
	if err != nil {
		return nil // another system's, whose builds are no problem of this
	}
	defer file.Close()
	if !slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return nil
	}
	return []Finding{{"sandbox", Problem, "this nixbench was built with cgo: it needs libraries, which no sandbox has, and so cannot be its /bin/sh",
		"build it with CGO_ENABLED=0, as make does, or name a static shell: sandbox-paths = /bin/sh=/PATH/TO/busybox"}}
}
