package daemontest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// StartReal starts the nix-daemon of the directory bin, with env, where it serves the store
// below root at the socket, and returns its process id once it listens. With the test it
// is ended, and root deleted.
func StartReal(t *testing.T, bin, root, socket string, env []string) (pid int) {
	t.Helper()
	env = append(env, "NIX_REMOTE="+root, "NIX_DAEMON_SOCKET_PATH="+socket)
	// Two connections at once to a store that is not there yet make it twice, and
	// one of them fails (the rows of the migrations, the links to the profiles).
	initialise := exec.Command(filepath.Join(bin, "nix-store"), "--init")
	initialise.Env = env
	if out, err := initialise.CombinedOutput(); err != nil {
		t.Fatalf("make the store: %v: %s", err, out)
	}
	cmd := exec.Command(filepath.Join(bin, "nix-daemon"))
	cmd.Env = env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		exec.Command("chmod", "-R", "u+w", root).Run()
		os.RemoveAll(root)
	})
	for range 200 {
		if conn, err := net.Dial("unix", socket); err == nil {
			conn.Close()
			return cmd.Process.Pid
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the daemon does not listen")
	return 0
}
