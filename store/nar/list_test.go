package nar

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The listing comes from `nix nar ls --json --recursive` of Nix 2.34.8.
func TestList(t *testing.T) {
	var tree []object
	for _, o := range sampleTree {
		if o.path != "odd \xff\n" { // no JSON for it
			tree = append(tree, o)
		}
	}
	l, err := List(bytes.NewReader(dumpBytes(t, makeTree(t, t.TempDir(), tree), nil)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(l.Root)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/tree.ls")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(bytes.TrimSpace(want)), string(got)); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
	text, err := json.Marshal(l)
	if err != nil || !bytes.HasSuffix(text, []byte(`,"version":1}`)) {
		t.Errorf("listing = %s, %v", text, err)
	}
}
