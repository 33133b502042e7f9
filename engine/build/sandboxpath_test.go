package build

import (
	"errors"
	"os"
	"testing"

	"nixbench/engine/sandbox"

	"github.com/google/go-cmp/cmp"
)

// Names in sandbox-paths may be relative, and links are seen as what they are; what cannot
// be seen in a sandbox is told of in Nix's words.
func TestSandboxPath(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := errors.Join(os.Symlink("/dev", "link"), os.Symlink("nowhere", "dangling")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		target, source string
		isOptional     bool
		want           sandbox.Mount
		err            string
	}{
		{target: "/a/../b", source: "/dev/null", want: sandbox.Mount{Source: "/dev/null", Target: "/b"}},
		{target: "a", source: ".", want: sandbox.Mount{Source: dir, Target: "/a"}},
		{target: "/a", source: "link", want: sandbox.Mount{Source: dir + "/link", Target: "/a"}},
		{target: "/a", source: "link/null", want: sandbox.Mount{Source: "/dev/null", Target: "/a"}},
		{target: "/a", source: "dangling", want: sandbox.Mount{Source: dir + "/dangling", Target: "/a"}},
		{target: "/a", source: "/nowhere", isOptional: true, want: sandbox.Mount{Source: "/nowhere", Target: "/a", Optional: true}},
		{target: "/a", source: "nowhere", err: `getting attributes of path "nowhere": No such file or directory`},
		{target: "", source: "", err: `invalid path to bind mount in the chroot: ""`},
		{target: "/", source: "/", err: `invalid path to bind mount in the chroot: ""`},
		{target: "/a/..", source: "/", err: `sandbox path to bind mount in the chroot has an invalid filename: "a/.."`},
	} {
		got, err := sandboxPath(test.target, test.source, test.isOptional)
		if test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%q: got %v, want %s", test.target, err, test.err)
			}
			continue
		}
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", test.target, err, diff)
		}
	}
}
