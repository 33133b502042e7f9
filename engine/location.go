package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"nixbench/store"
	"nixbench/store/local"

	"golang.org/x/sys/unix"
)

// A Location says which stores an engine works on.
type Location struct {
	// Build is the store that is written: additions, builds, profiles, roots.
	Build local.Options
	// Machine is nil, or the store that is only read beside Build: the
	// machine's /nix/store where it is not ours to write.
	Machine *local.Options
}

// Locate finds the stores that uri stands for, as Nix does for --store.
//
// The uri is "" or "auto" (the machine's store where it is ours to write, else
// one of our own in $XDG_DATA_HOME/nix/root), a directory (the root of a
// store), "local", or "local?root=DIR&store=DIR&real=DIR&state=DIR&log=DIR&read-only=true".
//
// Format: Nix manual, "Store URL format".
func Locate(uri string, getenv func(string) string) (Location, error) {
	base, query, _ := strings.Cut(uri, "?")
	params, err := url.ParseQuery(query)
	if err != nil {
		return Location{}, fmt.Errorf("parse store %q: %v", uri, err)
	}
	opts := local.Options{}
	switch {
	case base == "" || base == "auto":
		if len(params) > 0 {
			return Location{}, fmt.Errorf("parse store %q: \"auto\" takes no parameters", uri)
		}
		return locateAuto("", getenv)
	case base == "local":
	case base == "daemon" || strings.HasPrefix(base, "unix://"):
		return Location{}, fmt.Errorf("open store %q: stores behind a daemon cannot be used yet; leave --store out to read /nix/store and build in a store of your own", uri)
	case strings.Contains(base, "://") && !strings.HasPrefix(base, "local://"):
		return Location{}, fmt.Errorf("open store %q: only stores on this machine can be used: a directory, or local?root=DIR", uri)
	default:
		root, err := filepath.Abs(strings.TrimPrefix(base, "local://"))
		if err != nil {
			return Location{}, fmt.Errorf("open store %q: %v", uri, err)
		}
		opts.Root = root
	}
	if err := setParams(&opts, params); err != nil {
		return Location{}, fmt.Errorf("parse store %q: %w", uri, err)
	}
	return Location{Build: opts}, nil
}

func setParams(opts *local.Options, params url.Values) error {
	dirs := map[string]*string{
		"root": &opts.Root, "real": &opts.RealDir, "state": &opts.StateDir, "log": &opts.LogDir,
	}
	for name, values := range params {
		value := values[len(values)-1]
		switch dir, isDir := dirs[name]; {
		case isDir && !filepath.IsAbs(value):
			return fmt.Errorf("parameter %q: got %q, want an absolute path", name, value)
		case isDir:
			*dir = filepath.Clean(value)
		case name == "store":
			opts.Dir = store.Dir(filepath.Clean(value))
		case name == "read-only":
			if value != "true" && value != "false" {
				return fmt.Errorf("parameter %q: got %q, want true or false", name, value)
			}
			opts.ReadOnly = value == "true"
		default:
			return fmt.Errorf("unknown parameter %q", name)
		}
	}
	return nil
}

// locateAuto chooses as Nix does, but for the daemon: what a daemon owns is
// read, and the store of one's own is written. Root is what the machine's
// directories are in: "" but for tests.
func locateAuto(root string, getenv func(string) string) (Location, error) {
	machine := local.Options{Root: root}
	storeDir, stateDir := filepath.Join(root, "/nix/store"), filepath.Join(root, "/nix/var/nix")
	own, err := ownRoot(getenv)
	if err != nil {
		return Location{}, err
	}
	if _, err := os.Stat(storeDir); errors.Is(err, fs.ErrNotExist) {
		return Location{Build: local.Options{Root: own}}, nil
	}
	exists, writable := local.Access(machine)
	if writable || !exists && unix.Access(storeDir, unix.W_OK) == nil && unix.Access(stateDir, unix.W_OK) == nil {
		return Location{Build: machine}, nil
	}
	loc := Location{Build: local.Options{Root: own}}
	// A database that cannot be looked at is there for all we know.
	if _, err := os.Stat(filepath.Join(stateDir, "db", "db.sqlite")); !errors.Is(err, fs.ErrNotExist) {
		machine.ReadOnly = true
		loc.Machine = &machine
	}
	return loc, nil
}

// ownRoot returns the root of the store that needs no rights: the one that Nix
// uses for a user on a machine without /nix.
func ownRoot(getenv func(string) string) (string, error) {
	dir, err := DataHome(getenv)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "nix", "root"), nil
}

// DataHome returns $XDG_DATA_HOME or its default, an absolute path.
func DataHome(getenv func(string) string) (string, error) {
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Clean(dir), nil
	}
	home := getenv("HOME")
	if !filepath.IsAbs(home) {
		return "", errors.New("find the data directory: neither XDG_DATA_HOME nor HOME is an absolute path")
	}
	return filepath.Join(home, ".local", "share"), nil
}

// CacheDir returns the directory of what is kept only to be quicker the next
// time, nixbench in $XDG_CACHE_HOME or its default; "" if there is none.
func CacheDir(getenv func(string) string) string {
	if dir := getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "nixbench")
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".cache", "nixbench")
	}
	return ""
}
