package build_test

import (
	"path/filepath"
	"testing"

	"nixbench/engine/event"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// A collection by another process while a build waits for a slow one must not
// take what the waiting build will need.
func TestCollectionSparesInputsOfWaitingBuilds(t *testing.T) {
	r := newRig(t)
	early := script("early", "write $out x")
	slow := script("slow", "say started\nsleep 1s\nwrite $out x")
	r.realise(r.add(early, nil))
	r.add(slow, nil)
	top := script("top", "write $out x")
	topPath := r.add(top, map[string]*drv.Derivation{"early": early, "slow": slow})
	if err := r.st.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	box := r.hub.Subscribe()
	done := make(chan error)
	go func() { done <- r.realise(topPath).Err() }()
	waitFor(t, box, func(act event.Activity) bool { return act.Name == "slow" && act.LogSize > 0 })

	other, err := local.Open(t.Context(), local.Options{Root: filepath.Dir(filepath.Dir(r.st.RealDir())), SyncMode: local.SyncNone})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	plan, err := gc.NewPlan(t.Context(), other, gc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Execute(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("the waiting build failed: %v", err)
	}
}
