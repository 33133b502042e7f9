package build_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/build"
	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
)

// rebuild realises all outputs of a derivation in a mode.
func (r *rig) rebuild(mode build.Mode, drvPath store.Path) *build.Result {
	r.t.Helper()
	if err := r.st.Flush(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	res, err := r.b.Realise(r.t.Context(), []build.Target{{Path: drvPath, Outputs: []string{"*"}}}, mode)
	if err != nil {
		r.t.Fatal(err)
	}
	return res
}

// unstable makes a different file each time, among such that stay the same.
const unstable = "mkdir $out/d\nwrite $out/same x\ncp /proc/sys/kernel/random/uuid $out/d/other"

func TestCheck(t *testing.T) {
	r := newRig(t)
	d := script("stable", "write $out x")
	stable := r.add(d, nil)
	res := r.rebuild(build.Check, stable)
	if err := res.Err(); err == nil || res.ExitStatus() != 1 || !strings.Contains(err.Error(), "checking is not possible") {
		t.Errorf("not valid: got %v, exit status %d", err, res.ExitStatus())
	}
	user := r.add(script("user", "write $out x"), map[string]*drv.Derivation{"stable": d})
	r.settings.KeepGoing = true
	res = r.rebuild(build.Check, user)
	if err := res.Err(); err == nil || !strings.Contains(err.Error(), "checking is not possible") {
		t.Errorf("not valid: got %v", err)
	}
	if valid, err := r.st.IsValid(t.Context(), d.OutputPath("out")); valid || err != nil {
		t.Errorf("what cannot be checked had something built: %v", err)
	}
	other := r.add(script("other", "write $out x"), nil)
	if err := r.st.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.rebuild(build.Normal, other)
	targets := []build.Target{{Path: user, Outputs: []string{"*"}}, {Path: stable, Outputs: []string{"*"}}, {Path: other, Outputs: []string{"*"}}}
	res, err := r.b.Realise(t.Context(), targets, build.Check)
	if failure := (*build.Failure)(nil); err != nil || len(res.Failures) != 1 || !errors.As(res.Failures[0], &failure) ||
		failure.DrvPath != stable || !failure.EndsAll() {
		t.Errorf("got %v, %v, want only that of the first by name, which ends all", res.Failures, err)
	}
	r.settings.KeepGoing = false
	r.rebuild(build.Normal, stable)
	if res := r.rebuild(build.Check, stable); res.Err() != nil || res.Outcomes[0].Status != build.Built {
		t.Errorf("the same: got %v", res.Err())
	}

	p := r.add(script("unstable", unstable), nil)
	out := r.rebuild(build.Normal, p).Outcomes[0].Outputs["out"]
	before := r.read(out, "/d/other")
	res = r.rebuild(build.Check, p)
	var different *build.DifferenceError
	if !errors.As(res.Err(), &different) || res.ExitStatus() != 104 {
		t.Fatalf("got %v, exit status %d; want a difference and 104", res.Err(), res.ExitStatus())
	}
	want := &build.DifferenceError{DrvPath: p, File: r.st.RealPath(out), Differing: []string{"d/other"}, Count: 1}
	if diff := cmp.Diff(want, different); diff != "" {
		t.Errorf("difference (-want +got):\n%s", diff)
	}
	if after := r.read(out, "/d/other"); after != before {
		t.Error("the output that was there has changed")
	}
	if found := r.leftovers(); len(found) > 0 {
		t.Errorf("left over: %v", found)
	}
}

// What came out differently is kept if failed builds are, and shown to the hook.
func TestCheckKeepsWhatDiffers(t *testing.T) {
	dir := t.TempDir()
	hook := filepath.Join(dir, "hook")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho \"$1 $2 $3\" > "+dir+"/args\necho they differ\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(s *settings.Settings) { s.DiffHook, s.RunDiffHook = hook, true })
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o777); err != nil { // the hook is the builder's user
			t.Fatal(err)
		}
	}
	box := r.hub.Subscribe()
	p := r.add(script("unstable", unstable), nil)
	out := r.rebuild(build.Normal, p).Outcomes[0].Outputs["out"]
	res := r.rebuild(build.Check, p)
	kept := r.st.RealPath(out) + ".check"
	if err := res.Err(); err == nil || !strings.Contains(err.Error(), "differs from \""+kept+"\"") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(kept + "/d/other"); err != nil {
		t.Error(err)
	}
	args, err := os.ReadFile(dir + "/args")
	if want := string(out) + " " + kept + " " + string(p) + "\n"; err != nil || string(args) != want {
		t.Errorf("hook: got %q, %v; want %q", args, err, want)
	}
	if got := notices(t, box); !cmp.Equal(got, []string{"they differ"}) {
		t.Errorf("notices: %q", got)
	}
}

// notices returns what was said.
func notices(t *testing.T, box *event.Mailbox) (texts []string) {
	t.Helper()
	acts, err := box.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range acts {
		if act.Kind == event.Notice {
			texts = append(texts, act.Text)
		}
	}
	return texts
}

