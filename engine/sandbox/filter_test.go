package sandbox

import (
	"encoding/binary"
	"testing"
)

// A call is what a filter sees of a system call: struct seccomp_data.
type call struct {
	nr   uint32
	arch uint32
	args [6]uint64
}

// interpret runs a filter on a call as the kernel does and returns its action.
func interpret(t *testing.T, filter []instruction, c call) uint32 {
	t.Helper()
	var data [64]byte
	binary.LittleEndian.PutUint32(data[offNumber:], c.nr)
	binary.LittleEndian.PutUint32(data[offArch:], c.arch)
	for i, arg := range c.args {
		binary.LittleEndian.PutUint64(data[offArgs+8*i:], arg)
	}
	var a uint32
	for pc := 0; pc < len(filter); pc++ {
		in := filter[pc]
		isTrue := false
		switch in.Code {
		case opLoad:
			a = binary.LittleEndian.Uint32(data[in.K:])
			continue
		case opAnd:
			a &= in.K
			continue
		case opReturn:
			return in.K
		case opJump:
			pc += int(in.K)
			continue
		case opIfEqual:
			isTrue = a == in.K
		case opIfSet:
			isTrue = a&in.K != 0
		default:
			t.Fatalf("instruction %d: unknown code %#x", pc, in.Code)
		}
		if isTrue {
			pc += int(in.Jt)
		} else {
			pc += int(in.Jf)
		}
	}
	t.Fatal("the filter ends without a decision")
	return 0
}

func TestFilter(t *testing.T) {
	const (
		amd64 = 0xc000003e
		i386  = 0x40000003
		arm64 = 0xc00000b7
		arm   = 0x40000028

		creat = 0o100
		x32   = 1 << 30

		perm  = actErrno | ePERM
		notup = actErrno | eNOTSUP
		nosys = actErrno | eNOSYS
	)
	for _, test := range []struct {
		name    string
		machine string
		call    call
		want    uint32
	}{
		{"read", "amd64", call{0, amd64, [6]uint64{0, 0o4755}}, actAllow},
		{"chmod 755", "amd64", call{90, amd64, [6]uint64{0, 0o755}}, actAllow},
		{"chmod 4755", "amd64", call{90, amd64, [6]uint64{0, 0o4755}}, perm},
		{"chmod 2755", "amd64", call{90, amd64, [6]uint64{0, 0o2755}}, perm},
		{"chmod 1777", "amd64", call{90, amd64, [6]uint64{0, 0o1777}}, actAllow},
		{"chmod by x32", "amd64", call{90 | x32, amd64, [6]uint64{0, 0o4755}}, perm},
		{"fchmod 4755", "amd64", call{91, amd64, [6]uint64{3, 0o4755}}, perm},
		{"fchmodat 4755", "amd64", call{268, amd64, [6]uint64{3, 0, 0o4755}}, perm},
		{"fchmodat, path like a mode", "amd64", call{268, amd64, [6]uint64{3, 0o4755, 0o755}}, actAllow},
		{"fchmodat2 6755", "amd64", call{452, amd64, [6]uint64{3, 0, 0o6755}}, perm},
		{"open to read, junk for a mode", "amd64", call{2, amd64, [6]uint64{0, 0, 0o7777}}, actAllow},
		{"open to create", "amd64", call{2, amd64, [6]uint64{0, creat | 1, 0o644}}, actAllow},
		{"open to create 4755", "amd64", call{2, amd64, [6]uint64{0, creat | 1, 0o4755}}, perm},
		{"openat to create 4755", "amd64", call{257, amd64, [6]uint64{3, 0, creat | 1, 0o4755}}, perm},
		{"openat O_TMPFILE 4755", "amd64", call{257, amd64, [6]uint64{3, 0, 0o20200002, 0o4755}}, perm},
		{"openat of a directory", "amd64", call{257, amd64, [6]uint64{3, 0, 0o200000, 0o4755}}, actAllow},
		{"openat2", "amd64", call{437, amd64, [6]uint64{}}, nosys},
		{"creat 4755", "amd64", call{85, amd64, [6]uint64{0, 0o4755}}, perm},
		{"mknod 4755", "amd64", call{133, amd64, [6]uint64{0, 0o104755}}, perm},
		{"mknod", "amd64", call{133, amd64, [6]uint64{0, 0o100644}}, actAllow},
		{"mknodat 2755", "amd64", call{259, amd64, [6]uint64{3, 0, 0o102755}}, perm},
		{"setxattr", "amd64", call{188, amd64, [6]uint64{}}, notup},
		{"flistxattr", "amd64", call{196, amd64, [6]uint64{}}, notup},
		{"setxattrat", "amd64", call{463, amd64, [6]uint64{}}, notup},
		{"io_uring_setup", "amd64", call{425, amd64, [6]uint64{}}, nosys},

		{"keyctl", "amd64", call{250, amd64, [6]uint64{}}, nosys},
		{"keyctl by x32", "amd64", call{250 | x32, amd64, [6]uint64{}}, nosys},

		{"i386 chmod 4755", "amd64", call{15, i386, [6]uint64{0, 0o4755}}, perm},
		{"i386 open to create 2755", "amd64", call{5, i386, [6]uint64{0, creat, 0o2755}}, perm},
		{"i386 openat to create 2755", "amd64", call{295, i386, [6]uint64{0, 0, creat, 0o2755}}, perm},
		{"i386 call 90 is mmap", "amd64", call{90, i386, [6]uint64{0, 0o4755}}, actAllow},
		{"i386 request_key", "amd64", call{287, i386, [6]uint64{}}, nosys},
		{"i386 getxattr", "amd64", call{229, i386, [6]uint64{}}, notup},

		{"arm64 fchmod 4755", "arm64", call{52, arm64, [6]uint64{0, 0o4755}}, perm},
		{"arm64 fchmodat 4755", "arm64", call{53, arm64, [6]uint64{0, 0, 0o4755}}, perm},
		{"arm64 openat to create 4755", "arm64", call{56, arm64, [6]uint64{0, 0, creat, 0o4755}}, perm},
		{"arm64 mknodat 4755", "arm64", call{33, arm64, [6]uint64{0, 0, 0o104755}}, perm},
		{"arm64 setxattr", "arm64", call{5, arm64, [6]uint64{}}, notup},
		{"arm64 add_key", "arm64", call{217, arm64, [6]uint64{}}, nosys},
		{"arm keyctl", "arm64", call{311, arm, [6]uint64{}}, nosys},
		{"arm64 read", "arm64", call{63, arm64, [6]uint64{}}, actAllow},
		{"arm chmod 4755", "arm64", call{15, arm, [6]uint64{0, 0o4755}}, perm},
		{"arm fchmodat 4755", "arm64", call{333, arm, [6]uint64{0, 0, 0o4755}}, perm},

		{"another machine's call", "amd64", call{0, arm64, [6]uint64{}}, actKill},
		{"no machine's call", "arm64", call{0, 0, [6]uint64{}}, actKill},
	} {
		t.Run(test.name, func(t *testing.T) {
			filter := assembleFilter(filterTables(test.machine))
			if got := interpret(t, filter, test.call); got != test.want {
				t.Errorf("got %#x, want %#x", got, test.want)
			}
		})
	}
}

// The kernel takes no filter of more than 4096 instructions, and runs every
// one that it passes at every system call.
func TestFilterIsShort(t *testing.T) {
	for _, machine := range []string{"amd64", "arm64"} {
		if got := len(assembleFilter(filterTables(machine))); got > 300 {
			t.Errorf("%s: %d instructions, want at most 300", machine, got)
		}
	}
}
