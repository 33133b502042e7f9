//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// firstID is where the users begin that a builder has who is root.
const firstID = 872415232

// newRootSpec returns the specification of a sandbox whose builder is root of 65,536
// users, and whether there can be one here: we have to be root, of a namespace that has
// so many users, and may make control groups.
func newRootSpec(t *testing.T, acts ...string) (spec *Spec, isPossible bool) {
	spec = newSpec(t, acts...)
	spec.IDs, spec.HostUID, spec.HostGID = 1<<16, firstID, firstID
	if os.Geteuid() != 0 {
		return spec, false
	}
	for _, dir := range []string{spec.StoreSource, spec.BuildSource, spec.TmpSource} {
		uid := -1
		if dir == spec.BuildSource {
			uid = firstID
		}
		if err := os.Chown(dir, uid, firstID+1<<16-1); errors.Is(err, unix.EINVAL) {
			return spec, false
		} else if err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(dir, -1, firstID); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(spec.StoreSource, 0o775|os.ModeSticky); err != nil { // chown has cleared it
		t.Fatal(err)
	}
	parent, err := ownCgroup()
	return spec, err == nil && unix.Access(filepath.Join(parent, "cgroup.procs"), unix.W_OK) == nil
}

// A builder with users of its own is root among them. Where there cannot be one, it is
// said.
func TestRoot(t *testing.T) {
	spec, isPossible := newRootSpec(t, "view-root")
	var log bytes.Buffer
	res, err := Run(t.Context(), spec, &log)
	var setup *SetupError
	if !isPossible {
		if !errors.As(err, &setup) {
			t.Errorf("got %v, %v; want that there can be no sandbox", res, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want := "user 0, group 0\nnixbld:x:0:0:Nix build user:/build:/noshell\n/homeless-shelter, /etc/new, /sys, 65535, a group: ok\n"
	if got := log.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !res.InCgroup {
		t.Error("the builder had no control group")
	}
	parent, err := ownCgroup()
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(parent, cgroupPrefix+"*", "*", "inner")); left != nil {
		t.Errorf("groups are left: %v", left)
	}
}

// viewRoot prints what a builder is and can do who is root.
func viewRoot() (string, error) {
	for _, do := range []func() error{
		func() error { return os.Mkdir("/homeless-shelter", 0o755) },
		func() error { return os.WriteFile("/etc/new", nil, 0o644) },
		func() error { return unix.Access("/sys/fs/cgroup", unix.F_OK) },
		func() error { return os.WriteFile("/build/own", nil, 0o644) },
		func() error { return os.Chown("/build/own", 65535, 65535) },
		func() error { return unix.Mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, "") },
		func() error { return os.MkdirAll("/sys/fs/cgroup/outer/inner", 0o755) },
		func() error { return os.WriteFile("/sys/fs/cgroup/outer/inner/cgroup.procs", []byte("0"), 0) },
	} {
		if err := do(); err != nil {
			return "", err
		}
	}
	passwd, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return "", err
	}
	line := strings.Split(string(passwd), "\n")[1]
	if os.Getuid() != 0 || os.Getgid() != 0 {
		return "", errors.New("not root")
	}
	return "user 0, group 0\n" + line + "\n/homeless-shelter, /etc/new, /sys, 65535, a group: ok", nil
}

// What a builder must not be able to do who is root of users of its own. What it may
// change is its sandbox.
func TestEscapesOfRoot(t *testing.T) {
	if _, isPossible := newRootSpec(t); !isPossible {
		return // TestRoot shows that there is no such builder then
	}
	asRoot := func(t *testing.T, acts ...string) *Spec {
		spec, _ := newRootSpec(t, acts...)
		return spec
	}
	try(t, asRoot, append(escapes(t), []escape{
		{"write-remounted-input", forbidden},
		{"chown-remounted-input", denied},
		{"write-sysctl", forbidden},
		{"write-sysrq", forbidden + "|" + none},
		{"write-sys", forbidden},
		{"mount-device", denied + "|" + none + "|block device required"},
		{"mount-cgroup", "the build's own"},
		{"raise-group-bound", forbidden},
		{"tiocsti", denied + "|input/output error"},
		{"setuid-outside", "invalid argument"},
		{"chown-outside", "invalid argument"},
		{"reboot", "invalid argument|" + denied},
	}...))
}

// attemptAsRoot tries what only a builder who is root could do.
func attemptAsRoot(act, arg string) (string, error) {
	const input = "/nix/store/input"
	switch act {
	case "view-root":
		return viewRoot()
	case "write-remounted-input", "chown-remounted-input":
		if err := unix.Mount("", input, "", unix.MS_REMOUNT|unix.MS_BIND, ""); err != nil {
			return "", err
		}
		if act == "chown-remounted-input" {
			return "", os.Chown(input+"/file", 0, 0)
		}
		return "", os.WriteFile(input+"/file", nil, 0)
	case "write-sys":
		if err := unix.Mount("", "/sys", "", unix.MS_REMOUNT|unix.MS_BIND, ""); err != nil {
			return "", err
		}
		return "", os.WriteFile("/sys/kernel/mm/transparent_hugepage/enabled", []byte("never"), 0)
	case "raise-group-bound":
		if err := unix.Mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, ""); err != nil {
			return "", err
		}
		return "", os.WriteFile("/sys/fs/cgroup/cgroup.max.depth", []byte("max"), 0)
	case "setuid-outside":
		return "", unix.Setresuid(1<<16, 1<<16, 1<<16)
	case "chown-outside":
		if err := os.WriteFile("/build/own", nil, 0o644); err != nil {
			return "", err
		}
		return "", os.Chown("/build/own", 1<<16, 1<<16)
	}
	return attemptOnOthers(act, arg)
}