func TestRepair(t *testing.T) {
	r := newRig(t)
	lib := script("lib", "write $out library")
	user := script("user", "cp $lib $out/x\nwrite $out/ref $lib")
	user.Args[0] = "mkdir $out\n" + user.Args[0]
	libDrv := r.add(lib, nil)
	p := r.add(user, map[string]*drv.Derivation{"lib": lib})
	out := r.rebuild(build.Normal, p).Outcomes[0].Outputs["out"]
	libOut := lib.OutputPath("out")

	damage := func(p store.Path, below string) {
		t.Helper()
		file := r.st.RealPath(p) + below
		if err := os.Chmod(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("damaged"), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		damage func()
		built  store.Path
	}{
		"nothing":    {func() {}, ""},
		"the output": {func() { damage(out, "/x") }, p},
		"a need":     {func() { damage(libOut, "") }, libDrv},
		"gone":       {func() { r.st.DeleteTree(t.Context(), r.st.RealPath(out)) }, p},
	} {
		t.Run(name, func(t *testing.T) {
			test.damage()
			plan, err := r.b.Plan(t.Context(), []build.Target{{Path: p, Outputs: []string{"*"}}}, build.Repair)
			if err != nil {
				t.Fatal(err)
			}
			var built store.Path
			for _, b := range plan.Build {
				built = b.DrvPath
			}
			if built != test.built || len(plan.Build) > 1 {
				t.Errorf("got %s among %d builds, want %s alone", built, len(plan.Build), test.built)
			}
			if res := r.rebuild(build.Repair, p); res.Err() != nil {
				t.Fatal(res.Err())
			}
			if got := r.read(out, "/x") + r.read(libOut, ""); got != "librarylibrary" {
				t.Errorf("got %q", got)
			}
			if found := r.leftovers(); len(found) > 0 {
				t.Errorf("left over: %v", found)
			}
		})
	}
}

// What pre-build-hook names is seen by the builder, post-build-hook is told of what
// was built, and fails the build if it fails.
func TestHooks(t *testing.T) {
	dir := t.TempDir()
	hook := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
		return file
	}
	if err := os.WriteFile(dir+"/extra", []byte("extra\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	pre := hook("pre", "echo extra-sandbox-paths\necho /extra="+dir+"/extra\necho\n")
	post := hook("post", "echo \"$DRV_PATH: $OUT_PATHS\"\necho \"$NIX_CONFIG\" | grep '^cores ='\n")
	r := newRig(t, func(s *settings.Settings) { s.PreBuildHook, s.PostBuildHook, s.Cores = pre, post, 7 })
	box := r.hub.Subscribe()
	d := script("hooked", "cp /extra $out\nwrite $dev x", "out", "dev")
	outputs := r.build(d, nil)
	if got := r.read(outputs["out"], ""); got != "extra" {
		t.Errorf("got %q", got)
	}
	p, _ := d.Path(r.st.Dir())
	paths := []string{string(outputs["out"]), string(outputs["dev"])}
	if paths[0] > paths[1] {
		paths[0], paths[1] = paths[1], paths[0]
	}
	if diff := cmp.Diff([]string{string(p) + ": " + strings.Join(paths, " "), "cores = 7"}, notices(t, box)); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}

	notProgram := filepath.Join(t.TempDir(), "none")
	for name, configure := range map[string]func(*settings.Settings){
		"preNone":  func(s *settings.Settings) { s.PreBuildHook = notProgram },
		"postNone": func(s *settings.Settings) { s.PostBuildHook = notProgram },
	} {
		s := r.settings.Clone()
		s.PreBuildHook, s.PostBuildHook = "", ""
		configure(s)
		box := r.hub.Subscribe()
		r.b = build.New(build.Options{Store: r.st, Settings: s, Hub: r.hub})
		res := r.realise(r.add(script(name, "write $out x"), nil))
		var failure *build.Failure
		want := "program \"" + notProgram + "\" failed with exit code 1"
		if !errors.As(res.Err(), &failure) || failure.Message() != want {
			t.Errorf("%s: got %v", name, res.Err())
		}
		var said []string
		if name == "postNone" {
			said = []string{"error: executing \"" + notProgram + "\": No such file or directory"}
		}
		if diff := cmp.Diff(said, notices(t, box)); diff != "" {
			t.Errorf("%s: notices (-want +got):\n%s", name, diff)
		}
	}

	failing := hook("failing", "exit 3\n")
	for name, configure := range map[string]func(*settings.Settings){
		"pre":  func(s *settings.Settings) { s.PreBuildHook = failing },
		"post": func(s *settings.Settings) { s.PostBuildHook = failing },
	} {
		s := r.settings.Clone()
		s.PreBuildHook, s.PostBuildHook = "", ""
		configure(s)
		r.b = build.New(build.Options{Store: r.st, Settings: s, Hub: r.hub})
		p := r.add(script(name, "write $out x"), nil)
		res := r.realise(p)
		var failure *build.Failure
		want := "program \"" + failing + "\" failed with exit code 3"
		if !errors.As(res.Err(), &failure) || failure.Message() != want || res.ExitStatus() != 1 {
			t.Errorf("%s: got %v, exit status %d", name, res.Err(), res.ExitStatus())
		}
	}
}
