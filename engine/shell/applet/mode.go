package applet

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// The permission bits as the operating system has them.
const (
	bitSetuid = 0o4000
	bitSetgid = 0o2000
	bitSticky = 0o1000
	bitsAll   = 0o7777
)

// permBits returns the permission bits of a file, setuid and the like included.
func permBits(info os.FileInfo) uint32 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint32(st.Mode) & bitsAll
	}
	return uint32(info.Mode().Perm())
}

// fileMode converts permission bits for the os package.
func fileMode(bits uint32) os.FileMode {
	mode := os.FileMode(bits & 0o777)
	if bits&bitSetuid != 0 {
		mode |= os.ModeSetuid
	}
	if bits&bitSetgid != 0 {
		mode |= os.ModeSetgid
	}
	if bits&bitSticky != 0 {
		mode |= os.ModeSticky
	}
	return mode
}

// A modeChange is a parsed mode argument of chmod.
type modeChange struct {
	octal    bool
	bits     uint32
	explicit bool // octal with five digits: also clears a directory's setgid
	clauses  []modeClause
}

type modeClause struct {
	who  uint32 // mask of affected bits; 0: all, less the umask
	op   byte
	perm string
}

// parseMode reads an octal or symbolic mode.
func parseMode(s string) (m modeChange, ok bool) {
	if s != "" && strings.Trim(s, "01234567") == "" {
		v, err := strconv.ParseUint(s, 8, 16)
		return modeChange{octal: true, bits: uint32(v), explicit: len(s) > 4}, err == nil && v <= bitsAll
	}
	for _, part := range strings.Split(s, ",") {
		ops := strings.TrimLeft(part, "ugoa")
		who := whoMask(part[:len(part)-len(ops)])
		if ops == "" {
			return m, false
		}
		for ops != "" {
			if strings.IndexByte("+-=", ops[0]) < 0 {
				return m, false
			}
			op := ops[0]
			ops = ops[1:]
			end := 0
			switch {
			case ops != "" && strings.IndexByte("ugo", ops[0]) >= 0:
				end = 1
			default:
				end = len(ops) - len(strings.TrimLeft(ops, "rwxXst"))
			}
			m.clauses = append(m.clauses, modeClause{who, op, ops[:end]})
			ops = ops[end:]
		}
	}
	return m, true
}

func whoMask(letters string) uint32 {
	var mask uint32
	for _, ch := range letters {
		switch ch {
		case 'u':
			mask |= bitSetuid | 0o700
		case 'g':
			mask |= bitSetgid | 0o070
		case 'o':
			mask |= bitSticky | 0o007
		case 'a':
			mask |= bitsAll
		}
	}
	return mask
}

// apply returns the bits that a file with the old ones gets.
func (m modeChange) apply(old uint32, isDir bool, mask os.FileMode) uint32 {
	if m.octal {
		if isDir && !m.explicit {
			return m.bits | old&(bitSetuid|bitSetgid)
		}
		return m.bits
	}
	for _, cl := range m.clauses {
		old = cl.apply(old, isDir, uint32(mask))
	}
	return old
}

func (cl modeClause) apply(old uint32, isDir bool, mask uint32) uint32 {
	who := cl.who
	affected := who
	if who == 0 {
		who, affected = bitsAll, bitsAll&^mask
	}
	value := cl.value(old, isDir) & affected
	switch cl.op {
	case '+':
		return old | value
	case '-':
		return old &^ value
	}
	keep := ^who & bitsAll
	if isDir {
		keep |= bitSetuid | bitSetgid
	}
	return old&keep | value
}

func (cl modeClause) value(old uint32, isDir bool) uint32 {
	var v uint32
	for _, ch := range cl.perm {
		switch ch {
		case 'r':
			v |= 0o444
		case 'w':
			v |= 0o222
		case 'x':
			v |= 0o111
		case 'X':
			if isDir || old&0o111 != 0 {
				v |= 0o111
			}
		case 's':
			v |= bitSetuid | bitSetgid
		case 't':
			v |= bitSticky
		case 'u':
			v |= spread(old >> 6 & 7)
		case 'g':
			v |= spread(old >> 3 & 7)
		case 'o':
			v |= spread(old & 7)
		}
	}
	return v
}

func spread(rwx uint32) uint32 { return rwx<<6 | rwx<<3 | rwx }

// modeString writes the type and permissions as ls -l does.
func modeString(info os.FileInfo) string {
	return string(typeLetter(info.Mode())) + permString(permBits(info))
}

func typeLetter(mode os.FileMode) byte {
	switch {
	case mode.IsRegular():
		return '-'
	case mode.IsDir():
		return 'd'
	case mode&os.ModeSymlink != 0:
		return 'l'
	case mode&os.ModeNamedPipe != 0:
		return 'p'
	case mode&os.ModeSocket != 0:
		return 's'
	case mode&os.ModeCharDevice != 0:
		return 'c'
	case mode&os.ModeDevice != 0:
		return 'b'
	}
	return '?'
}

func permString(bits uint32) string {
	out := []byte("rwxrwxrwx")
	for i := range out {
		if bits&(1<<(8-i)) == 0 {
			out[i] = '-'
		}
	}
	special := func(bit uint32, at int, letter byte) {
		if bits&bit == 0 {
			return
		}
		if out[at] == '-' {
			letter -= 32
		}
		out[at] = letter
	}
	special(bitSetuid, 2, 's')
	special(bitSetgid, 5, 's')
	special(bitSticky, 8, 't')
	return string(out)
}
