package build_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/build"
	"nixbench/store"
	"nixbench/store/nixhash"
)

// A link of a package that leads out of the store is part of an environment if it leads to
// what a builder would see there: a masked unit to /dev/null, mtab to /proc/mounts.
func TestBuildEnvOutside(t *testing.T) {
	r := newPlanRig(t)
	shared := t.TempDir()
	if err := os.WriteFile(shared+"/there", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r.settings.SandboxPaths["/shared"] = shared
	r.settings.SandboxPaths["/absent"] = shared + "/absent?"
	links := make(map[string]string)
	kept := []string{
		"/", "/bin", "/bin/sh", "/build", "/dev", "/dev/fd", "/dev/full", "/dev/null", "/dev/pts", "/dev/ptmx", "/dev/shm",
		"/dev/stderr", "/dev/zero", "/dev/../dev/null", "/etc", "/etc/group", "/etc/hosts", "/etc/passwd", "/nix", "/nix/store",
		"/proc", "/proc/mounts", "/proc/self", "/shared", "/shared/there", "/tmp",
	}
	dangling := []string{
		"/absent", "/bin/busybox", "/dev/mem", "/dev/net/tun", "/etc/shadow", "/proc/1/root/etc/shadow", "/proc/self/root" + shared,
		"/root", "/run", "/shared/there/no", "/shared/none", "/sys", "/usr", "/usr/bin/env", "/var",
	}
	for _, target := range append(kept, dangling...) {
		links[strings.ReplaceAll(target, "/", "_")] = "-> " + target
	}
	a := r.pkg("a", links)
	manifest, err := r.st.AddText(t.Context(), "env-manifest.nix", []byte("[]"), nil)
	if err != nil {
		t.Fatal(err)
	}
	d := script("user-environment", "")
	d.Builder, d.System, d.Args = "builtin:buildenv", "builtin", nil
	d.Env["derivations"] = "true 5 1 " + string(a)
	d.Env["manifest"] = string(manifest)
	d.InputSrcs = []store.Path{a, manifest}
	if a > manifest {
		d.InputSrcs = []store.Path{manifest, a}
	}
	out := r.build(d, nil)["out"]
	have := make(map[string]bool)
	for _, line := range tree(t, r.st.RealPath(out)) {
		name, _, _ := strings.Cut(line, " -> ")
		have[strings.TrimPrefix(name, "/")] = true
	}
	want := map[string]bool{"manifest.nix": true}
	for _, target := range kept {
		want[strings.ReplaceAll(target, "/", "_")] = true
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

// A profile that is made here, without a builder, sees what the user sees.
func TestBuildProfileOutside(t *testing.T) {
	r := newPlanRig(t)
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/there", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("there", dir+"/link"); err != nil {
		t.Fatal(err)
	}
	a := r.pkg("a", map[string]string{
		"there": "-> " + dir + "/there", "link": "-> " + dir + "/link", "none": "-> " + dir + "/none", "null": "-> /dev/null",
		"nix-support/propagated-user-env-packages": "-> /dev/zero",
	})
	out := filepath.Join(t.TempDir(), "profile")
	if err := build.BuildProfile(t.Context(), r.st, out, []build.Package{{Path: string(a), Priority: 5}}, nil); err != nil {
		t.Fatal(err)
	}
	want := []string{"/link -> " + string(a) + "/link", "/null -> " + string(a) + "/null", "/there -> " + string(a) + "/there"}
	if diff := cmp.Diff(want, tree(t, out)); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
}

// What is no file cannot be fetched, and is not waited for.
func TestFetchURLOfPipes(t *testing.T) {
	r := newPlanRig(t)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pipe, "/dev/zero"} {
		p := r.add(fetchURL("file://"+name, store.Flat, nixhash.SumString(nixhash.SHA256, ""), nil), nil)
		failed := make(chan error, 1)
		go func() { failed <- r.realise(p).Err() }()
		select {
		case <-failed:
		case <-time.After(20 * time.Second):
			t.Fatalf("%s is waited for", name)
		}
		if got, want := r.log(p), "error: unable to download 'file://"+name+"': it is not a regular file\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// What takes too long to fetch is given up.
func TestFetchURLTimeout(t *testing.T) {
	r := newPlanRig(t)
	r.settings.Timeout = 1
	r.b = build.New(build.Options{Store: r.st, Settings: r.settings, Hub: r.hub, Fetch: func(ctx context.Context, _ string, _ io.Writer) error {
		<-ctx.Done()
		return ctx.Err()
	}})
	res := r.realise(r.add(fetchURL("https://x/y", store.Flat, nixhash.SumString(nixhash.SHA256, ""), nil), nil))
	var failure *build.Failure
	if !errors.As(res.Err(), &failure) || failure.Status != build.TimedOut {
		t.Errorf("got %v", res.Err())
	}
}
