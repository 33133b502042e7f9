package cli

import (
	"path/filepath"
	"slices"
)

// ofNix has the names of Nix's commands by which the program may be called, with the words
// that say the same to it.
var ofNix = map[string][]string{
	"nix": nil, "nix-instantiate": {"instantiate"}, "nix-build": {"nix-build"}, "nix-env": {"nix-env"}, "nix-shell": {"nix-shell"},
	"nix-store": {"nix-store"}, "nix-collect-garbage": {"nix-collect-garbage"}, "nix-hash": {"nix-hash"},
	"nix-prefetch-url": {"nix-prefetch-url"}, "nix-channel": {"nix-channel"},
	"nix-copy-closure": {"nix-copy-closure"}, "nix-daemon": {"nix-daemon"}, // which are refused
}

// answersAs are the names that may also be the first argument: the program then answers as by
// that name. Those of nix-build and nix-env are commands of ours.
var answersAs = []string{"nix", "nix-instantiate", "nix-store", "nix-collect-garbage", "nix-hash", "nix-prefetch-url", "nix-channel"}

// Named returns the command line of a program that was called by the name of one of Nix's
// commands, or has it as its first argument, in words of its own: with the name first.
func Named(args []string) []string {
	if len(args) > 1 && slices.Contains(answersAs, args[1]) {
		args = args[1:]
	}
	if words, ok := ofNix[filepath.Base(args[0])]; ok {
		return slices.Concat(args[:1], words, args[1:])
	}
	return args
}
