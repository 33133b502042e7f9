package build_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nixbench/engine/build"
	"nixbench/engine/enginetest"
	"nixbench/engine/sandbox"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/local"
)

// realiseMain is the test binary as another process that builds.
func realiseMain(root string, drvPath store.Path) int {
	ctx := context.Background()
	st, err := local.Open(ctx, local.Options{Root: root, SyncMode: local.SyncNone})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer st.Close()
	s := settings.Default()
	enginetest.AddLibraries(s.SandboxPaths)
	b := build.New(build.Options{Store: st, Settings: s})
	res, err := b.Realise(ctx, []build.Target{{Path: drvPath, Outputs: []string{"*"}}}, build.Normal)
	if err != nil || res.Err() != nil {
		fmt.Println(err, res.Err())
		return 1
	}
	return 0
}

// After kill -9 nothing runs on, and the next build finds nothing in its way
// and cleans up.
func TestKilled(t *testing.T) {
	r := newRig(t)
	mark := fmt.Sprintf("mark-%d-%d", os.Getpid(), time.Now().UnixNano())
	text := "write $out half\nsay started\nsleep 300ms # " + mark
	p := r.add(script("victim", text), nil)
	if err := r.st.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSuffix(r.st.RealDir(), "/nix/store")
	for range 2 {
		victim := exec.Command(sandbox.Self, "realise", root, string(p))
		if err := victim.Start(); err != nil {
			t.Fatal(err)
		}
		await(t, "a log", func() bool {
			data, _ := os.ReadFile(r.st.LogPath(p))
			return strings.Contains(string(data), "started")
		})
		victim.Process.Kill()
		victim.Wait()
		os.Remove(r.st.LogPath(p))
		await(t, "the builder's death", func() bool { return len(processesWith(t, mark)) == 0 })
	}
	stale, err := filepath.Glob(filepath.Join(r.st.StateDir(), "builds", "*"))
	if err != nil || len(stale) == 0 {
		t.Fatalf("a crash leaves nothing: %v, %v", stale, err)
	}
	// Another derivation, so that it is not the build itself that cleans up.
	r.build(script("next", "write $out x"), nil)
	for _, file := range r.leftovers() {
		if !strings.HasSuffix(file, ".lock") {
			t.Errorf("left over: %s", file)
		}
	}
	if res := r.realise(p); res.Err() != nil {
		t.Error(res.Err())
	}
	if found := r.leftovers(); len(found) > 0 {
		t.Errorf("left over: %v", found)
	}
	if err := r.st.Verify(t.Context(), local.VerifyOptions{CheckContents: true}, func(f local.Finding) { t.Errorf("verify: %+v", f) }); err != nil {
		t.Fatal(err)
	}
}

// What is not ours to delete stays: running builds, those of others, and what
// was kept of failed ones.
func TestStaleDirectories(t *testing.T) {
	r := newRig(t)
	builds := filepath.Join(r.st.StateDir(), "builds")
	for _, name := range []string{"nix-1-2/build", "failed-x-1-2/build", "nixbench-1-2/build"} {
		if err := os.MkdirAll(filepath.Join(builds, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	// A link that leads elsewhere is not followed.
	precious := filepath.Join(t.TempDir(), "precious.chroot")
	if err := os.Mkdir(precious, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, filepath.Join(builds, "nixbench-1-2/chroot")); err != nil {
		t.Fatal(err)
	}
	r.build(script("x", "write $out x"), nil)
	entries, err := os.ReadDir(builds)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if want := "failed-x-1-2 nix-1-2"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

// await waits for a condition, which must come true soon.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// processesWith returns the processes that have mark in their arguments.
func processesWith(t *testing.T, mark string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if data, _ := os.ReadFile(file); bytes.Contains(data, []byte(mark)) {
			found = append(found, file)
		}
	}
	return found
}
