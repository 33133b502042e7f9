//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAdvisories tries what sandboxes of others have let through, each by the name
// of its advisory. docs/advisories.md has the whole list.
func TestAdvisories(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"rl-1.11.10 set-user-ID files": noSetUserID,
		"CVE-2025-46416":               noSocketsBetweenBuilders,
		"CVE-2025-53819":               builderIsNobody,
		"CVE-2025-59378":               nothingOutlivesAFailure,
	} {
		t.Run(name, test)
	}
}

// Nothing that a builder makes can run as its user.
func noSetUserID(t *testing.T) {
	for act, want := range map[string]string{
		"setuid-chmod": "operation not permitted", "setuid-open": "operation not permitted",
		"setuid-mknod": "operation not permitted", "setuid-openat2": "function not implemented",
	} {
		if _, got := runSpec(t, newSpec(t, act)); strings.TrimSpace(got) != want {
			t.Errorf("%s: got %q, want %q", act, got, want)
		}
	}
}

// Two fixed-output derivations, which both see the host's network, cannot pass
// each other files through a socket of the abstract namespace.
func noSocketsBetweenBuilders(t *testing.T) {
	if !hasScopes() {
		t.Skip("this kernel's Landlock has no scopes (Linux 6.12)")
	}
	name := fmt.Sprintf("@nixbench-between-%d", os.Getpid())
	listener := newSpec(t, "listen-abstract", name)
	listener.Network = true
	listener.Timeout = time.Minute
	var log lockedBuffer
	var done sync.WaitGroup
	done.Go(func() {
		if _, err := Run(t.Context(), listener, &log); err != nil {
			t.Error(err)
		}
	})
	for deadline := time.Now().Add(time.Minute); !strings.Contains(log.String(), "listening"); {
		if time.Now().After(deadline) {
			t.Fatal("nobody listens")
		}
		time.Sleep(10 * time.Millisecond)
	}
	dialler := newSpec(t, "dial-abstract", name)
	dialler.Network = true
	if _, got := runSpec(t, dialler); strings.TrimSpace(got) != "operation not permitted" {
		t.Errorf("got %q, want %q", got, "operation not permitted")
	}
	done.Wait()
	if got := log.String(); strings.Contains(got, "accepted") {
		t.Errorf("listener: %q", got)
	}
}

// A lockedBuffer is a buffer that one goroutine writes and another reads.
type lockedBuffer struct {
	mu  sync.Mutex // mu guards buf
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// Whoever starts it, a builder is nobody and may nothing.
func builderIsNobody(t *testing.T) {
	_, got := runSpec(t, newSpec(t, "view"))
	for _, want := range []string{
		"pid 1 uid 1000 gid 100 groups []\n", "caps" + strings.Repeat(" 0000000000000000", 5) + "\n", "NoNewPrivs 1", "Seccomp 2",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

// A builder that fails, with the host's network, leaves no process that could hold
// its files open.
func nothingOutlivesAFailure(t *testing.T) {
	spec := newSpec(t, "daemon-and-fail")
	spec.Network = true
	res, got := runSpec(t, spec)
	if res.ExitStatus != 1 || !strings.Contains(got, "left") {
		t.Fatalf("got %+v, %q", res, got)
	}
	if left := processesWith(t, "family-member"); len(left) > 0 {
		t.Errorf("still running: %v", left)
	}
}
