package build_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/settings"
	"nixbench/store/drv"
)

// A derivation with __noChroot sees the host's files, and cannot write them, where
// the configuration allows it.
func TestNoChroot(t *testing.T) {
	for sandbox, want := range map[string]string{"true": "not allowed when 'sandbox' is 'true'", "relaxed": ""} {
		r := newRig(t, func(s *settings.Settings) { s.Sandbox = sandbox })
		host := func(name string, args ...string) *drv.Derivation {
			d := script(name, "")
			d.Builder, d.Args, d.Env["__noChroot"] = "/bin/cp", args, "1"
			return d
		}
		d := host("reads", "/etc/passwd", drv.Placeholder("out"))
		err := r.realise(r.add(d, nil)).Err()
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("sandbox %s: got %v, want %q", sandbox, err, want)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		passwd, err := os.ReadFile("/etc/passwd")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimRight(string(passwd), "\n"), r.read(d.OutputPath("out"), "")); diff != "" {
			t.Errorf("it is not the host's file (-want +got):\n%s", diff)
		}
		p := r.add(host("writes", "/etc/passwd", "/etc/nixbench-was-here"), nil)
		if r.realise(p).Err() == nil || !strings.Contains(r.log(p), "ead-only file system") {
			t.Errorf("writing: log %q", r.log(p))
		}
	}
}
