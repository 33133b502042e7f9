package store

import "fmt"

// NixSize is n bytes as Nix prints them: one decimal, and never a unit below
// KiB, "0.8 KiB", "12.0 MiB".
// Behaviour: renderSize in Nix's util.cc.
func NixSize(n int64) string {
	whole, unit := n, 0
	for (whole > 1024 || whole < -1024) && unit < len(sizeUnits)-1 {
		whole /= 1024
		unit++
	}
	unit = max(unit, 1)
	return fmt.Sprintf("%.1f %ciB", float64(n)/float64(int64(1)<<(10*unit)), sizeUnits[unit])
}

const sizeUnits = "BKMGTPE"
