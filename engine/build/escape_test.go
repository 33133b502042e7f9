package build_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// This file tries, from inside builders, what must not come of them. What has an
// advisory is run by TestAdvisories.

// CVE-2024-27297: whoever still holds the builder's file open must not hold
// what is registered.
func fixedOutputIsACopy(t *testing.T) {
	const text = "write $out hello\ninode $out"
	impure := floating("impure", text)
	o := impure.Outputs["out"]
	o.Impure = true
	impure.Outputs["out"] = o
	for _, d := range []*drv.Derivation{
		fixed(script("file", text), store.Flat, nixhash.SumString(nixhash.SHA256, "hello\n")), impure,
	} {
		r := newRig(t, withFeatures)
		out := r.build(d, nil)["out"]
		p, _ := d.Path(r.st.Dir())
		theirs, err := strconv.ParseUint(strings.TrimSpace(r.log(p)), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(r.st.RealPath(out))
		if err != nil {
			t.Fatal(err)
		}
		if ours := info.Sys().(*syscall.Stat_t).Ino; ours == theirs {
			t.Errorf("%s: the builder's own file was registered", d.Name)
		}
	}
}

// CVE-2026-39860: links at names that we might use for copies are not followed.
func plantedLinksAreNotFollowed(t *testing.T) {
	r := newRig(t)
	outside := t.TempDir()
	plant := "write $out hello\n"
	for _, name := range []string{"$out.tmp", "$out.new", "$NIX_STORE/tmp-x", "$NIX_STORE/.tmp", "$NIX_STORE/x"} {
		plant += "ln " + outside + " " + name + "\n"
	}
	r.build(fixed(script("file", plant), store.Flat, nixhash.SumString(nixhash.SHA256, "hello\n")), nil)
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("%s holds %v, %v", outside, entries, err)
	}
	if found := r.leftovers(); len(found) > 0 {
		t.Errorf("left over: %v", found)
	}
}

// CVE-2024-38531: a builder that opens its directory up does not open ours.
func buildDirectoryStaysClosed(t *testing.T) {
	r := newRig(t, func(s *settings.Settings) { s.KeepFailed = true })
	p := r.add(script("open", "chmod 777 .\nwrite x x\nchmod 666 x\nexit 1"), nil)
	r.realise(p)
	dirs, err := filepath.Glob(filepath.Join(r.st.StateDir(), "builds", "*"))
	if err != nil || len(dirs) != 1 {
		t.Fatalf("build directories: %v, %v", dirs, err)
	}
	info, err := os.Stat(dirs[0])
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("got %v, %v; want mode 0700", info, err)
	}
}

// What is in the sandbox's store besides the outputs is no output.
func TestOtherPathsAreNotRegistered(t *testing.T) {
	r := newRig(t)
	other := "/nix/store/" + strings.Repeat("1", 32) + "-other"
	r.build(script("two", "write $out x\nwrite "+other+" x"), nil)
	if valid, err := r.st.IsValid(t.Context(), store.Path(other)); err != nil || valid {
		t.Errorf("valid: %v, %v", valid, err)
	}
	if _, err := os.Lstat(r.st.RealPath(store.Path(other))); err == nil {
		t.Error("it is in the store's directory")
	}
}

// Outputs that no store object can be are refused, and cleaned up.
func TestImpossibleOutputs(t *testing.T) {
	r := newRig(t)
	for name, test := range map[string]struct{ script, want string }{
		"fifo":     {"mkdir $out\nfifo $out/p", "-fifo/p\" has an unsupported type"},
		"too-deep": {"dig $out 2100", "exceeds maximum NAR directory depth of 64"},
		"setuid":   {"write $out x\nchmod 4755 $out", ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := r.realise(r.add(script(name, test.script), nil)).Err()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if found := r.leftovers(); len(found) > 0 {
				t.Errorf("left over: %v", found)
			}
		})
	}
}

// Directories that nobody may enter are made fit for a store, or deleted.
func TestClosedDirectories(t *testing.T) {
	r := newRig(t)
	out := r.build(script("closed", "mkdir $out/a/b\nwrite $out/a/f x\nmkdir c/d\nmkdir /tmp/e/f\nmkdir $NIX_STORE/g/h\n"+
		"chmod 0 $out/a/b\nchmod 0 $out/a/f\nchmod 0 $out/a\nchmod 0 c\nchmod 0 /tmp/e\nchmod 0 $NIX_STORE/g"), nil)["out"]
	for file, want := range map[string]os.FileMode{"/a": 0o555, "/a/b": 0o555, "/a/f": 0o444} {
		if info, err := os.Stat(r.st.RealPath(out) + file); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v; want %v", file, info, err, want)
		}
	}
	if found := r.leftovers(); len(found) > 0 {
		t.Errorf("left over: %v", found)
	}
}
