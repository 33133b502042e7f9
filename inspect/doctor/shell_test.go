package doctor

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program writes the least of a program, with a loader for its libraries or without.
func program(t *testing.T, dynamic bool) string {
	t.Helper()
	kind := elf.PT_LOAD
	if dynamic {
		kind = elf.PT_INTERP
	}
	head := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1,
	}
	var b bytes.Buffer
	for _, part := range []any{head, elf.Prog64{Type: uint32(kind)}} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(file, b.Bytes(), 0o755); err != nil {
		t.Fatal(err)
	}
	return file
}

// A program that needs libraries is no /bin/sh of a sandbox, which has none.
func TestShellOfTheSandbox(t *testing.T) {
	static, dynamic := program(t, false), program(t, true)
	own := map[string]string{"/bin/sh": "/nix/store/x-busybox/bin/busybox"}
	for _, c := range []struct {
		program string
		paths   map[string]string
		wrong   bool
	}{
		{static, nil, false}, {dynamic, nil, true}, {dynamic, own, false}, {filepath.Join(t.TempDir(), "none"), nil, false},
	} {
		found := lookAtShell(c.program, c.paths)
		if (len(found) > 0) != c.wrong {
			t.Errorf("%s, sandbox paths %v: got %v", c.program, c.paths, found)
		}
		for _, f := range found {
			if f.Level != Problem || !strings.Contains(f.What, "cgo") || !strings.Contains(f.Remedy, "CGO_ENABLED=0") {
				t.Errorf("got %v", f)
			}
		}
	}
}
