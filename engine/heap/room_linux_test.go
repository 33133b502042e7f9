package heap

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

// TestGroupLimit pins that the least of what control groups allow counts, in either of their
// versions, and not that of groups that the process is not in.
func TestGroupLimit(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"v2/memory.max":                          "max\n",
		"v2/a/memory.max":                        "4000\n",
		"v2/a/b/memory.max":                      "5000\n",
		"v2/c/memory.max":                        "10\n",
		"v1/memory.limit_in_bytes":               "9223372036854771712\n",
		"v1/x/memory.limit_in_bytes":             "3000\n",
		"v1/x/memory.usage_in_bytes":             "1000\n",
		"v1/x/memory.stat":                       "active_file 30\ninactive_file 4\n",
		"v1/not/of/memory/memory.limit_in_bytes": "1\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kinds := append([]groupKind(nil), groupKinds...)
	kinds[0].root, kinds[1].root = filepath.Join(root, "v2"), filepath.Join(root, "v1")
	for _, c := range []struct {
		groups        string
		allowed, left int64
	}{
		{"0::/a/b\n", 4000, math.MaxInt64},
		{"0::/\n", math.MaxInt64, math.MaxInt64},
		{"8:pids:/not/of/memory\n4:memory:/x\n0::/a\n", 3000, 2034},
		{"", math.MaxInt64, math.MaxInt64},
	} {
		allowed, left := leastOfGroups(c.groups, kinds, groupKind.allowed), leastOfGroups(c.groups, kinds, groupKind.left)
		if allowed != c.allowed || left != c.left {
			t.Errorf("%q: %d allowed and %d left, want %d and %d", c.groups, allowed, left, c.allowed, c.left)
		}
	}
}
