package main

import "golang.org/x/sys/unix"

// namedChangers are the system calls of this architecture that change a file system by
// a name, beside those that all have.
var namedChangers = map[uint64]bool{}

// systemCall returns the number and the first arguments of the system call that a
// stopped thread is about to make.
func systemCall(tid int) (number uint64, args [3]uint64, err error) {
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(tid, &regs); err != nil {
		return 0, args, err
	}
	return regs.Regs[8], [3]uint64{regs.Regs[0], regs.Regs[1], regs.Regs[2]}, nil
}
