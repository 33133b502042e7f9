package local_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A collection in a store whose directory cannot be written makes nothing invalid.
func TestCollectUnwritable(t *testing.T) {
	if os.Geteuid() == 0 { // who may write everything
		home := filepath.Join(shared(t), "home")
		const nobody = 65534
		if err := errors.Join(os.Mkdir(home, 0o755), os.Chown(home, nobody, nobody)); err != nil {
			t.Fatal(err)
		}
		cmd := childTest(t, "TestCollectUnwritable", "collect", "TMPDIR="+home)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("PASS: TestCollectUnwritable")) {
			t.Errorf("%v:\n%s", err, out)
		}
		return
	}
	st := openAt(t, newDir(t))
	p, err := st.AddText(t.Context(), "text", []byte("text"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(st.RealDir(), 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(st.RealDir(), 0o755) })
	if _, err := st.LockGC(t.Context()); !errors.Is(err, syscall.EACCES) {
		t.Errorf("got %v, want that it cannot be written", err)
	}
	if valid, err := st.IsValid(t.Context(), p); err != nil || !valid {
		t.Errorf("valid: %v, %v", valid, err)
	}
}
