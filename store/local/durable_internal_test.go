package local

import (
	"path/filepath"
	"testing"
)

// What the disk was told to write early is waited for, and what could not be written is
// told.
func TestEarlySync(t *testing.T) {
	for _, test := range []struct {
		name string
		dir  string
		made []int
		fail bool
	}{
		{"nothing made", t.TempDir(), nil, false},
		{"much made", t.TempDir(), []int{earlySyncSize, earlySyncSize, earlySyncSize / 2}, false},
		{"too little to begin", filepath.Join(t.TempDir(), "gone"), []int{earlySyncSize - 1}, false},
		{"it fails", filepath.Join(t.TempDir(), "gone"), []int{earlySyncSize / 2, earlySyncSize / 2}, true},
	} {
		e := &earlySync{dir: test.dir}
		e.begin()
		for _, bytes := range test.made {
			e.made(bytes)
		}
		if err := e.end(); (err != nil) != test.fail {
			t.Errorf("%s: got %v", test.name, err)
		}
		if err := e.end(); err != nil {
			t.Errorf("%s: ended twice: got %v", test.name, err)
		}
	}
	var none *earlySync // of a store where nothing is made durable
	none.begin()
	none.made(earlySyncSize)
	if err := none.end(); err != nil {
		t.Error(err)
	}
}
