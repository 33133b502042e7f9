package engine

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// A Home is where a user's own files are, which need not be where $HOME says.
type Home struct {
	Dir string // absolute; "" if there is none
	// Warning says why Dir is not $HOME; "" if it is, or if that is not set.
	Warning string
}

// FindHome returns $HOME unless somebody else owns that directory, as where a command is
// run by way of sudo: then, and if it is not set, the directory that passwd has.
// Behaviour: getHome in Nix's users.cc.
func FindHome(getenv func(string) string) Home {
	name := getenv("HOME")
	if name != "" && ownedOrAbsent(name) {
		return Home{Dir: name}
	}
	known := Home{Dir: passwdHome()}
	if name != "" && known.Dir != "" && known.Dir != name {
		known.Warning = fmt.Sprintf("$HOME ('%s') is not owned by you, falling back to the one defined in the 'passwd' file ('%s')", name, known.Dir)
	}
	return known
}

// ownedOrAbsent reports whether the user owns a file, or it is not there.
func ownedOrAbsent(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return os.IsNotExist(err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

// passwdHome returns the home directory of the user who the process acts for, "" if the
// system knows none.
func passwdHome() string {
	u, err := user.LookupId(strconv.Itoa(os.Geteuid()))
	if err != nil {
		return ""
	}
	return u.HomeDir
}

// Getenv returns getenv with Dir as HOME.
func (h Home) Getenv(getenv func(string) string) func(string) string {
	return func(name string) string {
		if name == "HOME" {
			return h.Dir
		}
		return getenv(name)
	}
}
