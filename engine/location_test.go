package engine

import (
	"strings"
	"testing"

	"nixbench/store/local"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestLocate(t *testing.T) {
	env := map[string]string{"XDG_DATA_HOME": "/data", "HOME": "/home/me"}
	at := func(opts local.Options) Location { return Location{Build: opts} }
	behind := func(d Daemon, opts local.Options) Location { return Location{Build: opts, Daemon: &d} }
	const usual = "/nix/var/nix/daemon-socket/socket"
	tests := []struct {
		uri  string
		want Location
		err  string
	}{
		{uri: "/srv/store", want: at(local.Options{Root: "/srv/store"})},
		{uri: "local:///srv/store", want: at(local.Options{Root: "/srv/store"})},
		{uri: "/srv/store/?read-only=true", want: at(local.Options{Root: "/srv/store", ReadOnly: true})},
		{uri: "local", want: at(local.Options{})},
		{uri: "local?root=/r&state=/s&log=/l&real=/x&store=/gnu/store", want: at(local.Options{
			Root: "/r", StateDir: "/s", LogDir: "/l", RealDir: "/x", Dir: "/gnu/store",
		})},
		{uri: "local?priority=3&trusted=true", want: at(local.Options{})},
		{uri: "local?build-dir=/b", want: Location{BuildDir: "/b"}},
		{uri: "daemon", want: behind(Daemon{URI: "daemon", Socket: usual, Direct: true}, local.Options{})},
		{uri: "unix://", want: behind(Daemon{URI: "daemon", Socket: usual, Direct: true}, local.Options{})},
		{uri: "unix://" + usual, want: behind(Daemon{URI: "daemon", Socket: usual, Direct: true}, local.Options{})},
		{uri: "unix:///run/s", want: behind(Daemon{URI: "unix:///run/s", Socket: "/run/s"}, local.Options{})},
		{uri: "unix:///run/s?root=/r&max-connections=2", want: behind(
			Daemon{URI: "unix:///run/s", Socket: "/run/s", Direct: true, MaxConnections: 2}, local.Options{Root: "/r"})},
		{uri: "daemon?root=/r", want: behind(Daemon{URI: "daemon", Socket: "/r" + usual, Direct: true}, local.Options{Root: "/r"})},
		{uri: "dummy://", want: Location{Dummy: true}},
		{uri: "dummy://?read-only=false", want: Location{Dummy: true, Scratch: true}},
		{uri: "local?read-only=1", want: at(local.Options{ReadOnly: true})},
		{uri: "local?color=red&big=1", want: Location{Warnings: []string{"unknown setting 'big'", "unknown setting 'color'"}}},
		{uri: "local?max-connections=2", want: Location{Warnings: []string{"unknown setting 'max-connections'"}}},
		{uri: "local?x&root=/r", want: Location{
			Build: local.Options{Root: "/r"}, Warnings: []string{"dubious URI query 'x' is missing equal sign '=', ignoring"},
		}},
		{uri: "daemon?max-connections=0", want: behind(Daemon{URI: "daemon", Socket: usual, Direct: true, MaxConnections: 1}, local.Options{})},
		{uri: "local?root=r", err: `not an absolute path: "r"`},
		{uri: "local?store=r", err: `store directory path "r" is not an absolute path`},
		{uri: "local?read-only=perhaps", err: "Boolean setting 'read-only' has invalid value 'perhaps'"},
		{uri: "daemon?max-connections=x", err: "setting 'max-connections' has invalid value 'x'"},
		{uri: "unix://run/s", err: `not an absolute path: "run/s"`},
		{uri: "local?root=/%zz", err: "invalid URI query 'root=/%zz': leftover"},
		{uri: "local?state=/a#b", err: "invalid URI query 'state=/a#b': leftover"},
		{uri: "local?state=/a+b;c&root=/r%20s", want: at(local.Options{Root: "/r s", StateDir: "/a+b;c"})},
		{uri: "local://r", err: `not an absolute path: "r"`},
		{uri: "dummy://x", err: "`dummy` store URIs must not contain an authority part x"},
		{uri: "local?root=/r&root=/s", want: at(local.Options{Root: "/r"})},
		{uri: "local:///srv/a%20b/../c", want: at(local.Options{Root: "/srv/c"})},
		{uri: "/srv/a%20b", want: at(local.Options{Root: "/srv/a%20b"})},
		{uri: "a%zz://x", err: "Cannot parse Nix store 'a%zz://x'"},
		{uri: "no:", err: "don't know how to open Nix store with scheme 'no'"},
		{uri: "https://cache.example.org", err: "don't know how to open Nix store with scheme 'https'; only stores on this machine"},
	}
	for _, tt := range tests {
		got, err := Locate(tt.uri, func(name string) string { return env[name] })
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("Locate(%q): got error %v, want one with %q", tt.uri, err, tt.err)
			}
		case err != nil:
			t.Errorf("Locate(%q): %v", tt.uri, err)
		default:
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(Location{}, "Params")); diff != "" {
				t.Errorf("Locate(%q) (-want +got):\n%s", tt.uri, diff)
			}
		}
	}
}

