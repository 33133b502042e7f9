package chroot

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"nixbench/store"

	"golang.org/x/sys/unix"
)

// Run runs a program, which is looked for in PATH, with the files that are in realDir also
// in storeDir, and waits for it. It has this process's standard files, gets what ends
// this process, and has the terminal's keys for itself. The status is that of a shell: 128
// and the signal if one ended it.
func Run(storeDir, realDir string, argv, env []string) (status int, err error) {
	newRoot, err := os.MkdirTemp("", "nix-chroot-")
	if err != nil {
		return 0, err
	}
	defer os.Remove(newRoot) // nothing is in it but in the namespace
	args := append([]string{Helper, storeDir, realDir, newRoot}, argv...)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGHUP)
	defer signal.Stop(signals)
	cmd, err := start(args, env, inUserNamespace())
	if err != nil && os.Geteuid() == 0 { // where there may be no namespaces of users
		cmd, err = start(args, env, &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS})
	}
	if err != nil {
		return 0, fmt.Errorf("setting up a private mount namespace: %s", store.Capital(systemError(err).Error()))
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case sig := <-signals:
			if sig == unix.SIGTERM || sig == unix.SIGHUP {
				cmd.Process.Signal(sig)
			}
		case err := <-ended:
			return statusOf(cmd.ProcessState, err)
		}
	}
}

func start(args, env []string, attr *syscall.SysProcAttr) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := &exec.Cmd{Path: self, Args: args, Env: env, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, SysProcAttr: attr}
	return cmd, cmd.Start()
}

func statusOf(state *os.ProcessState, err error) (int, error) {
	if state == nil {
		return 0, err
	}
	if ended := state.Sys().(syscall.WaitStatus); ended.Signaled() {
		return 128 + int(ended.Signal()), nil
	}
	return state.ExitCode(), nil
}

// inUserNamespace has a process in namespaces of its own, in which the user is who they
// were and may mount.
func inUserNamespace() *syscall.SysProcAttr {
	uid, gid := os.Geteuid(), os.Getegid()
	attr := &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}},
	}
	if uid != 0 {
		attr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SYS_CHROOT}
	}
	return attr
}

// Main is the program that [Run] starts; args are its name and what Run says. It returns
// only if the program could not be run.
func Main(args []string) int {
	runtime.LockOSThread() // capabilities are those of a thread
	if len(args) < 5 {
		fmt.Fprintln(os.Stderr, "error: "+Helper+" is not for people")
		return 1
	}
	storeDir, realDir, newRoot, argv := args[1], args[2], args[3], args[4:]
	if err := arrange(storeDir, realDir, newRoot); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	file, err := exec.LookPath(argv[0])
	if err == nil {
		err = unix.Exec(file, argv, os.Environ())
	} else if errors.Is(err, exec.ErrNotFound) {
		err = unix.ENOENT
	}
	fmt.Fprintf(os.Stderr, "error: unable to exec '%s': %s\n", argv[0], store.Capital(systemError(err).Error()))
	return 1
}

// systemError returns what the system said, without what was being done.
func systemError(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number
	}
	return err
}

// arrange puts the files of a store where its paths say, and gives up the right to.
func arrange(storeDir, realDir, newRoot string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	var err error
	if _, statErr := os.Stat(storeDir); statErr == nil {
		err = mountOver(storeDir, realDir)
	} else {
		err = enterRoot(storeDir, realDir, newRoot)
	}
	if err != nil {
		return err
	}
	return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
}

// mountOver puts the files of realDir into a directory that there is, among those that
// are in it if the kernel lets us.
func mountOver(storeDir, realDir string) error {
	if unix.Mount("overlay", storeDir, "overlay", 0, "lowerdir="+storeDir+":"+realDir) == nil {
		return nil
	}
	if err := unix.Mount(realDir, storeDir, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mounting '%s' on '%s': %s", realDir, storeDir, store.Capital(err.Error()))
	}
	return nil
}

// enterRoot makes newRoot the root directory, with what is in the present one, and the
// files of realDir in storeDir.
func enterRoot(storeDir, realDir, newRoot string) error {
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("getting current directory: %w", err)
	}
	if err := unix.Mount("tmpfs", newRoot, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
		return fmt.Errorf("mounting a file system on '%s': %s", newRoot, store.Capital(err.Error()))
	}
	if err := os.MkdirAll(filepath.Join(newRoot, storeDir), 0o755); err != nil {
		return err
	}
	if err := bind(realDir, filepath.Join(newRoot, storeDir)); err != nil {
		return err
	}
	entries, err := os.ReadDir("/")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := bindEntry(entry, filepath.Join(newRoot, entry.Name())); err != nil {
			return err
		}
	}
	if err := unix.Chroot(newRoot); err != nil {
		return fmt.Errorf("chrooting into %s: %s", store.QuoteFile(newRoot), store.Capital(err.Error()))
	}
	if err := unix.Chdir(dir); err != nil {
		return fmt.Errorf("chdir to '%s' in chroot: %s", dir, store.Capital(err.Error()))
	}
	return nil
}

// bindEntry makes an entry of the root directory one of another root, unless that has it.
func bindEntry(entry fs.DirEntry, as string) error {
	from := filepath.Join("/", entry.Name())
	if _, err := os.Lstat(as); err == nil {
		return nil
	}
	switch entry.Type() {
	case fs.ModeDir:
		if err := os.Mkdir(as, 0o700); err != nil {
			return err
		}
		return bind(from, as)
	case fs.ModeSymlink:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, as)
	}
	return nil
}

func bind(from, to string) error {
	if err := unix.Mount(from, to, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mounting '%s' on '%s': %s", from, to, store.Capital(err.Error()))
	}
	return nil
}
