package diff

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestSystem(t *testing.T) {
	files := lay(t, txtar.Parse([]byte(`
-- 1/sys/nixos-version --
26.11.20261120.1b77ac9
-- 1/sys/kernel -> @2/linux-6.9.3@/bzImage --
-- 1/sys/sw -> @3/system-path@ --
-- 2/linux-6.9.3/bzImage --
kernel
-- 3/system-path/bin/nixos-version -> @4/nixos-version@/bin/nixos-version --
-- 4/nixos-version/bin/nixos-version --
case "$1" in
  --json)
    cat <<EOF
{"configurationRevision":"8e1f0c2aa","nixosVersion":"26.11","nixpkgsRevision":"1b77ac9"}
EOF
-- 5/plain/nixos-version --
25.05
-- 5/plain/kernel -> /boot/vmlinuz --
-- 5/plain/sw/bin/nixos-version --
{"nixpkgsRevision":"1b77ac9"}
-- 6/none/bin/x --
x
`)))
	for name, want := range map[string]System{
		"1/sys":   {Version: "26.11.20261120.1b77ac9", Revision: "8e1f0c2aa", Kernel: "6.9.3"},
		"5/plain": {Version: "25.05", Revision: "1b77ac9"},
		"6/none":  {},
		"9/gone":  {},
	} {
		if got := files.System(path(name)); got != want {
			t.Errorf("System of %s = %+v, want %+v", name, got, want)
		}
	}
}
