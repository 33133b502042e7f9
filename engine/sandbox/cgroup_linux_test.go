//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestFindCgroup(t *testing.T) {
	const mounts = "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
	const hybrid = "31 1 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n" +
		"32 1 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
	const container = "30 1 0:26 /pod/box /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
	for _, test := range []struct{ groups, mounts, want string }{
		{"0::/\n", mounts, "/sys/fs/cgroup"},
		{"0::/user.slice/user-1000.slice/a.scope\n", mounts, "/sys/fs/cgroup/user.slice/user-1000.slice/a.scope"},
		{"9:name=systemd:/x\n1:cpu:/\n0::/y\n", hybrid, "/sys/fs/cgroup/unified/y"},
		{"0::/pod/box/inner\n", container, "/sys/fs/cgroup/inner"},
		{"0::/pod/other\n", container, ""},
		{"0::/../other\n", mounts, ""},
		{"1:cpu:/\n", hybrid, ""},
		{"0::/\n", "", ""},
	} {
		got, err := findCgroup(test.groups, test.mounts)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%q: got %q, %v; want %q", test.groups, got, err, test.want)
		}
	}
}

// A group counts what nobody has waited for, too, and is gone afterwards. Where there
// can be none, the reason is said, and what was waited for is counted.
func TestCgroup(t *testing.T) {
	spec := newSpec(t, "burn-unwaited")
	spec.Cgroup = true
	res, err := Run(t.Context(), spec, new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	parent, err := ownCgroup()
	mayMake := err == nil && unix.Access(filepath.Join(parent, "cgroup.procs"), unix.W_OK) == nil && unix.Access(parent, unix.W_OK) == nil
	if res.InCgroup != mayMake || (res.CgroupErr == nil) != mayMake {
		t.Errorf("in %s (%v): got %+v", parent, err, res)
	}
	if mayMake && res.User+res.System < burnTime/2 || res.Memory == 0 {
		t.Errorf("measured %v of user and %v of system time, %d bytes", res.User, res.System, res.Memory)
	}
	if left, err := filepath.Glob(filepath.Join(parent, cgroupPrefix+"*")); mayMake && len(left) > 0 {
		for _, dir := range left {
			if lock, err := lockCgroup(dir); err == nil { // not one of another test's
				lock.Close()
				t.Errorf("left: %v, %v", dir, err)
			}
		}
	} else if err != nil {
		t.Error(err)
	}
}

// burnTime is how much processor time "burn" takes.
const burnTime = 200 * time.Millisecond

// burn takes processor time.
func burn() {
	var used unix.Rusage
	for unix.Getrusage(unix.RUSAGE_SELF, &used) == nil && time.Duration(used.Utime.Nano()+used.Stime.Nano()) < burnTime {
		os.Getppid()
	}
}