// A store is called as Nix calls it: by the parameters that were set.
func TestRender(t *testing.T) {
	for uri, want := range map[string]string{
		"":                                  "local",
		"local":                             "local",
		"/srv/a b":                          "local",
		"local?root=/srv/a b/..&unknown=1":  "local://?root=/srv",
		"/srv?trusted=yes&priority=1K":      "local://?priority=1024&trusted=true",
		"local?system-features=kvm big kvm": "local://?system-features=big%20kvm",
		"daemon":                            "daemon",
		"daemon?max-connections=2":          "daemon?max-connections=2",
		"unix:///run/a%20s?root=/r":         "unix:///run/a%20s?root=/r",
		"unix:///nix/var/nix/daemon-socket/socket": "daemon",
		"dummy://":             "dummy://",
		"dummy://?read-only=0": "dummy://?read-only=false",
	} {
		loc, err := Locate(uri, func(name string) string { return map[string]string{"NIX_STORE_DIR": t.TempDir()}[name] })
		if got := loc.render(); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", uri, got, err, want)
		}
	}
}

// The directories of a store, and the socket, have variables.
func TestLocateEnvironment(t *testing.T) {
	env := map[string]string{
		"NIX_STORE_DIR": "/gnu/store", "NIX_STATE_DIR": "/gnu/state", "NIX_LOG_DIR": "/gnu/log", "NIX_DAEMON_SOCKET_PATH": "/run/s",
	}
	for uri, want := range map[string]Location{
		"local":    {Build: local.Options{Dir: "/gnu/store", StateDir: "/gnu/state", LogDir: "/gnu/log"}},
		"/r":       {Build: local.Options{Dir: "/gnu/store", Root: "/r"}},
		"daemon":   {Build: local.Options{Dir: "/gnu/store", StateDir: "/gnu/state", LogDir: "/gnu/log"}, Daemon: &Daemon{URI: "daemon", Socket: "/run/s"}},
		"dummy://": {Build: local.Options{Dir: "/gnu/store", StateDir: "/gnu/state", LogDir: "/gnu/log"}, Dummy: true},
	} {
		got, err := Locate(uri, func(name string) string { return env[name] })
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("Locate(%q): %v (-want +got):\n%s", uri, err, diff)
		}
	}
}

// Parameters of auto are those of the store that it stands for, whichever that is.
func TestLocateAutoParams(t *testing.T) {
	got, err := Locate("auto?root=/r%20s%2Bt", func(string) string { return "" })
	if want := "/r s+t"; err != nil || got.Build.Root != want {
		t.Errorf("got root %q, %v, want %q", got.Build.Root, err, want)
	}
}

func TestDataHome(t *testing.T) {
	for _, tt := range []struct{ xdg, home, want string }{
		{"/data/", "/home/me", "/data"},
		{"relative", "/home/me", "/home/me/.local/share"},
		{"", "/home/me", "/home/me/.local/share"},
		{"", "", ""},
	} {
		got, err := DataHome(func(name string) string {
			return map[string]string{"XDG_DATA_HOME": tt.xdg, "HOME": tt.home}[name]
		})
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("DataHome(%q, %q): got %q, %v, want %q", tt.xdg, tt.home, got, err, tt.want)
		}
	}
}

// What is valid is durable unless the configuration gives that up.
func TestSyncMode(t *testing.T) {
	for config, want := range map[string]local.SyncMode{
		"":                         local.SyncAll,
		"fsync-metadata = true":    local.SyncAll,
		"fsync-metadata = false":   local.SyncNone,
		"fsync-store-paths = true": local.SyncAll,
		"fsync-metadata = false\nfsync-store-paths = true": local.SyncAll,
	} {
		set, err := LoadSettings(func(name string) string {
			return map[string]string{"NIX_CONFIG": config, "NIX_CONF_DIR": t.TempDir(), "HOME": t.TempDir()}[name]
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		e := &Engine{settings: set, getenv: func(string) string { return "" }}
		loc, err := e.locate(Options{StoreURI: t.TempDir()})
		if err != nil || loc.Build.SyncMode != want {
			t.Errorf("%q: got %v, %v, want %v", config, loc.Build.SyncMode, err, want)
		}
	}
}
