package build

import (
	"os"
	"testing"
)

// Builds at once get different users, which come free again.
func TestClaimSlot(t *testing.T) {
	state := t.TempDir()
	all := idMap{{0, 1 << 32}}
	claim := func() *buildUser {
		u, err := claimSlot(state, all, all)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	a, b := claim(), claim()
	if a.uid != firstBuildID || b.uid != firstBuildID+idsPerBuilder || a.gid != a.uid {
		t.Errorf("got users %d and %d", a.uid, b.uid)
	}
	a.release()
	if c := claim(); c.uid != firstBuildID {
		t.Errorf("after release: got user %d, want %d", c.uid, firstBuildID)
	}
	b.release()
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
		u, err := claimSlot(t.TempDir(), test.ids, test.ids)
		if err != nil {
			t.Fatal(err)
		}
		if u.uid != test.want {
			t.Errorf("%v: got user %d, want %d", test.ids, u.uid, test.want)
		}
		u.release()
	}
	if m := readIDMap("/proc/self/uid_map"); !m.has(os.Getuid()) && os.Getuid() != nobody && m != nil {
		t.Errorf("our own map %v does not have us", m)
	}
}
