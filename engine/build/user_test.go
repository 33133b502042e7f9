package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/engine/settings"
)

// firstBuildID is the default of the setting start-id.
const firstBuildID = 872415232

// newPool returns the users of a namespace that has ids.
func newPool(state string, ids idMap) *userPool {
	return &userPool{state: state, first: firstBuildID, all: 2 * settings.IDsPerBuilder, count: 1, uids: ids, gids: ids}
}

// Builds at once get different users, which come free again.
func TestClaimSlot(t *testing.T) {
	state := t.TempDir()
	pool := newPool(state, idMap{{0, 1 << 32}})
	claim := func() *buildUser {
		u, err := pool.claim()
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	a, b := claim(), claim()
	if a.uid != firstBuildID || b.uid != firstBuildID+settings.IDsPerBuilder || a.gid != a.uid {
		t.Errorf("got users %d and %d", a.uid, b.uid)
	}
	a.release()
	if c := claim(); c.uid != firstBuildID {
		t.Errorf("after release: got user %d, want %d", c.uid, firstBuildID)
	}
	if d, err := pool.claim(); err == nil {
		t.Errorf("all are in use: got user %d", d.uid)
	}
	b.release()
}

// What a builder with many users made may belong to any of them.
func TestClaimRange(t *testing.T) {
	pool := newPool(t.TempDir(), idMap{{0, 1 << 32}})
	pool.count = settings.IDsPerBuilder
	u, err := pool.claim()
	if err != nil || u.count != settings.IDsPerBuilder {
		t.Fatalf("got %+v, %v", u, err)
	}
	u.release()
	pool.uids = idMap{{0, 1}, {firstBuildID, 65535}}
	if u, err := pool.claim(); err == nil || !strings.Contains(err.Error(), "find 65536 users") {
		t.Errorf("got %+v, %v; want that there are too few", u, err)
	}
}

// Users that somebody has an account for are nobody's to give.
func TestClaimAccount(t *testing.T) {
	pool := newPool(t.TempDir(), idMap{{0, 1 << 32}})
	pool.first = nobody
	if u, err := pool.claim(); err == nil || err.Error() != "auto-allocated UID 65534 clashes with existing user account 'nobody'" {
		t.Errorf("got %+v, %v", u, err)
	}
}

// In a user namespace of its own, as in a container, root has fewer to give.
func TestClaimSlotInContainers(t *testing.T) {
	for _, test := range []struct {
		ids  idMap
		want int
	}{
		{idMap{{0, 65536}}, nobody},
		{idMap{{0, 1}}, os.Geteuid()},
		{idMap{{0, 1}, {firstBuildID, 65536}}, firstBuildID},
		{nil, os.Geteuid()},
	} {
		u, err := newPool(t.TempDir(), test.ids).claim()
		if err != nil {
			t.Fatal(err)
		}
		if u.uid != test.want {
			t.Errorf("%v: got user %d, want %d", test.ids, u.uid, test.want)
		}
		u.release()
	}
	if m := readIDMap("/proc/self/uid_map"); !m.has(os.Getuid(), 1) && os.Getuid() != nobody && m != nil {
		t.Errorf("our own map %v does not have us", m)
	}
}

// TestOwnOthers takes over what a builder made (2013-5526a282b5): nothing of others', even
// if it has the same owner as what was taken over before, but what is the same file.
func TestOwnOthers(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(file("tree"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file("others"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(file("others"), file("tree/link")); err != nil {
		t.Fatal(err)
	}
	u := &buildUser{uid: os.Geteuid() + 1, gid: os.Getegid(), count: 1}
	for _, name := range []string{"others", "tree", "tree/link"} {
		if err := u.own(file(name)); err == nil || !strings.Contains(err.Error(), "suspicious ownership") {
			t.Errorf("%s: got %v, want that it is suspicious", name, err)
		}
	}
	u = &buildUser{uid: os.Geteuid(), gid: os.Getegid(), count: 1}
	if err := u.own(file("tree")); err != nil {
		t.Error(err)
	}
	u.uid++ // tree/link is ours now, and was taken over
	if err := u.own(file("others")); err != nil {
		t.Errorf("another name of what was taken over: %v", err)
	}
}
