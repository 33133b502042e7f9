package engine

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/settings"
	"nixbench/engine/uri"
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
	// Scratch says that what is added to a Dummy store is kept as long as it is open.
	Scratch bool
	// Cache is the directory of the binary cache that is the store, "" for none.
	Cache string
	// Machine is nil, or the store that is only read beside Build: the
	// machine's /nix/store where it is not ours to write.
	Machine *local.Options
	// BuildDir is where builds have their directories, "" for the usual place.
	BuildDir string
	// Params are the parameters that were set, as Nix shows them.
	Params map[string]string
	// Warnings are about what is dubious in how the store was asked for.
	Warnings []string
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

// Locate finds the stores that text stands for, as Nix does for --store:
//
//   - "" or "auto": the machine's store if it is ours to write, else through its daemon, else
//     if the environment names it; on a machine without Nix, or where its store can only be
//     read, one of our own in $XDG_DATA_HOME/nix/root;
//   - a directory, the root of a store, or "local", each with parameters:
//     "local?root=DIR&store=DIR&real=DIR&state=DIR&log=DIR&read-only=true";
//   - "daemon", or "unix://SOCKET", with the same but for read-only, and
//     max-connections;
//   - "file:///DIR": a binary cache in a directory;
//   - "dummy://": no store at all; with read-only=false one that lasts as long as it is
//     open.
//
// Format: Nix manual, "Store URL format".
func Locate(text string, getenv func(string) string) (Location, error) {
	var warnings []string
	ref, err := settings.ParseStore(text, func(format string, args ...any) {
		warnings = append(warnings, fmt.Sprintf(format, args...))
	})
	if err != nil {
		return Location{}, err
	}
	loc, err := locateRef(ref, getenv)
	loc.Warnings = append(warnings, loc.Warnings...)
	return loc, err
}

func locateRef(ref settings.StoreReference, getenv func(string) string) (loc Location, err error) {
	if ref.Name == "auto" {
		return locateAutoWith(ref.Params, getenv)
	}
	loc = Location{Build: machineStore("", getenv)}
	switch scheme := cmp.Or(ref.Scheme, ref.Name); {
	case scheme == "local":
		err = loc.local(ref)
	case scheme == "daemon", scheme == "unix":
		err = loc.daemon(ref, getenv)
	case scheme == "dummy" && ref.Place != "":
		err = settings.Complain("`dummy` store URIs must not contain an authority part %s", ref.Place)
	case scheme == "dummy":
		loc.Dummy = true
		err = loc.setParams(ref.Params)
	case scheme == "file":
		err = loc.cache(ref)
	case slices.Contains(elsewhere, scheme):
		err = fmt.Errorf("open store %q: don't know how to open Nix store with scheme '%s'; "+
			"only stores on this machine can be used: a directory, local?root=DIR, file:///DIR, daemon, unix://SOCKET", ref, scheme)
	default:
		err = fmt.Errorf("don't know how to open Nix store with scheme '%s'", scheme)
	}
	return loc, err
}

// elsewhere are the schemes of stores that are not used here.
var elsewhere = []string{"http", "https", "s3", "ssh", "ssh-ng", "mounted-ssh-ng", "local-overlay"}

// machineStore is the store of this machine, as the environment says. Root is what its
// directories are in: "" but for tests.
func machineStore(root string, getenv func(string) string) local.Options {
	return local.Options{Root: root, Dir: storeDirOf(getenv), StateDir: getenv("NIX_STATE_DIR"), LogDir: getenv("NIX_LOG_DIR")}
}

// locateAutoWith is locateAuto with parameters: if there are any, the store is one of this
// machine.
func locateAutoWith(params map[string]string, getenv func(string) string) (Location, error) {
	loc, err := locateAuto("", getenv)
	if err != nil || len(params) == 0 {
		return loc, err
	}
	scheme := "local"
	if loc.Daemon != nil {
		scheme = "unix"
	}
	return locateRef(settings.StoreReference{Scheme: scheme, Params: params}, getenv)
}

// local is the store below a directory, or if none is named that of the machine.
func (loc *Location) local(ref settings.StoreReference) error {
	dir, err := placeOf(ref)
	if err != nil {
		return err
	}
	if dir != "" {
		loc.setRoot(dir)
	}
	return loc.setParams(ref.Params)
}

// cache is a binary cache in a directory.
func (loc *Location) cache(ref settings.StoreReference) (err error) {
	if loc.Cache, err = placeOf(ref); err != nil {
		return err
	}
	return loc.setParams(ref.Params)
}

// daemon is the store behind a socket, or if none is named that of the machine.
func (loc *Location) daemon(ref settings.StoreReference, getenv func(string) string) error {
	socket, err := placeOf(ref)
	if err != nil {
		return err
	}
	loc.Daemon = &Daemon{URI: "daemon", Socket: socket}
	if err := loc.setParams(ref.Params); err != nil {
		return err
	}
	usual := daemonSocket(cmp.Or(loc.Build.StateDir, filepath.Join("/", loc.Build.Root, "nix/var/nix")), getenv)
	if socket == "" {
		loc.Daemon.Socket = usual
	} else if socket != usual {
		loc.Daemon.URI = "unix://" + uri.EncodePath(uri.FileSegments(socket))
	}
	loc.Daemon.Direct = loc.Daemon.Socket == usual && getenv("NIX_DAEMON_SOCKET_PATH") == "" || loc.Build.Root != "" || loc.Params["state"] != ""
	return nil
}

// placeOf returns the file that a reference names, "" for none.
func placeOf(ref settings.StoreReference) (string, error) {
	if ref.Place == "" {
		return "", nil
	}
	u := &uri.URL{Path: strings.Split(uri.Unescape(ref.Place), "/")}
	file, err := u.FilePath()
	switch {
	case err != nil:
		return "", err
	case !filepath.IsAbs(file):
		return "", settings.NotAbsolute(file)
	}
	return filepath.Clean(file), nil
}

// daemonSocket is where the daemon of a store listens.
func daemonSocket(stateDir string, getenv func(string) string) string {
	return cmp.Or(getenv("NIX_DAEMON_SOCKET_PATH"), filepath.Join(stateDir, "daemon-socket", "socket"))
}

// setRoot sets the directory that all the others are in.
func (loc *Location) setRoot(root string) {
	loc.Build.Root, loc.Build.StateDir, loc.Build.LogDir = root, "", ""
}

// locateAuto chooses as Nix does; and where there is neither the right to write
// nor a daemon, what is there is read and the store of one's own is written, unless the
// environment names the store. Root is what the machine's directories are in: "" but for
// tests.
func locateAuto(root string, getenv func(string) string) (Location, error) {
	machine := machineStore(root, getenv)
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
	if machine.Dir != "" || machine.StateDir != "" {
		return Location{Build: machine}, nil // it is where the environment wants it, or is made there
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
