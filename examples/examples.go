// Package examples holds expressions to try things on.
package examples

import "embed"

// Tour is the package set of `nixbench tour`, below the directory tour.
//
//go:embed tour/*.nix tour/*.sh
var Tour embed.FS
