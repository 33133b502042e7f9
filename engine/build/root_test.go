package build_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"nixbench/engine/settings"
)

// A derivation that requires uid-range is built by root of many users where the
// configuration allows it and we have users to give: what they made becomes the
// store's. Elsewhere it is refused, in words that say why.
func TestIDRange(t *testing.T) {
	for _, test := range []struct {
		name      string
		configure func(*settings.Settings)
		want      string // "" if it can be built
	}{
		{"off", func(s *settings.Settings) {}, "feature 'uid-range' requires the setting 'auto-allocate-uids' to be enabled"},
		{"no groups", func(s *settings.Settings) { s.ExperimentalFeatures = nil; s.AutoAllocateIDs = true }, "experimental Nix feature 'cgroups' is disabled"},
		{"relaxed", func(s *settings.Settings) { s.Sandbox = "relaxed" }, "feature 'uid-range' is only supported in sandboxed builds"},
		{"odd", func(s *settings.Settings) { s.AutoAllocateIDs, s.IDCount = true, 1000 }, "want a multiple of 65536"},
		{"on", func(s *settings.Settings) { s.AutoAllocateIDs = true }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, func(s *settings.Settings) {
				s.ExperimentalFeatures = []string{"auto-allocate-uids", "cgroups"}
				test.configure(s)
			})
			d := script("many", "mkdir $out\nwrite $out/a x\nchown 65535 $out/a\nchown 1 $out\nwrite /homeless-shelter x")
			d.Env["requiredSystemFeatures"] = "uid-range"
			if test.name == "relaxed" {
				d.Env["__noChroot"] = "1"
			}
			err := r.realise(r.add(d, nil)).Err()
			switch {
			case err == nil && test.want == "":
				info, err := os.Stat(r.st.RealPath(d.OutputPath("out")) + "/a")
				if err != nil || info.Mode().Perm() != 0o444 || int(info.Sys().(*syscall.Stat_t).Uid) != os.Geteuid() {
					t.Errorf("got %v, %v", info, err)
				}
			case err != nil && test.want != "" && strings.Contains(err.Error(), test.want):
			case err != nil && mayBeRefused(err.Error()):
			default:
				t.Errorf("got %v, want %q", err, test.want)
			}
			if found := r.leftovers(); len(found) > 0 {
				t.Errorf("left over: %v", found)
			}
		})
	}
}

// mayBeRefused reports whether a message says that there is no such builder here: we
// are not root, have too few users, or no control groups.
func mayBeRefused(message string) bool {
	for _, part := range []string{"requires to be root", "find 65536 users", "make control group"} {
		if strings.Contains(message, part) && (os.Geteuid() != 0 || part != "requires to be root") {
			return true
		}
	}
	return false
}
