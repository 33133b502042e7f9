package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindHome(t *testing.T) {
	mine := t.TempDir()
	// Somebody else's: not of who runs the test, root's if that is not root.
	others := "/"
	if os.Geteuid() == 0 {
		others = t.TempDir()
		if err := os.Chown(others, 4711, 4711); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(mine, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	known, long := passwdHome(), "/"+strings.Repeat("x", 300)
	for _, test := range []struct{ home, want, warning string }{
		{mine, mine, ""},
		{filepath.Join(mine, "not-there"), filepath.Join(mine, "not-there"), ""},
		{filepath.Join(file, "below"), filepath.Join(file, "below"), ""}, // it is not there either
		{"", known, ""},
		{long, known, "couldn't stat $HOME ('" + long + "') for reason other than not existing, falling back to the one defined in the 'passwd' file: " +
			"error: getting status of \"" + long + "\": File name too long"},
		{others, known, "$HOME ('" + others + "') is not owned by you, falling back to the one defined in the 'passwd' file ('" + known + "')"},
	} {
		got := FindHome(func(name string) string { return map[string]string{"HOME": test.home}[name] })
		if known == "" { // nobody to fall back to
			test.warning = ""
		}
		if got.Dir != test.want || got.Warning != test.warning {
			t.Errorf("home where HOME is %q: got %q, warning %q, want %q, %q", test.home, got.Dir, got.Warning, test.want, test.warning)
		}
	}
}

func TestHomeGetenv(t *testing.T) {
	getenv := Home{Dir: "/root"}.Getenv(strings.ToLower)
	if home, path := getenv("HOME"), getenv("PATH"); home != "/root" || path != "path" {
		t.Errorf("got HOME %q, PATH %q", home, path)
	}
}
