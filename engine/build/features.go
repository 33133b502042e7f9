package build

import (
	"fmt"

	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
)

// The experimental features that derivations may need.
const (
	featureCA      = "ca-derivations"
	featureImpure  = "impure-derivations"
	featureDynamic = "dynamic-derivations"
	featureGit     = "git-hashing"
	featureCgroups = "cgroups"

	featureExternal = "external-builders"
)

// A FeatureError reports that an experimental feature is not switched on.
type FeatureError struct {
	Feature string
	Why     string // what needs it, or ""
}

func (e *FeatureError) Error() string {
	why := ""
	if e.Why != "" {
		why = " (" + e.Why + ")"
	}
	return fmt.Sprintf("experimental Nix feature '%s' is disabled%s; add '--extra-experimental-features %s' to enable it", e.Feature, why, e.Feature)
}

// missingFeature returns a [*FeatureError] if a derivation of this kind is not
// one to be built without a feature that is off.
func missingFeature(d *drv.Derivation, kind drv.OutputKind, s *settings.Settings) error {
	needed := [][2]string{}
	if len(d.Dynamic) > 0 {
		needed = append(needed, [2]string{featureDynamic, fmt.Sprintf("derivation '%s', ATerm format version 'xp-dyn-drv'", d.Name)})
	}
	for _, o := range d.Outputs {
		if o.Method == store.Git {
			needed = append(needed, [2]string{featureGit})
		}
		if o.Algo != 0 && o.Method == store.Text {
			needed = append(needed, [2]string{featureDynamic, "text-hashed derivation output"})
		}
	}
	switch kind {
	case drv.Impure:
		needed = append(needed, [2]string{featureImpure}, [2]string{featureCA})
	case drv.Floating, drv.Deferred:
		needed = append(needed, [2]string{featureCA})
	}
	for _, n := range needed {
		if !s.HasFeature(n[0]) {
			return &FeatureError{Feature: n[0], Why: n[1]}
		}
	}
	return nil
}
