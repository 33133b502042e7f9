package build

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
)

// refusal reads a derivation's options, and says why it cannot be built here,
// if so.
func refusal(drvPath store.Path, d *drv.Derivation, s *settings.Settings) (*drv.Options, error) {
	kind, err := d.Kind()
	if err != nil {
		return nil, err
	}
	if err := missingFeature(d, kind, s); err != nil {
		return nil, &statusError{status: MiscFailure, err: err}
	}
	options, err := d.Options()
	if err == nil {
		err = checkGraphs(drvPath, options)
	}
	if unreadable := (*drv.OptionsError)(nil); errors.As(err, &unreadable) {
		return nil, &drv.OptionsError{
			While: append([]string{"while parsing derivation '" + string(drvPath) + "'"}, unreadable.While...), Msg: unreadable.Msg,
		}
	}
	if err != nil {
		return nil, err
	}
	if err := refuseExternal(drvPath, d, s); err != nil {
		return options, &statusError{status: MiscFailure, err: endError{err}}
	}
	if options.NoChroot && s.Sandbox == "true" {
		return nil, &statusError{status: MiscFailure, err: fmt.Errorf(
			"derivation '%s' has '__noChroot' set, but that's not allowed when 'sandbox' is 'true'", drvPath)}
	}
	if !options.NoChroot { // or else it is found out where the sandbox is made, if it is one
		if err := refuseHostDeps(drvPath, options, s); err != nil {
			return nil, err
		}
	}
	if err := refuseMachine(d, options, s); err != nil {
		return options, err
	}
	if err := refuseIDRange(d, options, s); err != nil {
		return options, &statusError{status: MiscFailure, err: err}
	}
	return options, nil
}

// refuseExternal says why a derivation cannot be built that the setting external-builders has
// a builder for: such ones build outside a sandbox.
func refuseExternal(drvPath store.Path, d *drv.Derivation, s *settings.Settings) error {
	text, _ := s.Get("external-builders")
	if text == "" || text == "[]" {
		return nil
	}
	var builders []struct {
		Systems []string `json:"systems"`
	}
	if json.Unmarshal([]byte(text), &builders) != nil {
		return nil
	}
	for _, b := range builders {
		switch {
		case !slices.Contains(b.Systems, d.System):
		case !s.HasFeature(featureExternal):
			return &FeatureError{Feature: featureExternal}
		default:
			return fmt.Errorf("derivation '%s' is for an external builder, as the setting 'external-builders' has it for '%s', "+
				"and nothing is built outside a sandbox here", drvPath, d.System)
		}
	}
	return nil
}

// refuseHostDeps says why a sandbox cannot have what of the host a derivation names.
func refuseHostDeps(drvPath store.Path, options *drv.Options, s *settings.Settings) error {
	for _, name := range options.ImpureHostDeps {
		if !isBelowAny(name, s.AllowedHostDeps) {
			return &statusError{status: MiscFailure, err: fmt.Errorf(
				"derivation '%s' requested impure path '%s', but it was not in allowed-impure-host-deps", drvPath, name)}
		}
	}
	return nil
}

// featureIDRange is the system feature of a builder that is root of 65,536 users.
const featureIDRange = "uid-range"

// usesIDRange reports whether a derivation wants a builder that is root of many users.
func usesIDRange(d *drv.Derivation, options *drv.Options) bool {
	return slices.Contains(options.SystemFeatures(d), featureIDRange)
}

// refuseIDRange says why a builder cannot have a control group or many users, if it
// wants them.
//
// Behaviour: Nix, chroot.cc and derivation-builder.cc.
func refuseIDRange(d *drv.Derivation, options *drv.Options, s *settings.Settings) error {
	isRoot := usesIDRange(d, options)
	switch {
	case isRoot && s.Sandbox == "relaxed" && (options.NoChroot || hasNetwork(d)):
		return errors.New("feature 'uid-range' is only supported in sandboxed builds")
	case isRoot && !s.AutoAllocateIDs:
		return errors.New("feature 'uid-range' requires the setting 'auto-allocate-uids' to be enabled")
	case isRoot && os.Geteuid() != 0:
		return errors.New("feature 'uid-range' requires to be root, who alone has users to give")
	case (isRoot || s.UseCgroups) && !s.HasFeature(featureCgroups):
		return &FeatureError{Feature: featureCgroups}
	}
	return nil
}

// checkGraphs refuses graphs of what is not in a store.
func checkGraphs(drvPath store.Path, options *drv.Options) error {
	if len(options.ExportReferencesGraph) == 0 {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(options.ExportReferencesGraph)) {
		for _, root := range options.ExportReferencesGraph[name] {
			if _, _, err := drvPath.Dir().PathOf(root); err != nil {
				return &drv.OptionsError{Msg: fmt.Sprintf("path '%s' is not in the Nix store", root)}
			}
		}
	}
	return nil
}

// isBelowAny reports whether a path is one of the tops, or inside one. No links are
// followed: the answer would say something about files that the asker may not see.
func isBelowAny(name string, tops []string) bool {
	return slices.ContainsFunc(tops, func(top string) bool {
		rest, ok := strings.CutPrefix(filepath.Clean(name), filepath.Clean(top))
		return ok && (rest == "" || rest[0] == '/' || filepath.Clean(top) == "/")
	})
}

// refuseMachine says why this machine is not one for the derivation.
func refuseMachine(d *drv.Derivation, options *drv.Options, s *settings.Settings) error {
	var reasons []string
	if s.MaxJobs == 0 {
		reasons = append(reasons, "local builds are disabled (max-jobs = 0)\n"+
			"Hint: set 'max-jobs' to a non-zero value to enable local builds, or configure remote builders via 'builders'")
	}
	if !s.CanBuild(d.System) && !strings.HasPrefix(d.Builder, builtinPrefix) {
		reasons = append(reasons, fmt.Sprintf("platform mismatch\nRequired system: '%s'\nCurrent system: '%s'", d.System, s.System))
	}
	required := sorted(options.SystemFeatures(d))
	if slices.ContainsFunc(required, func(feature string) bool { return !slices.Contains(systemFeatures(s), feature) }) {
		available := sorted(systemFeatures(s))
		reasons = append(reasons, fmt.Sprintf("missing system features\nRequired features: {%s}\nAvailable features: {%s}",
			strings.Join(required, ", "), strings.Join(available, ", ")))
	}
	if reasons == nil {
		return nil
	}
	return &RefusedError{reasons}
}

// systemFeatures returns the features of this machine.
func systemFeatures(s *settings.Settings) []string {
	if s.HasFeature(featureCA) {
		return append(slices.Clone(s.SystemFeatures), featureCA)
	}
	return s.SystemFeatures
}

// sorted returns words sorted, each once.
func sorted(words []string) []string {
	words = slices.Clone(words)
	slices.Sort(words)
	return slices.Compact(words)
}
