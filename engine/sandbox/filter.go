package sandbox

// This file assembles the seccomp filter: a classic BPF program that sees the
// number and the arguments of each system call, but not what pointers point
// to. It refuses
//
//   - with EPERM, to give a file the set-user-ID or set-group-ID bit, by
//     changing its mode or by making it with such a mode;
//   - with ENOTSUP, extended attributes and ACLs, which no NAR can hold;
//   - with ENOSYS, what would get around it: openat2, whose mode is behind a
//     pointer, and io_uring, which has no system calls to look at. Programs
//     take that for an older kernel;
//   - with ENOSYS, the kernel's keys: no namespace hides the session's keyring,
//     which is that of whoever started us.
//
// Everything else is allowed: namespaces and mounts are what hold a builder.
// Behaviour: Nix, linux-derivation-builder.cc, which lets open, mknod and keys
// through.

// Actions of a filter, from linux/seccomp.h.
const (
	actAllow = 0x7fff0000
	actErrno = 0x00050000
	actKill  = 0x80000000
)

// Error numbers, the same on all our machines.
const (
	ePERM   = 1
	eNOSYS  = 38
	eNOTSUP = 95
)

// setIDBits are S_ISUID and S_ISGID; createFlags are O_CREAT and the bit of
// O_TMPFILE, without which open does not look at its mode.
const (
	setIDBits   = 0o6000
	createFlags = 0o100 | 0o20000000
)

// Opcodes of classic BPF, from linux/bpf_common.h.
const (
	opLoad    = 0x20 // A = data[K]
	opAnd     = 0x54 // A &= K
	opJump    = 0x05 // forward by K
	opIfEqual = 0x15 // if A == K, Jt, else Jf
	opIfSet   = 0x45 // if A & K != 0, Jt, else Jf
	opReturn  = 0x06
)

// Offsets in struct seccomp_data. Arguments are 64 bits, low half first.
const (
	offNumber = 0
	offArch   = 4
	offArgs   = 16
)

// An instruction is a struct sock_filter.
type instruction struct {
	Code   uint16
	Jt, Jf uint8
	K      uint32
}

// A callTable numbers the system calls of one architecture that matter here.
type callTable struct {
	arch uint32 // AUDIT_ARCH_*
	// x32 says that bit 30 of a number only marks x32's calls.
	x32 bool
	// chmods have the mode in argument 1 and chmodats in 2; so have makes, which
	// create nodes.
	chmods, chmodats []uint32
	makes, makeats   []uint32
	// opens have flags and mode in arguments 1 and 2, openats in 2 and 3.
	opens, openats []uint32
	xattrs         []uint32
	missing        []uint32 // to be refused with ENOSYS
}

// The architectures. Numbers: the kernel's syscall tables.
var (
	tableX86_64 = callTable{
		arch: 0xc000003e, x32: true,
		chmods: []uint32{90, 91}, chmodats: []uint32{268, 452},
		makes: []uint32{85, 133}, makeats: []uint32{259},
		opens: []uint32{2}, openats: []uint32{257},
		xattrs:  []uint32{188, 189, 190, 191, 192, 193, 194, 195, 196, 463, 464, 465, 466},
		missing: []uint32{437, 425, 248, 249, 250},
	}
	tableI386 = callTable{
		arch:   0x40000003,
		chmods: []uint32{15, 94}, chmodats: []uint32{306, 452},
		makes: []uint32{8, 14}, makeats: []uint32{297},
		opens: []uint32{5}, openats: []uint32{295},
		xattrs:  []uint32{226, 227, 228, 229, 230, 231, 232, 233, 234, 463, 464, 465, 466},
		missing: []uint32{437, 425, 286, 287, 288},
	}
	tableARM64 = callTable{
		arch:   0xc00000b7,
		chmods: []uint32{52}, chmodats: []uint32{53, 452},
		makeats: []uint32{33},
		openats: []uint32{56},
		xattrs:  []uint32{5, 6, 7, 8, 9, 10, 11, 12, 13, 463, 464, 465, 466},
		missing: []uint32{437, 425, 217, 218, 219},
	}
	tableARM = callTable{
		arch:   0x40000028,
		chmods: []uint32{15, 94}, chmodats: []uint32{333, 452},
		makes: []uint32{8, 14}, makeats: []uint32{324},
		opens: []uint32{5}, openats: []uint32{322},
		xattrs:  []uint32{226, 227, 228, 229, 230, 231, 232, 233, 234, 463, 464, 465, 466},
		missing: []uint32{437, 425, 309, 310, 311},
	}
)

// filterTables returns the tables of a machine, by Go's name of it: its own
// and that of the 32-bit programs that it runs.
func filterTables(goarch string) []callTable {
	if goarch == "arm64" {
		return []callTable{tableARM64, tableARM}
	}
	return []callTable{tableX86_64, tableI386}
}

// A program is a filter that is being assembled.
type program []instruction

// assembleFilter returns the filter for the architectures of tables.
// A call of any other is the end of the process.
func assembleFilter(tables []callTable) []instruction {
	var p program
	for _, table := range tables {
		p.add(opLoad, offArch)
		p.branch(opIfEqual, table.arch, 1, 0)
		skip := len(p)
		p.add(opJump, 0)
		p.table(table)
		p[skip].K = uint32(len(p) - skip - 1)
	}
	p.add(opReturn, actKill)
	return p
}

func (p *program) add(code uint16, k uint32) { *p = append(*p, instruction{Code: code, K: k}) }

func (p *program) branch(code uint16, k uint32, yes, no uint8) {
	*p = append(*p, instruction{code, yes, no, k})
}

// table adds the rules of one architecture, and to allow what none refuses.
func (p *program) table(t callTable) {
	p.add(opLoad, offNumber)
	if t.x32 {
		p.add(opAnd, 0xbfffffff)
	}
	for _, calls := range [][]uint32{t.chmods, t.makes} {
		p.refuseMode(calls, 1)
	}
	for _, calls := range [][]uint32{t.chmodats, t.makeats} {
		p.refuseMode(calls, 2)
	}
	p.refuseCreate(t.opens, 1)
	p.refuseCreate(t.openats, 2)
	p.refuse(t.xattrs, eNOTSUP)
	p.refuse(t.missing, eNOSYS)
	p.add(opReturn, actAllow)
}

// refuse adds: calls fail with errno.
func (p *program) refuse(calls []uint32, errno uint32) {
	for _, nr := range calls {
		p.branch(opIfEqual, nr, 0, 1)
		p.add(opReturn, actErrno|errno)
	}
}

// refuseMode adds: calls fail if argument arg has a set-ID bit.
func (p *program) refuseMode(calls []uint32, arg uint32) {
	for _, nr := range calls {
		p.branch(opIfEqual, nr, 0, 4)
		p.add(opLoad, offArgs+8*arg)
		p.branch(opIfSet, setIDBits, 0, 1)
		p.add(opReturn, actErrno|ePERM)
		p.add(opReturn, actAllow)
	}
}

// refuseCreate adds: calls fail if argument flags creates a file and the one
// after it has a set-ID bit.
func (p *program) refuseCreate(calls []uint32, flags uint32) {
	for _, nr := range calls {
		p.branch(opIfEqual, nr, 0, 6)
		p.add(opLoad, offArgs+8*flags)
		p.branch(opIfSet, createFlags, 0, 3)
		p.add(opLoad, offArgs+8*(flags+1))
		p.branch(opIfSet, setIDBits, 0, 1)
		p.add(opReturn, actErrno|ePERM)
		p.add(opReturn, actAllow)
	}
}
