package settings

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// env returns a lookup over the pairs, with no other variable set.
func env(t *testing.T, vars map[string]string) func(string) (string, bool) {
	t.Helper()
	if _, ok := vars["NIX_CONF_DIR"]; !ok {
		vars["NIX_CONF_DIR"] = filepath.Join(t.TempDir(), "none")
	}
	if _, ok := vars["XDG_CONFIG_DIRS"]; !ok {
		vars["XDG_CONFIG_DIRS"] = filepath.Join(t.TempDir(), "none")
	}
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func write(t *testing.T, file, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// NIX_REMOTE says which store it is where nothing else does.
func TestStoreOfEnvironment(t *testing.T) {
	conf := t.TempDir()
	for _, c := range []struct{ remote, config, file, want string }{
		{want: "auto"},
		{remote: "daemon", want: "daemon"},
		{remote: "/a", config: "store = /b", want: "local:///b"},
		{remote: "/a", file: "store = /c\n", want: "local:///c"},
	} {
		write(t, filepath.Join(conf, "nix.conf"), c.file)
		s, _, err := Load(env(t, map[string]string{"NIX_CONF_DIR": conf, "NIX_REMOTE": c.remote, "NIX_CONFIG": c.config}))
		if err != nil {
			t.Fatal(err)
		}
		if s.Store != c.want || s.IsOverridden("store") != (c.config+c.file != "") {
			t.Errorf("%+v: got %q, overridden: %v", c, s.Store, s.IsOverridden("store"))
		}
	}
}

// A store is kept as the URL that it stands for, and what is dubious about it is warned of.
func TestStoreReferences(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "auto",
		"auto?x=y":              "auto?x=y",
		"daemon?a=/b c":         "unix://?a=/b%20c",
		"/a b":                  "local:///a%20b",
		"local?x&root=/r":       "local://?root=/r",
		"ssh://me@fe80::1%eth0": "ssh://me@[fe80::1%25eth0]",
		"nope":                  "Cannot parse Nix store 'nope'",
		"local?a=%":             "invalid URI query 'a=%': leftover",
	} {
		s := Default()
		err := s.Set("store", text)
		got := s.Store
		if err != nil {
			got = err.Error()
		}
		if got = strings.TrimPrefix(got, "setting 'store': "); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
		if warnings := s.Warnings(); len(warnings) > 0 != strings.Contains(text, "?x&") || len(s.Warnings()) > 0 {
			t.Errorf("%q: got warnings %q", text, warnings)
		}
	}
}

// What is said of bad values, and how good ones are shown.
func TestValues(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"build-cores", "x", "setting 'cores' has invalid value 'x'"},
		{"gc-keep-outputs", "x", "Boolean setting 'keep-outputs' has invalid value 'x'"},
		{"cores", "5G", "1073741824"},
		{"download-speed", "5000000000", "setting 'download-speed' has invalid value '5000000000'"},
		{"timeout", "-1", "-1"},
		{"build-dir", "", ""},
		{"build-dir", "/x/../y", "/y"},
		{"build-dir", "x", `not an absolute path: "x"`},
		{"sandbox-build-dir", "", "setting 'sandbox-build-dir' is a path and paths cannot be empty"},
		{"eval-profiler", "x", "option 'eval-profiler' has invalid value 'x'"},
		{"lint-url-literals", "x", "option 'lint-url-literals' has invalid value 'x' (expected 'ignore', 'warn', or 'fatal')"},
		{"warn-short-path-literals", "true", "true; 'warn-short-path-literals' is deprecated, use 'lint-short-path-literals = warn' instead"},
		{"experimental-features", "no-url-literals", "; experimental feature 'no-url-literals' has been stabilized and renamed; use 'lint-url-literals = fatal' setting instead"},
		{"sandbox-paths", "/a /b=/c /d?", "/a /b=/c /d?"},
		{"system-features", "b a b", "a b"},
		{"access-tokens", "b=1 x a=2", " a=2 b=1"},
		{"trusted-substituters", "x", "Cannot parse Nix store 'x'"},
		{"trusted-substituters", "/x", "local:///x"},
	} {
		s := Default()
		err := s.Set(c.name, c.value)
		got, _ := s.Get(c.name)
		if bad := (*ValueError)(nil); errors.As(err, &bad) {
			got = bad.Warning()
		} else if err != nil {
			got = err.Error()
		}
		if got = strings.Join(append([]string{got}, s.Warnings()...), "; "); got != c.want {
			t.Errorf("%s = %s: got %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

// Numbers may have units, and what is too large with them loses bits.
func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		text string
		kind NumberType
		want int64 // -99: an error
	}{
		{"12", Int, 12}, {"-3", Int, -3}, {"-3", Uint, -99}, {"+3", Size, 3}, {"1k", Uint, 1024}, {"5G", Int, 1 << 30}, {"2G", Int, -1 << 31},
		{"5g", Long, 5 << 30}, {"1T", Uint, 0}, {"4294967296", Uint, -99}, {"", Int, -99}, {"1x", Int, -99}, {"K", Int, -99}, {"1KK", Int, -99},
		{"18446744073709551615", Size, -1},
	} {
		got, err := ParseNumber(c.text, c.kind)
		if err != nil {
			got = -99
		}
		if got != c.want {
			t.Errorf("ParseNumber(%q, %d): got %d, want %d", c.text, c.kind, got, c.want)
		}
	}
}

// Each source overrides those before it, and extra- adds to what they said.
func TestLoadOrder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "etc/nix.conf"), "cores = 1\nmax-jobs = 1 # one\nlog-lines = 1\nsystem-features = a b\n")
	write(t, filepath.Join(dir, "xdg/nix/nix.conf"), "cores = 2\nmax-jobs = 2\nextra-system-features = c\n")
	write(t, filepath.Join(dir, "home/nix/nix.conf"), "cores = 3\n!include more.conf\n!include missing.conf\n")
	write(t, filepath.Join(dir, "home/nix/more.conf"), "experimental-features = flakes\n")
	s, warnings, err := Load(env(t, map[string]string{
		"NIX_CONF_DIR":    filepath.Join(dir, "etc"),
		"XDG_CONFIG_DIRS": filepath.Join(dir, "xdg"),
		"XDG_CONFIG_HOME": filepath.Join(dir, "home"),
		"NIX_CONFIG":      "extra-experimental-features = nix-command\nkeep-going = yes",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) != 0 {
		t.Errorf("warnings: %v", warnings)
	}
	got := []any{s.Cores, s.MaxJobs, s.LogLines, s.SystemFeatures, s.ExperimentalFeatures, s.KeepGoing}
	want := []any{3, 2, 1, []string{"a", "b", "c"}, []string{"flakes", "nix-command"}, true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if !s.IsOverridden("cores") || s.IsOverridden("timeout") {
		t.Errorf("overridden: cores %v, timeout %v", s.IsOverridden("cores"), s.IsOverridden("timeout"))
	}
}

// As in Nix, a file that cannot be read is as good as none, whatever the reason.
func TestUnreadableConfFiles(t *testing.T) {
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "file"), "cores = 1\n")
	for _, name := range []string{file + "/below", dir, filepath.Join(dir, strings.Repeat("x", 300))} {
		if _, _, err := Load(env(t, map[string]string{"NIX_USER_CONF_FILES": name})); err != nil {
			t.Errorf("load settings: %v", err)
		}
	}
}

