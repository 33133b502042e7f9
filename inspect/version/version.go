// Package version takes the names of store objects apart: packages, versions and
// outputs.
package version

import (
	"strings"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/drvname"
)

// Split takes the name of a store object apart into that of the package, its
// version, which may be "", and the output, which is "" for out.
func Split(name string) (pkg, version, output string) {
	if i := strings.LastIndexByte(name, '-'); i >= 0 && isOutput(name[i+1:]) {
		name, output = name[:i], name[i+1:]
	}
	pkg, version = drvname.Split(name)
	return pkg, version, output
}

// PackageOf returns the name of the package that a store derivation is of.
func PackageOf(p store.Path) string {
	name, _, _ := Split(drv.NameOf(p))
	return name
}

// isOutput reports whether the end of a name may be that of an output. It cannot
// tell "-bin" from the end of a version, but takes all names alike.
//
// Behaviour: Nix 2.34, diff-closures.cc.
func isOutput(s string) bool {
	return s == "lib32" || s == "lib64" || s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}
