package build_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"nixbench/engine/build"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// TestAdvisories tries, from inside builders, what other builders of derivations
// have fallen for, each by the name of its advisory. docs/advisories.md has the
// whole list.
func TestAdvisories(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"2013-5526a282b5": hardLinksIntoOutputs,
		"CVE-2021-27851":  keptDirectoriesAreTheBuilders,
		"CVE-2024-27297":  fixedOutputIsACopy,
		"CVE-2024-38531":  buildDirectoryStaysClosed,
		"CVE-2024-47174":  passwordsAreLeftNowhere,
		"CVE-2024-51481":  builtinsStayInside,
		"CVE-2024-52867":  outputsAreClosedWhileBuilding,
		"CVE-2025-46415":  deepTreesAreDeleted,
		"CVE-2025-52991":  buildDirectoriesAreInTheState,
		"CVE-2025-52992":  outputsAfterFailure,
		"CVE-2026-39860":  plantedLinksAreNotFollowed,
	} {
		t.Run(name, test)
	}
}

// A builder that links a file of others into its output does not get it changed.
func hardLinksIntoOutputs(t *testing.T) {
	r := newRig(t)
	lib := script("lib", "write $out x")
	libOut := r.build(lib, nil)["out"]
	for _, victim := range []string{"$lib", "/etc/passwd", "/bin/sh", "/dev/null"} {
		res := r.realise(r.add(script("thief", "mkdir $out\nlink "+victim+" $out/x"), map[string]*drv.Derivation{"lib": lib}))
		if res.Err() == nil {
			t.Errorf("%s could be linked", victim)
		}
	}
	info, err := os.Lstat(r.st.RealPath(libOut))
	if err != nil || info.Mode().Perm() != 0o444 || info.Sys().(*syscall.Stat_t).Nlink != 1 {
		t.Errorf("the input is %v, %v", info, err)
	}
}

