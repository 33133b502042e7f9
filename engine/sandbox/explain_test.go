package sandbox

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestExplain(t *testing.T) {
	const ns = "make namespaces"
	for _, test := range []struct {
		name  string
		step  string
		err   error
		facts facts
		want  string // in the reason; "" for no reason
	}{
		{"limit of zero", ns, syscall.ENOSPC, facts{maxUserNamespaces: "0"}, "user.max_user_namespaces is 0"},
		{"Debian", ns, syscall.EPERM, facts{maxUserNamespaces: "9", usernsClone: "0"}, "kernel.unprivileged_userns_clone is 0"},
		{"Ubuntu, refused", ns, syscall.EACCES, facts{maxUserNamespaces: "9", appArmorUserns: "1"}, "apparmor_restrict_unprivileged_userns is 1"},
		{"Ubuntu, powerless", "mount root", syscall.EPERM, facts{appArmorUserns: "1"}, "apparmor_restrict_unprivileged_userns is 1"},
		{"Docker's filter", ns, syscall.EPERM, facts{maxUserNamespaces: "9", seccomp: true, inContainer: "Docker"}, "that of this Docker container"},
		{"filter, mounts", "mount root", syscall.EPERM, facts{seccomp: true}, "a seccomp filter forbids it"},
		{"masked proc", "mount proc", syscall.EPERM, facts{inContainer: "Podman"}, "masked, as in this Podman container"},
		{"too many", ns, syscall.ENOSPC, facts{maxUserNamespaces: "100"}, "user.max_user_namespaces is 100"},
		{"no CONFIG_USER_NS", ns, syscall.EPERM, facts{}, "CONFIG_USER_NS"},
		{"chroot", ns, syscall.EPERM, facts{maxUserNamespaces: "9"}, "inside a chroot"},
		{"no such namespace", ns, syscall.EINVAL, facts{maxUserNamespaces: "9"}, "lacks one of the namespaces"},
		{"old kernel", "mount inputs", fmt.Errorf("mount_setattr: %w", syscall.ENOSYS), facts{}, "Linux 5.12"},
		{"no ptmx", "open pseudo-terminal", &os.PathError{Op: "open", Path: "/dev/ptmx", Err: syscall.ENOENT}, facts{}, "/dev/ptmx"},
		{"an input that is gone", "mount inputs", syscall.ENOENT, facts{}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := explain(test.step, test.err, test.facts)
			if !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestSpecCheck(t *testing.T) {
	good := func() *Spec {
		return &Spec{
			StoreDir: "/nix/store", StoreSource: "/x/store", BuildDir: "/build", BuildSource: "/x/build", TmpSource: "/x/tmp",
			Builder: "/bin/sh", Args: []string{"sh"},
		}
	}
	if err := good().check(); err != nil {
		t.Errorf("good: %v", err)
	}
	for name, spoil := range map[string]func(*Spec){
		"relative store": func(s *Spec) { s.StoreSource = "x" },
		"store of all":   func(s *Spec) { s.StoreDir = "/" },
		"target up":      func(s *Spec) { s.Mounts = []Mount{{Source: "/a", Target: "/nix/../../etc"}} },
		"target slashes": func(s *Spec) { s.Mounts = []Mount{{Source: "/a", Target: "/nix//x"}} },
		"target dot":     func(s *Spec) { s.Mounts = []Mount{{Source: "/a", Target: "/nix/."}} },
		"source":         func(s *Spec) { s.Mounts = []Mount{{Source: "a", Target: "/a"}} },
		"no builder":     func(s *Spec) { s.Builder = "" },
		"no arguments":   func(s *Spec) { s.Args = nil },
		"zero byte":      func(s *Spec) { s.Env = []string{"A=\x00"} },
	} {
		spec := good()
		spoil(spec)
		if err := spec.check(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
