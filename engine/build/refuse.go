package build

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/settings"
	"nixbench/store/drv"
)

// refusal reads a derivation's options, and says why it cannot be built here,
// if so.
func refusal(d *drv.Derivation, s *settings.Settings) (*drv.Options, error) {
	kind, err := d.Kind()
	if err != nil {
		return nil, err
	}
	if len(d.Dynamic) > 0 {
		return nil, errors.New("it needs outputs of derivations that are built before (experimental feature 'dynamic-derivations'), which this builder does not support")
	}
	switch kind {
	case drv.Floating, drv.Deferred:
		return nil, errors.New("its outputs are content-addressed (experimental feature 'ca-derivations'), which this builder does not support")
	case drv.Impure:
		return nil, errors.New("it is impure (experimental feature 'impure-derivations'), which this builder does not support")
	}
	options, err := d.Options()
	if err != nil {
		return nil, err
	}
	if options.NoChroot {
		return nil, errors.New("it asks to be built outside the sandbox (__noChroot), which we never do")
	}
	if len(options.ImpureHostDeps) > 0 {
		return nil, fmt.Errorf("it asks for '%s' of the host (__impureHostDeps), which we never show", options.ImpureHostDeps[0])
	}
	if strings.HasPrefix(d.Builder, builtinPrefix) {
		return options, refuseBuiltin(d)
	}
	return options, refuseMachine(d, options, s)
}

// refuseMachine says why this machine is not one for the derivation.
func refuseMachine(d *drv.Derivation, options *drv.Options, s *settings.Settings) error {
	if s.MaxJobs == 0 {
		return errors.New("local builds are disabled (max-jobs = 0)")
	}
	if !s.CanBuild(d.System) {
		return fmt.Errorf("platform mismatch: required system: '%s', current system: '%s'", d.System, s.System)
	}
	for _, feature := range options.SystemFeatures(d) {
		if !slices.Contains(s.SystemFeatures, feature) {
			return fmt.Errorf("missing system features: required features: {%s}, available features: {%s}",
				strings.Join(options.SystemFeatures(d), ", "), strings.Join(s.SystemFeatures, ", "))
		}
	}
	return nil
}
