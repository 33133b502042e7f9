//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"nixbench/engine/early"

	"golang.org/x/sys/unix"
)

// builder is what the test binary does as /bin/sh inside a sandbox: one act,
// whose outcome it prints.
func builder(args []string) int {
	if len(args) == 0 {
		return 0
	}
	arg := ""
	if len(args) > 1 {
		arg = args[1]
	}
	switch args[0] {
	case "nested":
		return nested(args[1:])
	case "view":
		printView()
	case "exit":
		n, _ := strconv.Atoi(arg)
		return n
	case "say":
		fmt.Print(arg)
	case "crash":
		panic("crash")
	case "sleep":
		time.Sleep(time.Hour)
	case "hush":
		for fd := range 3 {
			syscall.Close(fd)
		}
		time.Sleep(time.Hour)
	case "spam":
		for {
			fmt.Println("spam, spam, spam, spam")
		}
	case "daemon":
		return startOther(true, "family-member")
	case "daemon-and-fail":
		startOther(true, "family-member")
		return 1
	case "listen-abstract":
		return listenAbstract(arg)
	case "family":
		startOther(false, "family-member", arg)
		fmt.Println("ready")
		time.Sleep(time.Hour)
	case "groups":
		fmt.Println(os.Getgroups())
	case "inherited":
		printInherited()
	case "burn":
		burn()
		os.Stdout.WriteString("burnt\n")
	case "eat":
		return eat(arg)
	case "burn-unwaited":
		return burnUnwaited()
	case "family-member":
		time.Sleep(time.Hour)
	case "count-env":
		fmt.Println(len(os.Environ()))
	case "interfaces":
		list, _ := net.Interfaces()
		for _, i := range list {
			fmt.Println(i.Name)
		}
	default:
		fmt.Println(outcome(attempt(args[0], arg)))
	}
	return 0
}

// listenAbstract waits for somebody to call on a socket.
func listenAbstract(name string) int {
	l, err := net.Listen("unix", name)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("listening")
	l.(*net.UnixListener).SetDeadline(time.Now().Add(time.Minute))
	if _, err := l.Accept(); err == nil {
		fmt.Println("accepted")
	}
	return 0
}

// burnUnwaited lets another process burn, and does not wait until that has ended.
func burnUnwaited() int {
	r, w, _ := os.Pipe()
	cmd := exec.Command("/bin/sh", "burn")
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		return 1
	}
	r.Read(make([]byte, 8))
	return 0
}

// startOther starts another process of ours and does not wait for it.
func startOther(isDaemon bool, acts ...string) int {
	cmd := exec.Command("/bin/sh", acts...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if !isDaemon {
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	}
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		return 1
	}
	if isDaemon {
		fmt.Println("left")
	}
	return 0
}

// outcome names the kernel's error, or says that there was none.
func outcome(text string, err error) string {
	var errno syscall.Errno
	switch {
	case err == nil && text == "":
		return "allowed"
	case err == nil:
		return text
	case errors.As(err, &errno):
		return errno.Error()
	}
	return err.Error()
}

// attempt tries what a builder may not do.
func attempt(act, arg string) (string, error) {
	const input = "/nix/store/input"
	const own = "/build/own"
	switch act {
	case "mount":
		return "", unix.Mount("none", "/tmp", "tmpfs", 0, "")
	case "remount-input":
		return "", unix.Mount("", input, "", unix.MS_REMOUNT|unix.MS_BIND, "")
	case "umount-input":
		return "", unix.Unmount(input, unix.MNT_DETACH)
	case "setuid-chmod":
		os.WriteFile(own, nil, 0o755)
		return "", unix.Chmod(own, 0o4755)
	case "setuid-open":
		_, err := unix.Open(own, unix.O_CREAT|unix.O_WRONLY, 0o4755)
		return "", err
	case "setuid-mknod":
		return "", unix.Mknod(own, unix.S_IFREG|0o4755, 0)
	case "setuid-openat2":
		_, err := unix.Openat2(unix.AT_FDCWD, own, &unix.OpenHow{Flags: unix.O_CREAT | unix.O_WRONLY, Mode: 0o4755})
		return "", err
	case "io-uring":
		_, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&[128]byte{})), 0)
		return "", errno
	case "setxattr":
		os.WriteFile(own, nil, 0o755)
		return "", unix.Setxattr(own, "user.a", []byte("b"), 0)
	case "chmod-input":
		return "", unix.Chmod(input+"/file", 0o777)
	case "write-input":
		return "", os.WriteFile(input+"/file", nil, 0)
	case "create-in-input":
		return "", os.WriteFile(input+"/new", nil, 0o644)
	case "write-root":
		return "", os.Mkdir("/homeless-shelter", 0o755)
	case "write-etc":
		return "", os.WriteFile("/etc/new", nil, 0o644)
	case "write-sysctl":
		return "", os.WriteFile("/proc/sys/kernel/core_pattern", []byte("|/build/evil"), 0o644)
	case "read":
		data, err := os.ReadFile(arg)
		return string(data), err
	case "dial-tcp":
		_, err := net.DialTimeout("tcp", "192.0.2.1:80", time.Second)
		return "", err
	case "dial-abstract":
		_, err := net.DialTimeout("unix", arg, time.Second)
		return "", err
	default:
		return attemptPrivilege(act, arg)
	}
}

