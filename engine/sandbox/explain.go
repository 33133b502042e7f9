package sandbox

import (
	"errors"
	"os"
	"strings"
	"syscall"
)

// facts are what the machine says about who may make namespaces.
type facts struct {
	maxUserNamespaces string // /proc/sys/user/max_user_namespaces
	usernsClone       string // Debian's kernel.unprivileged_userns_clone
	appArmorUserns    string // Ubuntu's kernel.apparmor_restrict_unprivileged_userns
	seccomp           bool   // we run under a seccomp filter
	isRoot            bool
	inContainer       string // its name, or ""
}

// readFacts asks the machine. What cannot be read is empty.
func readFacts() facts {
	read := func(file string) string {
		data, _ := os.ReadFile(file)
		return strings.TrimSpace(string(data))
	}
	f := facts{
		maxUserNamespaces: read("/proc/sys/user/max_user_namespaces"),
		usernsClone:       read("/proc/sys/kernel/unprivileged_userns_clone"),
		appArmorUserns:    read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
		isRoot:            os.Geteuid() == 0,
		seccomp:           strings.Contains(read("/proc/self/status"), "\nSeccomp:\t2"),
	}
	for file, name := range map[string]string{"/.dockerenv": "Docker", "/run/.containerenv": "Podman"} {
		if _, err := os.Lstat(file); err == nil {
			f.inContainer = name
		}
	}
	return f
}

// explain says in words which setting is behind the failure of a step, or ""
// if nothing points to one.
func explain(step string, err error, f facts) string {
	denied := errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES)
	noSpace := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EUSERS)
	switch {
	case step == "make namespaces":
		return explainNamespaces(denied, noSpace, errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EINVAL), f)
	case denied && f.appArmorUserns == "1" && !f.isRoot:
		// Ubuntu lets anyone make the namespace, but gives no rights in it.
		return appArmorReason
	case denied && step == "mount proc":
		return "the kernel refuses a new /proc where parts of the present one are masked, as in " + f.container() +
			"; it needs an unmasked /proc (docker run --security-opt systempaths=unconfined)"
	case denied && f.seccomp:
		return "a seccomp filter forbids it, most likely that of " + f.container() +
			" (docker run --security-opt seccomp=unconfined)"
	case errors.Is(err, syscall.ENOSYS) && isMountStep(step):
		return "the sandbox needs Linux 5.12 or newer"
	case errors.Is(err, os.ErrNotExist) && strings.Contains(err.Error(), "ptmx"):
		return "the sandbox needs /dev/ptmx for a builder's log"
	}
	return ""
}

const appArmorReason = "kernel.apparmor_restrict_unprivileged_userns is 1: AppArmor forbids user namespaces to ordinary programs; " +
	"allow them with `sysctl kernel.apparmor_restrict_unprivileged_userns=0` or a profile for this program"

// explainNamespaces is explain for the making of the namespaces themselves.
func explainNamespaces(denied, noSpace, missing bool, f facts) string {
	switch {
	case f.maxUserNamespaces == "0":
		return "user.max_user_namespaces is 0: allow user namespaces with `sysctl user.max_user_namespaces=15000`"
	case denied && f.usernsClone == "0" && !f.isRoot:
		return "kernel.unprivileged_userns_clone is 0: allow user namespaces with `sysctl kernel.unprivileged_userns_clone=1`"
	case denied && f.appArmorUserns == "1" && !f.isRoot:
		return appArmorReason
	case denied && f.seccomp:
		return "a seccomp filter forbids user namespaces, most likely that of " + f.container() +
			" (docker run --security-opt seccomp=unconfined)"
	case noSpace:
		return "the machine has no more namespaces to give: user.max_user_namespaces is " + f.maxUserNamespaces +
			", and the sysctls user.max_*_namespaces bound the others"
	case denied && f.maxUserNamespaces == "":
		return "this kernel has no user namespaces (CONFIG_USER_NS), or /proc/sys is hidden"
	case denied:
		return "the machine forbids user namespaces; inside a chroot the kernel always does"
	case missing:
		return "this kernel lacks one of the namespaces for users, mounts, processes, network, IPC, host names and control groups"
	}
	return ""
}

// container names what we seem to run in.
func (f facts) container() string {
	if f.inContainer == "" {
		return "a container"
	}
	return "this " + f.inContainer + " container"
}

// isMountStep reports whether a step uses the mount calls of Linux 5.12.
func isMountStep(step string) bool {
	return strings.HasPrefix(step, "mount") || strings.HasPrefix(step, "make / read-only")
}
