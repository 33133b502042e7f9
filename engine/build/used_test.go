package build_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/engine/build"
	"nixbench/engine/event"
	"nixbench/engine/settings"
)

// told runs something, and returns what is said of it: the builds that have ended, and the notices.
func (r *rig) told(run func()) (builds []event.Activity, notices []string) {
	box := r.hub.Subscribe()
	defer r.hub.Unsubscribe(box)
	run()
	acts, err := box.Take(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, act := range acts {
		switch {
		case act.Kind == event.Notice:
			notices = append(notices, act.Text)
		case act.Kind == event.Build && act.State == event.Done:
			builds = append(builds, *act)
		}
	}
	return builds, notices
}

// A build says what its builder has used: all of it where there are control groups,
// and otherwise, with a warning if they were asked for, what was waited for.
func TestUsage(t *testing.T) {
	r := newRig(t, func(s *settings.Settings) {
		s.UseCgroups, s.ExperimentalFeatures = true, []string{"cgroups"}
	})
	builds, notices := r.told(func() {
		r.build(script("a", "sleep 100ms\nwrite $out x"), nil)
		r.build(script("b", "sleep 100ms\nwrite $out x"), nil)
	})
	if len(builds) != 2 {
		t.Fatalf("got %d builds, want 2", len(builds))
	}
	for _, act := range builds {
		used := act.Used
		if used.User+used.System == 0 || used.Memory == 0 {
			t.Errorf("%s: got %+v", act.Name, used)
		}
		if used.IsWhole != (len(notices) == 0) {
			t.Errorf("%s: got %+v and %q", act.Name, used, notices)
		}
	}
	if len(notices) > 1 || len(notices) == 1 && !strings.HasPrefix(notices[0], "warning: builders have no control groups") {
		t.Errorf("got %q, want at most one warning", notices)
	}
}

// What a builder takes can be asked for while it runs.
func TestMeter(t *testing.T) {
	r := newRig(t)
	box := r.hub.Subscribe()
	defer r.hub.Unsubscribe(box)
	ctx, cancel := context.WithCancel(t.Context())
	targets := []build.Target{{Path: r.add(script("long", "say ready\nsleep 1h"), nil), Outputs: []string{"out"}}}
	if err := r.st.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.b.Realise(ctx, targets, build.Normal)
	}()
	var meter func() (event.Usage, bool)
	for meter == nil {
		acts, err := box.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, act := range acts {
			if act.LogSize > 0 {
				meter = act.Meter
			}
		}
	}
	if used, ok := meter(); !ok || used.Processes != 1 || used.Memory == 0 {
		t.Errorf("got %+v, %v; want one process", used, ok)
	}
	cancel()
	<-done
	if used, ok := meter(); ok {
		t.Errorf("after the end: got %+v", used)
	}
}

// Control groups are an experimental feature.
func TestCgroupsAreAFeature(t *testing.T) {
	r := newRig(t, func(s *settings.Settings) { s.UseCgroups = true })
	err := r.realise(r.add(script("a", "write $out x"), nil)).Err()
	var missing *build.FeatureError
	if !errors.As(err, &missing) || missing.Feature != "cgroups" {
		t.Errorf("got %v, want that cgroups is disabled", err)
	}
}

// That there is no build without a sandbox is said when there is a build, once.
func TestSandboxIsNotOptional(t *testing.T) {
	r := newRig(t, func(s *settings.Settings) { s.Sandbox = "false" })
	_, notices := r.told(func() { r.build(script("a", "write $out x"), nil); r.build(script("b", "write $out x"), nil) })
	if len(notices) != 1 || notices[0] != "warning: setting 'sandbox = false' has no effect: builds are always sandboxed" {
		t.Errorf("got %q", notices)
	}
}

// That nothing is built on other machines is said if there are any, once.
func TestNoOtherMachines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "machines")
	if err := os.WriteFile(file, []byte("# none\nssh://other x86_64-linux\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for builders, want := range map[string]int{"": 0, "ssh://other": 1, "# ssh://other": 0, "@" + file: 1, "@" + file + ".gone": 0} {
		r := newRig(t, func(s *settings.Settings) {
			if err := s.Set("builders", builders); err != nil {
				t.Fatal(err)
			}
		})
		_, notices := r.told(func() { r.build(script("a", "write $out x"), nil); r.build(script("b", "write $out x"), nil) })
		if len(notices) != want || want > 0 && notices[0] != "warning: setting 'builders' has no effect: nothing is built on other machines" {
			t.Errorf("%q: got %q", builders, notices)
		}
	}
}

// A builder sees what of the host it asks for and is allowed; what is not there is
// passed over.
func TestImpureHostDeps(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("the host's"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(s *settings.Settings) { s.AllowedHostDeps = []string{dir} })
	d := script("a", "cp "+dir+"/file $out")
	d.Env["__impureHostDeps"] = dir + "/file " + dir + "/missing"
	if got := r.read(r.build(d, nil)["out"], ""); got != "the host's" {
		t.Errorf("got %q", got)
	}
}