func TestUserConfFiles(t *testing.T) {
	dir := t.TempDir()
	a := write(t, filepath.Join(dir, "a"), "cores = 1\n")
	b := write(t, filepath.Join(dir, "b"), "cores = 2\nlog-lines = 7\n")
	s, _, err := Load(env(t, map[string]string{
		"NIX_USER_CONF_FILES": a + ":" + b,
		"XDG_CONFIG_HOME":     filepath.Dir(write(t, filepath.Join(dir, "x/nix/nix.conf"), "cores = 9\n")) + "/..",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if s.Cores != 1 || s.LogLines != 7 {
		t.Errorf("got cores %d, log-lines %d, want 1 and 7", s.Cores, s.LogLines)
	}
}

func TestUnknownSettingWarnsOnce(t *testing.T) {
	s, warnings, err := Load(env(t, map[string]string{
		"NIX_CONFIG": "frobnicate = 1\nextra-frobnicate = 2\nfrobnicate = 3\nallowed-users = a b\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"unknown setting 'extra-frobnicate'", "unknown setting 'frobnicate'"}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if err := s.Set("frobnicate", "1"); !errors.Is(err, ErrUnknown) {
		t.Errorf("Set: got %v, want ErrUnknown", err)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	loop := write(t, filepath.Join(dir, "loop"), "include loop\n")
	for _, test := range []struct{ name, config, want string }{
		{"no equals sign", "cores 3", `syntax error in configuration line 'cores 3' in "NIX_CONFIG"`},
		{"one word", "cores", "syntax error in configuration line 'cores'"},
		{"include of two", "include a b", "syntax error"},
		{"missing include", "include " + dir + "/gone", "gone\" included from \"NIX_CONFIG\" not found"},
		{"includes itself", "include " + loop, "include each other"},
		{"bad number", "cores = many", `setting 'cores' has invalid value 'many'`},
		{"negative", "cores = -1", "setting 'cores' has invalid value '-1'"},
		{"bad bool", "keep-going = maybe", "Boolean setting 'keep-going' has invalid value 'maybe'"},
		{"bad size", "min-free = 3X", "setting 'min-free' has invalid value '3X'"},
		{"too large a size", "min-free = 99999999999999999999", "invalid value"},
		{"bad sandbox", "sandbox = perhaps", "option 'sandbox' has invalid value 'perhaps'"},
		{"bad foreign", "use-sqlite-wal = perhaps", "Boolean setting 'use-sqlite-wal' has invalid value 'perhaps'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := Load(env(t, map[string]string{"NIX_CONFIG": test.config}))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestSetAndGet(t *testing.T) {
	for _, test := range []struct{ name, value, get, want string }{
		{"max-jobs", "auto", "max-jobs", ""},
		{"build-max-jobs", "7", "max-jobs", "7"},
		{"min-free", "2K", "min-free", "2048"},
		{"min-free", "1g", "min-free", "1073741824"},
		{"sandbox-paths", "/bin/sh=/x/busybox /etc/foo?", "sandbox-paths", "/bin/sh=/x/busybox /etc/foo?"},
		{"sandbox-paths", "bin/sh ../x=y?", "sandbox-paths", "../x=y? bin/sh"},
		{"extra-substituters", "http://a", "substituters", "https://cache.nixos.org/ http://a"},
		{"build-extra-sandbox-paths", "/a", "sandbox-paths", "/a"},
		{"substitute", "0", "substitute", "false"},
		{"cores", "1K", "cores", "1024"},
		{"allowed-users", "a  b", "allowed-users", "a b"},
		{"extra-trusted-users", "a", "trusted-users", "root a"},
		{"extra-build-hook", "a  b", "build-hook", "a b"},
		{"http2", "no", "http2", "false"},
	} {
		s := Default()
		if err := s.Set(test.name, test.value); err != nil {
			t.Errorf("set %s: %v", test.name, err)
			continue
		}
		got, ok := s.Get(test.get)
		if test.value == "auto" {
			test.want = got
			if s.MaxJobs != runtime.NumCPU() {
				t.Errorf("max-jobs = auto: got %d", s.MaxJobs)
			}
		}
		if !ok || got != test.want {
			t.Errorf("%s = %s: got %q, want %q", test.name, test.value, got, test.want)
		}
	}
}

// Every setting can be written as it was read.
func TestGetSetRoundTrip(t *testing.T) {
	s := Default()
	s.ExperimentalFeatures = slices.Clone(features)
	for _, name := range s.Names() {
		value, _ := s.Get(name)
		if err := s.Set(name, value); err != nil {
			t.Errorf("%s = %s: %v", name, value, err)
		}
		if again, _ := s.Get(name); again != value {
			t.Errorf("%s: got %q, want %q", name, again, value)
		}
	}
}

// A setting of a feature that is off changes nothing, wherever in the file the feature
// is switched on.
func TestFeatureSettings(t *testing.T) {
	const warning = "Ignoring setting 'auto-allocate-uids' because experimental feature 'auto-allocate-uids' is not enabled"
	for _, test := range []struct {
		text    string
		want    bool
		warning string
	}{
		{"auto-allocate-uids = true", false, warning},
		{"auto-allocate-uids = true\nextra-experimental-features = auto-allocate-uids", true, ""},
		{"experimental-features = cgroups\nauto-allocate-uids = true", false, warning},
	} {
		s, warnings, err := Load(func(name string) (string, bool) {
			return map[string]string{"NIX_CONFIG": test.text, "NIX_CONF_DIR": t.TempDir()}[name], name == "NIX_CONFIG" || name == "NIX_CONF_DIR"
		})
		if err != nil {
			t.Fatal(err)
		}
		if s.AutoAllocateIDs != test.want || strings.Join(warnings, "\n") != test.warning {
			t.Errorf("%q: got %v and %q, want %v and %q", test.text, s.AutoAllocateIDs, warnings, test.want, test.warning)
		}
	}
}

func TestNixPath(t *testing.T) {
	for _, test := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"a", []string{"a"}},
		{"a:b=c::d", []string{"a", "b=c", "d"}},
		{"nixpkgs=https://x/y.tar.gz:b=/c", []string{"nixpkgs=https://x/y.tar.gz", "b=/c"}},
		{"nixpkgs=flake:nixpkgs:/b", []string{"nixpkgs=flake:nixpkgs", "/b"}},
		{"channel:nixos-unstable:b", []string{"channel:nixos-unstable", "b"}},
		{"n=https://x", []string{"n=https://x"}},
	} {
		if diff := cmp.Diff(test.want, splitNixPath(test.in)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.in, diff)
		}
	}
	s, _, err := Load(env(t, map[string]string{"NIX_PATH": "", "NIX_CONFIG": "nix-path = x=/y"}))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.NixPath) != 0 {
		t.Errorf("an empty NIX_PATH must override nix-path, got %q", s.NixPath)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	s := Default()
	c := s.Clone()
	c.SandboxPaths["/bin/sh"] = "/x"
	c.ExperimentalFeatures = append(c.ExperimentalFeatures, "configurable-impure-env")
	if err := c.Set("impure-env", "a=b"); err != nil || c.ImpureEnv["a"] != "b" {
		t.Errorf("impure-env: got %v, %v", c.ImpureEnv, err)
	}
	c.SystemFeatures[0] = "changed"
	if err := c.Set("cores", "9"); err != nil {
		t.Fatal(err)
	}
	if len(s.SandboxPaths) != 0 || len(s.ImpureEnv) != 0 || s.SystemFeatures[0] == "changed" || s.IsOverridden("cores") {
		t.Error("a change of the clone shows in the original")
	}
}

func TestCanBuild(t *testing.T) {
	s := Default()
	for system, want := range map[string]bool{s.System: true, "builtin": true, "riscv128-plan9": false} {
		if got := s.CanBuild(system); got != want {
			t.Errorf("CanBuild(%q) = %v, want %v", system, got, want)
		}
	}
}

func TestLevels(t *testing.T) {
	first := "fpu cx8 cmov mmx fxsr sse sse2"
	second := first + " pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm"
	for flags, want := range map[string]string{
		"":                  "",
		first:               "x86_64-v1",
		second:              "x86_64-v1 x86_64-v2",
		second + " avx512f": "x86_64-v1 x86_64-v2",
		first + " avx avx2": "x86_64-v1",
		second + " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave": "x86_64-v1 x86_64-v2 x86_64-v3",
	} {
		got := levelsOf("processor\t: 0\nflags\t\t: " + flags + "\nbugs\t:\n")
		if diff := cmp.Diff(strings.Fields(want), strings.Fields(strings.Join(got, " "))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", flags, diff)
		}
	}
}

// Each setting says what it is for, and nothing else does.
func TestAbouts(t *testing.T) {
	for _, name := range Default().Names() {
		about, ok := AboutOf(name)
		if !ok || about.Help == "" || strings.Contains(about.Help, "\n") {
			t.Errorf("%s: got %+v, %v", name, about, ok)
		}
	}
	for name := range abouts {
		if _, ok := Default().Get(name); !ok {
			t.Errorf("there is no setting '%s'", name)
		}
		if _, ok := foreigners[name]; ok {
			t.Errorf("%s means nothing to us, and is said to", name)
		}
		for _, value := range Values(name) {
			if !Default().IsShown(name) {
				break
			}
			if err := Default().Set(name, value); err != nil {
				t.Error(err)
			}
		}
	}
	for name, want := range map[string]string{
		"cores": "cores", "build-cores": "cores", "extra-sandbox-paths": "sandbox-paths", "build-extra-sandbox-paths": "sandbox-paths",
		"extra-platforms": "extra-platforms", "extra-extra-platforms": "extra-platforms",
	} {
		if got := Canonical(name); got != want {
			t.Errorf("Canonical(%q) = %q, want %q", name, got, want)
		}
	}
}

// What a hook is told of the settings is for any Nix: not what is off with its experimental
// feature, and of what other Nixes do not know, or have another default for, only what was set.
func TestString(t *testing.T) {
	s := Default()
	names := func() (names []string) {
		for line := range strings.Lines(s.String()) {
			name, _, _ := strings.Cut(line, " = ")
			names = append(names, name)
		}
		return names
	}
	ours := []string{
		"auto-allocate-uids", "impure-env", "use-registries", "eval-cores", "eval-file-cache", "eval-memory-limit", "lazy-trees",
		"max-build-cpus", "max-build-memory", "max-build-processes", "repl-overlays", "build-hook", "builders",
	}
	got := names()
	for _, name := range ours {
		if slices.Contains(got, name) {
			t.Errorf("%s is told", name)
		}
	}
	for _, name := range []string{"cores", "sandbox", "max-jobs", "post-build-hook"} {
		if !slices.Contains(got, name) {
			t.Errorf("%s is not told", name)
		}
	}
	for name, value := range map[string]string{"max-build-cpus": "3", "builders": "ssh://x", "experimental-features": "auto-allocate-uids"} {
		if err := s.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	got = names()
	for _, name := range []string{"max-build-cpus", "builders", "auto-allocate-uids"} {
		if !slices.Contains(got, name) {
			t.Errorf("%s was set and is not told", name)
		}
	}
}

// What is warned of before a mistake is warned of beside it.
func TestWarningsBeforeMistake(t *testing.T) {
	env := map[string]string{
		"NIX_CONFIG":   "auto-allocate-uids = true\ntimeout = x\nexperimental-features = none\n",
		"NIX_CONF_DIR": t.TempDir(), "NIX_USER_CONF_FILES": "/none",
	}
	_, got, err := Load(func(name string) (string, bool) { value, ok := env[name]; return value, ok })
	want := []string{
		"unknown experimental feature 'none'",
		"Ignoring setting 'auto-allocate-uids' because experimental feature 'auto-allocate-uids' is not enabled",
	}
	if err == nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q and an error", got, err, want)
	}
}
