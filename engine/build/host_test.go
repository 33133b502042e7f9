package build_test

import (
	"fmt"
	"os"
	"path/filepath"
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

// Whoever has /bin in sandbox-paths has the shell that is there, and not ours.
func TestSandboxPathShell(t *testing.T) {
	link, err := os.Readlink("/bin")
	if err != nil {
		t.Skipf("a machine whose /bin is a link: %v", err)
	}
	shell, err := os.Stat("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.settings.SandboxPaths["/bin"] = "/bin"
	r.settings.SandboxPaths["/usr"] = "/usr?"
	r.settings.SandboxPaths["/lib"] = "/lib?"
	r.settings.SandboxPaths["/lib64"] = "/lib64?"
	d := script("shell", "", "out")
	d.Args = []string{"-c", `{ /usr/bin/readlink /bin; /usr/bin/stat -Lc %s /bin/sh; } > $out`}
	p := r.add(d, nil)
	res := r.realise(p)
	if err := res.Err(); err != nil {
		t.Fatalf("%v\n%s", err, r.log(p))
	}
	want := fmt.Sprintf("%s\n%d", link, shell.Size())
	if got := r.read(res.Outcomes[0].Outputs["out"], ""); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What sandbox-paths name outside the store can be written, as a cache of a compiler, and
// devices can be used; what is in the store cannot.
func TestSandboxPathWritable(t *testing.T) {
	r := newRig(t)
	dir := t.TempDir()
	for name := dir; name != os.TempDir() && len(name) > 1; name = filepath.Dir(name) {
		if err := os.Chmod(name, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	r.settings.SandboxPaths["/cache"] = dir
	r.settings.SandboxPaths["/nul"] = "/dev/null"
	r.settings.SandboxPaths["/root"] = r.st.RealDir()
	p := r.add(script("writable", "write /cache/made x\nwrite /nul x\nwrite $out x", "out"), nil)
	if err := r.realise(p).Err(); err != nil {
		t.Fatalf("%v\n%s", err, r.log(p))
	}
	if _, err := os.Stat(filepath.Join(dir, "made")); err != nil {
		t.Error(err)
	}
	if err := r.realise(r.add(script("sealed", "write /root/made x\nwrite $out x", "out"), nil)).Err(); err == nil {
		t.Error("wrote to the store")
	}
}
