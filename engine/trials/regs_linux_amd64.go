package main

import "golang.org/x/sys/unix"

// namedChangers are the system calls of this architecture that change a file system by
// a name, beside those that all have.
var namedChangers = map[uint64]bool{
	unix.SYS_RENAME: true, unix.SYS_LINK: true, unix.SYS_UNLINK: true, unix.SYS_SYMLINK: true, unix.SYS_MKDIR: true,
	unix.SYS_RMDIR: true, unix.SYS_CHMOD: true, unix.SYS_CHOWN: true, unix.SYS_LCHOWN: true, unix.SYS_CREAT: true,
	unix.SYS_MKNOD: true, unix.SYS_UTIME: true, unix.SYS_UTIMES: true, unix.SYS_FUTIMESAT: true,
}

// systemCall returns the number and the first arguments of the system call that a
// stopped thread is about to make.
func systemCall(tid int) (number uint64, args [3]uint64, err error) {
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(tid, &regs); err != nil {
		return 0, args, err
	}
	return regs.Orig_rax, [3]uint64{regs.Rdi, regs.Rsi, regs.Rdx}, nil
}
