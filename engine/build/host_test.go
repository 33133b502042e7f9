package build_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/enginetest"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/local"
)

// A derivation with __noChroot sees the host's files, and cannot write them, where
// the configuration allows it.
func TestNoChroot(t *testing.T) {
	enginetest.NeedSandbox(t)
	for setting, want := range map[string]string{"true": "not allowed when 'sandbox' is 'true'", "relaxed": ""} {
		root := t.TempDir()
		own := local.Options{Dir: store.Dir(root + "/nix/store"), StateDir: root + "/var", LogDir: root + "/log"}
		r := newRigIn(t, root, own, func(s *settings.Settings) {
			s.Sandbox = setting
			// There is no sandbox to put these into. The second is a link on most machines.
			s.SandboxPaths["/etc/passwd"], s.SandboxPaths["/etc/os-release"] = "/dev/null", "/etc/os-release?"
		})
		host := func(name string, args ...string) *drv.Derivation {
			d := script(name, "")
			d.Builder, d.Args, d.Env["__noChroot"] = "/bin/cp", args, "1"
			return d
		}
		d := host("reads", "/etc/passwd", drv.Placeholder("out"))
		d.Env["__impureHostDeps"] = "/etc/passwd" // which nobody has to allow: it is seen anyway
		err := r.realise(r.add(d, nil)).Err()
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("sandbox %s: got %v, want %q", setting, err, want)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%v: log %q", err, r.log(r.add(d, nil)))
		}
		passwd, err := os.ReadFile("/etc/passwd")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimRight(string(passwd), "\n"), r.read(d.OutputPath("out"), "")); diff != "" {
			t.Errorf("it is not the host's file (-want +got):\n%s", diff)
		}
		p := r.add(host("writes", "/etc/passwd", "/etc/nixbench-was-here"), nil)
		if r.realise(p).Err() == nil || !strings.Contains(r.log(p), "ead-only file system") {
			t.Errorf("writing: log %q", r.log(p))
		}
	}
}

// In a store that is not where its paths say, which no builder could do without a
// sandbox, __noChroot changes nothing where it is allowed.
func TestNoChrootElsewhere(t *testing.T) {
	r := newRig(t, func(s *settings.Settings) { s.Sandbox = "relaxed" })
	d := script("reads", "")
	d.Builder, d.Args, d.Env["__noChroot"] = "/bin/cp", []string{"/etc/passwd", drv.Placeholder("out")}, "1"
	if err := r.realise(r.add(d, nil)).Err(); err == nil || !strings.Contains(err.Error(), "/bin/cp") {
		t.Errorf("got %v, want that there is no /bin/cp", err)
	}
	d = script("asks", "write $out x")
	d.Env["__noChroot"], d.Env["__impureHostDeps"] = "1", "/etc/passwd"
	if err := r.realise(r.add(d, nil)).Err(); err == nil || !strings.Contains(err.Error(), "not in allowed-impure-host-deps") {
		t.Errorf("got %v, want that /etc/passwd is not allowed", err)
	}
}
