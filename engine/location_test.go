package engine

import (
	"strings"
	"testing"

	"nixbench/store/local"
)

func TestLocate(t *testing.T) {
	getenv := func(name string) string {
		return map[string]string{"XDG_DATA_HOME": "/data", "HOME": "/home/me"}[name]
	}
	tests := []struct {
		uri  string
		want local.Options
		err  string
	}{
		{uri: "/srv/store", want: local.Options{Root: "/srv/store"}},
		{uri: "/srv/store/?read-only=true", want: local.Options{Root: "/srv/store", ReadOnly: true}},
		{uri: "local", want: local.Options{}},
		{uri: "local?root=/r&state=/s&log=/l&real=/x&store=/gnu/store", want: local.Options{
			Root: "/r", StateDir: "/s", LogDir: "/l", RealDir: "/x", Dir: "/gnu/store",
		}},
		{uri: "local?root=r", err: `parameter "root": got "r", want an absolute path`},
		{uri: "local?color=red", err: `unknown parameter "color"`},
		{uri: "local?read-only=1", err: `got "1", want true or false`},
		{uri: "https://cache.example.org", err: "only stores on this machine"},
		{uri: "daemon", err: "behind a daemon"},
	}
	for _, tt := range tests {
		got, err := Locate(tt.uri, getenv)
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("Locate(%q): got error %v, want one with %q", tt.uri, err, tt.err)
			}
		case err != nil:
			t.Errorf("Locate(%q): %v", tt.uri, err)
		case got.Build != tt.want:
			t.Errorf("Locate(%q): got %+v, want %+v", tt.uri, got.Build, tt.want)
		}
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
