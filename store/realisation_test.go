package store_test

import (
	"encoding/json"
	"strings"
	"testing"

	"nixbench/store"
)

func TestRealisationJSON(t *testing.T) {
	r := store.Realisation{
		DrvPath: "/nix/store/q0fm3039d69pa04hfarvniybia0h1hb6-a.drv", Output: "dev",
		OutPath: "/nix/store/cpxi3isn0vfsnhkwxssxwsrnk66nmhgs-a-dev", Sigs: []string{"k-1:Ag==", "k:AQ=="},
	}
	got, err := json.Marshal(r)
	const want = `{"key":{"drvPath":"q0fm3039d69pa04hfarvniybia0h1hb6-a.drv","outputName":"dev"},"value":{` +
		`"outPath":"cpxi3isn0vfsnhkwxssxwsrnk66nmhgs-a-dev","signatures":[{"keyName":"k","sig":"AQ=="},{"keyName":"k-1","sig":"Ag=="}]}}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	r.Sigs = nil
	if got, err := json.Marshal(r); err != nil || !strings.HasSuffix(string(got), `"signatures":[]}}`) {
		t.Errorf("without signatures: got %s, %v", got, err)
	}
}

func TestParseDrvOutput(t *testing.T) {
	const drvPath = "/nix/store/q0fm3039d69pa04hfarvniybia0h1hb6-a.drv"
	got, err := store.Dir("/nix/store").ParseDrvOutput(drvPath + "^dev")
	if want := (store.DrvOutput{DrvPath: drvPath, Output: "dev"}); err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for _, bad := range []string{"", drvPath, drvPath + "^", drvPath + "^*", drvPath + "^a,b", drvPath + "^a b", "/tmp/x^out", "^out"} {
		if got, err := store.Dir("/nix/store").ParseDrvOutput(bad); err == nil {
			t.Errorf("%q: got %v, want an error", bad, got)
		}
	}
}