// What is kept of a failed build stays whose it was, in a directory that is closed.
func keptDirectoriesAreTheBuilders(t *testing.T) {
	r := newRig(t, func(s *settings.Settings) { s.KeepFailed = true })
	r.realise(r.add(script("kept", "mkdir d\nwrite d/x x\nexit 1"), nil))
	tops, err := filepath.Glob(filepath.Join(r.st.StateDir(), "builds", "*"))
	if err != nil || len(tops) != 1 {
		t.Fatalf("kept: %v, %v", tops, err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "/build": 0o700, "/build/d": 0o755} {
		info, err := os.Lstat(tops[0] + name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v; want mode %o", name, info, err, want)
			continue
		}
		isOurs := int(info.Sys().(*syscall.Stat_t).Uid) == os.Geteuid()
		if wantOurs := name == "" || !hasOtherUsers(); isOurs != wantOurs {
			t.Errorf("%s: ours %v, want %v", name, isOurs, wantOurs)
		}
	}
}

// hasOtherUsers reports whether builders can be others than us: we are root, and not
// in a namespace that has nobody else.
func hasOtherUsers() bool {
	var inside, outside, count int
	users, err := os.ReadFile("/proc/self/uid_map")
	n, _ := fmt.Sscan(string(users), &inside, &outside, &count)
	return os.Geteuid() == 0 && (err != nil || n == 3 && count > 1)
}

// builtin:fetchurl leaves no file with passwords where a builder could be.
func passwordsAreLeftNowhere(t *testing.T) {
	netrc := filepath.Join(t.TempDir(), "netrc")
	if err := os.WriteFile(netrc, []byte("password hush-hush"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(s *settings.Settings) { s.NetrcFile, s.KeepFailed = netrc, true })
	p, err := r.st.AddText(t.Context(), "contents", []byte("contents"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{"contents", "others"} {
		r.realise(r.add(fetchURL("file://"+string(p), store.Flat, nixhash.SumString(nixhash.SHA256, hash), nil), nil))
	}
	filepath.WalkDir(filepath.Dir(filepath.Dir(r.st.RealDir())), func(name string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			if data, _ := os.ReadFile(name); bytes.Contains(data, []byte("hush-hush")) {
				t.Errorf("%s has the password", name)
			}
		}
		return nil
	})
	if dirs, _ := os.ReadDir(filepath.Join(r.st.StateDir(), "builds")); len(dirs) > 0 {
		t.Errorf("builds: %v", dirs)
	}
}

func builtinsStayInside(t *testing.T) {
	t.Run("write", builtinsFollowNoLinks)
	t.Run("read", builtinsReadInputsOnly)
}

// A builtin builder does not write through links that its input plants.
func builtinsFollowNoLinks(t *testing.T) {
	r := newPlanRig(t)
	outside := t.TempDir()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, h := range []*tar.Header{
		{Name: "c/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "c/l", Typeflag: tar.TypeSymlink, Linkname: outside},
		{Name: "c/l/x", Typeflag: tar.TypeReg, Mode: 0o644},
	} {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := r.st.AddText(t.Context(), "evil.tar", archive.Bytes(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.realise(r.add(channel("evil", p), nil)).Err(); err == nil {
		t.Error("it was unpacked")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("outside: %v, %v", entries, err)
	}
}

// A builtin builder, which runs outside the sandbox, reads nothing that a builder inside
// could not: only its inputs, though their names or links lead elsewhere.
func builtinsReadInputsOnly(t *testing.T) {
	r := newPlanRig(t)
	whole := r.tarball("c/secret")
	outside := filepath.Join(t.TempDir(), "secret.tar")
	text, err := os.ReadFile(r.st.RealPath(whole))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(outside, text, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(outside, link); err != nil {
		t.Fatal(err)
	}
	linked, err := r.st.AddTree(t.Context(), "linked", link, store.NAR, nixhash.SHA256, nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := r.pkg("dir", map[string]string{"x": "x"})
	up, err := filepath.Rel(r.st.RealPath(dir), outside)
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]string{
		"a file of the machine": outside,
		"a link":                string(linked),
		"dots":                  string(dir) + "/" + up,
		"no input":              string(whole),
	} {
		d := channel("c", dir)
		d.Name = "reads-" + strings.ReplaceAll(name, " ", "-")
		d.InputSrcs = []store.Path{dir, linked}
		slices.Sort(d.InputSrcs)
		d.Env["src"] = src
		p := r.add(d, nil)
		if err := r.realise(p).Err(); err == nil || !strings.Contains(r.log(p), "failed to open archive") {
			t.Errorf("%s: %s was read: %v, %s", name, src, err, r.log(p))
		}
	}
	env := script("env", "")
	env.Builder, env.System, env.Args = "builtin:buildenv", "builtin", nil
	other := r.pkg("other", map[string]string{"bin/other": "x"})
	env.Env["derivations"], env.Env["manifest"] = "true 5 1 "+string(other), string(dir)
	env.InputSrcs = []store.Path{dir}
	if err := r.realise(r.add(env, nil)).Err(); err == nil {
		t.Errorf("%s, which is no input, is in the profile", other)
	}
}

// during runs a build that says something and then waits, calls look, and cancels.
func (r *rig) during(text string, look func()) {
	r.t.Helper()
	p := r.add(script("waits", text+"\nsay ready\nsleep 1h"), nil)
	if err := r.st.Flush(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	box := r.hub.Subscribe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.b.Realise(ctx, []build.Target{{Path: p, Outputs: []string{"*"}}}, build.Normal)
	}()
	isReady := false
	for !isReady {
		acts, err := box.Take(ctx)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, act := range acts {
			isReady = isReady || act.LogSize > 0
		}
	}
	look()
	cancel()
	<-done
}

// Until they are canonical, outputs are below a directory that is closed to others.
func outputsAreClosedWhileBuilding(t *testing.T) {
	r := newRig(t)
	r.during("write $out x\nchmod 777 $out", func() {
		dirs, err := filepath.Glob(filepath.Join(r.st.RealDir(), "*.chroot"))
		if err != nil || len(dirs) != 1 {
			t.Fatalf("got %v, %v", dirs, err)
		}
		if info, err := os.Stat(dirs[0]); err != nil || info.Mode().Perm() != 0o700 || int(info.Sys().(*syscall.Stat_t).Uid) != os.Geteuid() {
			t.Errorf("got %v, %v; want ours, of mode 0700", info, err)
		}
		if entries, _ := filepath.Glob(filepath.Join(r.st.RealDir(), "*-waits")); len(entries) > 0 {
			t.Errorf("already in the store: %v", entries)
		}
	})
}

// Builds take place in the store's state directory, not in $TMPDIR, which others
// may write to.
func buildDirectoriesAreInTheState(t *testing.T) {
	r := newRig(t)
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	defer syscall.Umask(syscall.Umask(0)) // which must not decide it
	r.during("mkdir d", func() {
		dirs, err := filepath.Glob(filepath.Join(r.st.StateDir(), "builds", "*"))
		if err != nil || len(dirs) != 1 {
			t.Fatalf("got %v, %v", dirs, err)
		}
		if info, err := os.Stat(dirs[0]); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("got %v, %v; want mode 0700", info, err)
		}
		if info, err := os.Stat(filepath.Dir(dirs[0])); err != nil || info.Mode().Perm()&0o022 != 0 {
			t.Errorf("others may write to %v, %v", info, err)
		}
	})
	if entries, err := os.ReadDir(tmp); err != nil || len(entries) > 0 {
		t.Errorf("in $TMPDIR: %v, %v", entries, err)
	}
}

// A tree that is deeper than any path is long is deleted, and nothing else.
func deepTreesAreDeleted(t *testing.T) {
	r := newRig(t)
	for name, text := range map[string]string{"output": "dig $out 2100", "build": "dig d 2100\nexit 1", "tmp": "dig /tmp/d 2100\nexit 1"} {
		if err := r.realise(r.add(script(name, text), nil)).Err(); err == nil {
			t.Errorf("%s: it was built", name)
		}
		if found := r.leftovers(); len(found) > 0 {
			t.Errorf("%s: left over: %v", name, found)
		}
	}
}

// What a failed build leaves behind does not keep the next from being whole.
func outputsAfterFailure(t *testing.T) {
	r := newRig(t)
	flag := filepath.Join(t.TempDir(), "flag")
	for _, dir := range []string{filepath.Dir(flag), filepath.Dir(filepath.Dir(flag))} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r.settings.SandboxPaths["/flag"] = flag + "?"
	p := r.add(script("twice", "write $out x\nchmod 0 $out\nmkdir d\nchmod 0 d\ncp /flag y\nchmod 644 $out", "out"), nil)
	if err := r.realise(p).Err(); err == nil {
		t.Fatal("built without the flag")
	}
	// What a builder that was killed leaves, whoever's, and without a trace of it.
	left := r.st.RealPath(p) + ".chroot"
	if err := errors.Join(os.MkdirAll(left+"/root/nix/store/closed/in", 0o755), os.Chmod(left+"/root/nix/store/closed", 0)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(flag, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	res := r.realise(p)
	if err := res.Err(); err != nil {
		t.Fatalf("%v\n%s", err, r.log(p))
	}
	if got := strings.TrimSpace(r.read(res.Outcomes[0].Outputs["out"], "")); got != "x" {
		t.Errorf("got %q", got)
	}
}
