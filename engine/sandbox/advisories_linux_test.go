//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
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
// each other files through a socket of the abstract namespace. Where Landlock has no
// scopes they can: then what was passed is not what is registered, as the test of
// CVE-2024-27297 shows, and all other builders have a network of their own.
func noSocketsBetweenBuilders(t *testing.T) {
	eachKernel(t, func(t *testing.T, noScopes bool, meeting string) {
		for _, network := range []bool{false, true} {
			want := "connection refused"
			if network {
				want = meeting
			}
			got, accepted := meet(t, network, noScopes)
			if got != want || accepted != (want == "allowed") {
				t.Errorf("network %v: got %q, accepted %v; want %q", network, got, accepted, want)
			}
		}
	})
}

// eachKernel runs a test on this kernel, and as it is on one whose Landlock has no
// scopes (before Linux 6.12). Meeting is what comes of builders in the host's network
// who call each other.
func eachKernel(t *testing.T, test func(t *testing.T, noScopes bool, meeting string)) {
	for name, noScopes := range map[string]bool{"this kernel": false, "without scopes": true} {
		t.Run(name, func(t *testing.T) {
			if noScopes || !hasScopes() {
				test(t, noScopes, "allowed")
			} else {
				test(t, noScopes, "operation not permitted")
			}
		})
	}
}

// runUnscoped runs spec and returns what the builder said, without spaces around it.
func runUnscoped(t *testing.T, spec *Spec, noScopes bool) string {
	t.Helper()
	var log bytes.Buffer
	if _, err := runOrder(t.Context(), &order{Spec: *spec, NoScopes: noScopes}, &log); err != nil {
		t.Fatalf("run: %v\n%s", err, &log)
	}
	return strings.TrimSpace(log.String())
}

// meet lets one builder listen, and another call it. It returns what the caller says,
// and whether the first has heard it.
func meet(t *testing.T, network, noScopes bool) (said string, accepted bool) {
	name := fmt.Sprintf("@nixbench-between-%d", os.Getpid())
	listener := newSpec(t, "listen-abstract", name)
	listener.Network = network
	listener.Timeout = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var log lockedBuffer
	var done sync.WaitGroup
	done.Go(func() {
		if _, err := runOrder(ctx, &order{Spec: *listener, NoScopes: noScopes}, &log); err != nil {
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
	dialler.Network = network
	if said = runUnscoped(t, dialler, noScopes); said != "allowed" {
		cancel() // nobody will call
	}
	done.Wait()
	return said, strings.Contains(log.String(), "accepted")
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

// Whoever starts it, a builder is nobody and may nothing; were that forgotten, it would not
// be started.
func builderIsNobody(t *testing.T) {
	if os.Geteuid() == 0 && maySetGroups() {
		before, err := syscall.Getgroups()
		if err == nil {
			err = syscall.Setgroups([]int{4242})
		}
		if err != nil {
			t.Fatal(err)
		}
		defer syscall.Setgroups(before)
		if _, got := runSpec(t, newSpec(t, "groups")); got != "[] <nil>\n" {
			t.Errorf("groups: got %s", got)
		}
	}
	_, got := runSpec(t, newSpec(t, "view"))
	for _, want := range []string{
		"pid 1 uid 1000 gid 100 groups []\n", "caps" + strings.Repeat(" 0000000000000000", 5) + "\n", "NoNewPrivs 1", "Seccomp 2",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	var setup *SetupError
	res, err := runOrder(t.Context(), &order{Spec: *newSpec(t, "view"), KeepPrivileges: true}, io.Discard)
	if !errors.As(err, &setup) || setup.Step != "check privileges" {
		t.Errorf("with all privileges: got %+v, %v; want that they are found", res, err)
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
