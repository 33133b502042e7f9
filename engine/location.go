package engine

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"nixbench/store"
	"nixbench/store/local"

	"golang.org/x/sys/unix"
)

// A Location says which stores an engine works on.
type Location struct {
	// Build is the store that is written: additions, builds, profiles, roots. If
	// Daemon is not nil, it says where the files of the daemon's store are.
	Build local.Options
	// Daemon is nil, or the daemon that does what is done to Build.
	Daemon *Daemon
	// Dummy says that there is no store: nothing is valid, nothing can be added.
	Dummy bool
	// Machine is nil, or the store that is only read beside Build: the
	// machine's /nix/store where it is not ours to write.
	Machine *local.Options
	// BuildDir is where builds have their directories, "" for the usual place.
	BuildDir string
}

// A Daemon is a daemon of Nix on this machine.
type Daemon struct {
	// URI is what Nix calls it: "daemon", or "unix://" and its socket.
	URI    string
	Socket string
	// MaxConnections is how many connections serve short requests at once; 0 for
	// the usual number.
	MaxConnections int
	// Direct says that Build is known to be the daemon's store, so that its
	// database may be read beside the daemon.
	Direct bool
}

// Locate finds the stores that uri stands for, as Nix does for --store:
//
//   - "" or "auto": the machine's store if it is ours to write, else through its
//     daemon; on a machine without Nix one of our own in $XDG_DATA_HOME/nix/root;
//   - a directory, the root of a store, or "local", each with parameters:
//     "local?root=DIR&store=DIR&real=DIR&state=DIR&log=DIR&read-only=true";
//   - "daemon", or "unix://SOCKET", with the same but for read-only, and
//     max-connections;
//   - "dummy://": no store at all.
//
// Format: Nix manual, "Store URL format".
func Locate(uri string, getenv func(string) string) (Location, error) {
	base, query, _ := strings.Cut(uri, "?")
	params, err := url.ParseQuery(query)
	if err != nil {
		return Location{}, fmt.Errorf("parse store %q: %v", uri, err)
	}
	if base == "" || base == "auto" {
		if len(params) > 0 {
			return Location{}, fmt.Errorf("parse store %q: \"auto\" takes no parameters", uri)
		}
		return locateAuto("", getenv)
	}
	loc := Location{Build: local.Options{
		Dir: storeDirOf(getenv), StateDir: getenv("NIX_STATE_DIR"), LogDir: getenv("NIX_LOG_DIR"),
	}}
	scheme, rest, hasScheme := strings.Cut(base, "://")
	switch {
	case base == "local", base == "daemon":
		scheme, rest = base, ""
	case !hasScheme:
		scheme, rest = "local", base
	}
	switch scheme {
	case "local":
		err = loc.local(rest, params)
	case "daemon", "unix":
		err = loc.daemon(rest, params, getenv)
	case "dummy":
		loc.Dummy = true
		err = loc.setParams(params)
	default:
		return Location{}, fmt.Errorf("open store %q: don't know how to open Nix store with scheme '%s'; "+
			"only stores on this machine can be used: a directory, local?root=DIR, daemon, unix://SOCKET", uri, scheme)
	}
	if err != nil {
		return Location{}, fmt.Errorf("parse store %q: %w", uri, err)
	}
	return loc, nil
}

// local is the store below a directory, or if that is "" that of the machine.
func (loc *Location) local(dir string, params url.Values) error {
	if dir != "" {
		root, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		loc.setRoot(root)
	}
	return loc.setParams(params)
}

// daemon is the store behind a socket, or if that is "" that of the machine.
func (loc *Location) daemon(socket string, params url.Values, getenv func(string) string) error {
	loc.Daemon = &Daemon{URI: "daemon", Socket: socket}
	if socket != "" && !filepath.IsAbs(socket) {
		return fmt.Errorf("got %q, want the absolute path of a socket", socket)
	}
	if err := loc.setParams(params); err != nil {
		return err
	}
	usual := daemonSocket(cmp.Or(loc.Build.StateDir, filepath.Join("/", loc.Build.Root, "nix/var/nix")), getenv)
	if socket == "" {
		loc.Daemon.Socket = usual
	} else if socket != usual {
		loc.Daemon.URI = "unix://" + socket
	}
	loc.Daemon.Direct = loc.Daemon.Socket == usual && getenv("NIX_DAEMON_SOCKET_PATH") == "" || loc.Build.Root != "" || params.Has("state")
	return nil
}