// attemptPrivilege tries what only the privileged may do.
func attemptPrivilege(act, arg string) (string, error) {
	switch act {
	case "chroot":
		return "", unix.Chroot("/build")
	case "setuid-0":
		return "", syscall.Setuid(0)
	case "ptrace-parent":
		pid, _ := strconv.Atoi(arg)
		return "", unix.PtraceAttach(pid)
	case "host-processes":
		entries, err := os.ReadDir("/proc")
		n := 0
		for _, e := range entries {
			if _, err := strconv.Atoi(e.Name()); err == nil {
				n++
			}
		}
		return strconv.Itoa(n), err
	case "set-hostname":
		return "", unix.Sethostname([]byte("other"))
	case "mknod-device":
		return "", unix.Mknod("/build/sda", unix.S_IFBLK|0o666, int(unix.Mkdev(8, 0)))
	case "open-kmsg":
		_, err := os.Open("/dev/kmsg")
		return "", err
	case "tiocsti":
		c := byte('x')
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, 1, unix.TIOCSTI, uintptr(unsafe.Pointer(&c)))
		if errno == unix.EIO {
			errno = unix.EPERM // switched off by dev.tty.legacy_tiocsti
		}
		return "", errno
	}
	return attemptMore(act, arg)
}

// printView prints what a builder sees of the world.
func printView() {
	groups, _ := os.Getgroups()
	fmt.Println("pid", os.Getpid(), "uid", os.Getuid(), "gid", os.Getgid(), "groups", slices.DeleteFunc(groups, func(g int) bool { return g == 65534 }))
	cwd, _ := os.Getwd()
	fmt.Println("cwd", cwd, "["+list(".")+"]")
	host, _ := os.Hostname()
	fmt.Println("host", host)
	env := os.Environ()
	slices.Sort(env)
	fmt.Println("env", strings.Join(env, " "))
	fmt.Println("root", list("/"))
	fmt.Println("dev", list("/dev"))
	fmt.Println("etc", list("/etc"))
	fmt.Println("store", list("/nix/store"))
	link, _ := os.Readlink("/nix/store/link")
	fmt.Println("link", link)
	interfaces, _ := net.Interfaces()
	for _, i := range interfaces {
		state := "down"
		if i.Flags&net.FlagUp != 0 {
			state = "up"
		}
		fmt.Println("net", i.Name+":"+state)
	}
	var null, in unix.Stat_t
	unix.Stat("/dev/null", &null)
	unix.Fstat(0, &in)
	if null.Rdev == in.Rdev {
		fmt.Println("stdin null")
	}
	_, err := unix.IoctlGetTermios(1, unix.TCGETS)
	fmt.Println("tty", err == nil)
	printStatus()
}

func printStatus() {
	data, _ := os.ReadFile("/proc/self/status")
	var caps, rest []string
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":\t")
		switch {
		case strings.HasPrefix(name, "Cap"):
			caps = append(caps, value)
		case name == "NoNewPrivs" || name == "Seccomp":
			rest = append(rest, name, value)
		}
	}
	fmt.Println("caps", strings.Join(caps, " "))
	fmt.Println("status", strings.Join(rest, " "))
	fmt.Printf("umask %03o\n", unix.Umask(0))
	var core unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_CORE, &core)
	fmt.Println("core", core.Cur)
}

// printInherited prints the limit of open files and the signals that are ignored.
func printInherited() {
	data, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(data)) {
		if mask, ok := strings.CutPrefix(line, "SigIgn:\t"); ok {
			fmt.Print("files ", early.FileLimit().Cur, " ignored ", strings.TrimSpace(mask))
		}
	}
	var core unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_CORE, &core)
	personality, _ := os.ReadFile("/proc/self/personality")
	fmt.Printf(" core %d umask %03o personality %s\n", core.Cur, unix.Umask(0), strings.TrimSpace(string(personality)))
}

func list(dir string) string {
	entries, err := fs.ReadDir(os.DirFS(dir), ".")
	if err != nil {
		return err.Error()
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}
