package sandbox

import (
	"debug/elf"
	"slices"
	"sync"
)

// NeedsLibraries reports whether a program is loaded with libraries, so that it cannot be
// one of a sandbox that has only the program.
func NeedsLibraries(program string) bool {
	file, err := elf.Open(program)
	if err != nil {
		return false // another system's
	}
	defer file.Close()
	return slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
}

// SelfNeedsLibraries is NeedsLibraries of the running program: with cgo, it does.
var SelfNeedsLibraries = sync.OnceValue(func() bool { return NeedsLibraries(Self) })