// daemonSocket is where the daemon of a store listens.
func daemonSocket(stateDir string, getenv func(string) string) string {
	return cmp.Or(getenv("NIX_DAEMON_SOCKET_PATH"), filepath.Join(stateDir, "daemon-socket", "socket"))
}

// setRoot sets the directory that all the others are in.
func (loc *Location) setRoot(root string) {
	loc.Build.Root, loc.Build.StateDir, loc.Build.LogDir = root, "", ""
}

// noEffect are parameters of Nix that change nothing here: they say how the store
// is used by others, or are about what we do in another way.
var noEffect = []string{
	"path-info-cache-size", "trusted", "priority", "want-mass-query", "system-features", "require-sigs",
	"ignore-gc-delete-failure", "use-roots-daemon", "max-connection-age",
}

func (loc *Location) setParams(params url.Values) error {
	if roots := params["root"]; len(roots) > 0 {
		loc.setRoot("") // what it implies comes before what others say
	}
	dirs := map[string]*string{
		"root": &loc.Build.Root, "real": &loc.Build.RealDir, "state": &loc.Build.StateDir, "log": &loc.Build.LogDir,
	}
	if loc.Daemon == nil {
		dirs["build-dir"] = &loc.BuildDir
	}
	for name, values := range params {
		value := values[len(values)-1]
		switch dir, isDir := dirs[name]; {
		case isDir && !filepath.IsAbs(value):
			return fmt.Errorf("parameter %q: got %q, want an absolute path", name, value)
		case isDir:
			*dir = filepath.Clean(value)
		case name == "store":
			loc.Build.Dir = store.Dir(filepath.Clean(value))
		case name == "read-only" && loc.Daemon == nil:
			if value != "true" && value != "false" {
				return fmt.Errorf("parameter %q: got %q, want true or false", name, value)
			}
			loc.Build.ReadOnly = value == "true"
		case name == "max-connections" && loc.Daemon != nil:
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return fmt.Errorf("parameter %q: got %q, want a number of at least 1", name, value)
			}
			loc.Daemon.MaxConnections = n
		case !slices.Contains(noEffect, name):
			return fmt.Errorf("unknown parameter %q", name)
		}
	}
	return nil
}

// locateAuto chooses as Nix does; and where there is neither the right to write
// nor a daemon, what is there is read and the store of one's own is written. Root
// is what the machine's directories are in: "" but for tests.
func locateAuto(root string, getenv func(string) string) (Location, error) {
	machine := local.Options{Root: root, Dir: storeDirOf(getenv), StateDir: getenv("NIX_STATE_DIR"), LogDir: getenv("NIX_LOG_DIR")}
	storeDir := filepath.Join(root, cmp.Or(string(machine.Dir), "/nix/store"))
	stateDir := cmp.Or(machine.StateDir, filepath.Join(root, "/nix/var/nix"))
	exists, writable := local.Access(machine)
	hasStore := true
	if _, err := os.Stat(storeDir); errors.Is(err, fs.ErrNotExist) {
		hasStore = false
	}
	if hasStore && (writable || !exists && unix.Access(storeDir, unix.W_OK) == nil && unix.Access(stateDir, unix.W_OK) == nil) {
		return Location{Build: machine}, nil
	}
	socket := daemonSocket(stateDir, getenv)
	if _, err := os.Stat(socket); err == nil {
		direct := getenv("NIX_DAEMON_SOCKET_PATH") == ""
		return Location{Build: machine, Daemon: &Daemon{URI: "daemon", Socket: socket, Direct: direct}}, nil
	}
	if !hasStore && machine.Dir != "" {
		return Location{Build: machine}, nil // it is made where the environment wants it
	}
	own, err := ownRoot(getenv)
	if err != nil {
		return Location{}, err
	}
	if !hasStore {
		return Location{Build: local.Options{Root: own}}, nil
	}
	loc := Location{Build: local.Options{Root: own}}
	// A database that cannot be looked at is there for all we know.
	if _, err := os.Stat(filepath.Join(stateDir, "db", "db.sqlite")); !errors.Is(err, fs.ErrNotExist) {
		machine.ReadOnly = true
		loc.Machine = &machine
	}
	return loc, nil
}

// storeDirOf returns the store directory that the environment names; "" for none.
func storeDirOf(getenv func(string) string) store.Dir {
	return store.Dir(cmp.Or(getenv("NIX_STORE_DIR"), getenv("NIX_STORE")))
}

// ownRoot returns the root of the store that needs no rights: the one that Nix
// uses for a user on a machine without /nix.
func ownRoot(getenv func(string) string) (string, error) {
	if dir := getenv("NIX_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "root"), nil
	}
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
