package local_test

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// A collection in a store whose directory cannot be written makes nothing invalid.
func TestCollectUnwritable(t *testing.T) {
	if runAsNobody(t, "TestCollectUnwritable") {
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
