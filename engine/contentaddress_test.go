package engine

import (
	"bytes"
	"testing"
)

// What is kept of an archive is all of it or is not used.
func TestKeptArchive(t *testing.T) {
	var k keptArchive
	for _, test := range []struct {
		parts   []int
		isWhole bool
	}{{[]int{1, maxKeptArchive - 1}, true}, {[]int{3}, true}, {[]int{maxKeptArchive, 1}, false}, {[]int{maxKeptArchive + 1, 1}, false}, {nil, true}} {
		k.reset()
		var want bytes.Buffer
		for i, n := range test.parts {
			part := bytes.Repeat([]byte{byte(i + 1)}, n)
			want.Write(part)
			if n, err := k.Write(part); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
		}
		if k.isWhole != test.isWhole || k.isWhole && !bytes.Equal(k.archive, want.Bytes()) {
			t.Errorf("%v: is whole: %v, want %v; %d bytes", test.parts, k.isWhole, test.isWhole, len(k.archive))
		}
	}
}
