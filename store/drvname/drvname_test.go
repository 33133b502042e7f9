package drvname

import "testing"

func TestSplit(t *testing.T) {
	for full, want := range map[string][2]string{
		"hello-2.12.2":          {"hello", "2.12.2"},
		"hello":                 {"hello", ""},
		"":                      {"", ""},
		"a-":                    {"a-", ""},
		"-1":                    {"", "1"},
		"perl5.38.2-Foo-1.0":    {"perl5.38.2-Foo", "1.0"},
		"glibc-2.39-52":         {"glibc", "2.39-52"},
		"python3-x-unstable-@1": {"python3-x-unstable", "@1"},
	} {
		name, version := Split(full)
		if got := [2]string{name, version}; got != want {
			t.Errorf("Split(%q) = %q, want %q", full, got, want)
		}
	}
}

// The order is that of builtins.compareVersions in Nix 2.34.8.
func TestCompareVersions(t *testing.T) {
	ascending := []string{"2.3pre1", "2.3pre3", "2.3", "2.3.20260101000000", "2.3a", "2.3.0", "2.3.0a", "2.3.1", "2.3.1.2", "2.10"}
	for i, a := range ascending {
		for j, b := range ascending {
			if got, want := CompareVersions(a, b), min(1, max(-1, i-j)); got != want {
				t.Errorf("CompareVersions(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
	for _, equal := range [][2]string{{"1.0", "1-0"}, {"1.01", "1.1"}, {"", "."}, {"1", "1."}} {
		if got := CompareVersions(equal[0], equal[1]); got != 0 {
			t.Errorf("CompareVersions(%q, %q) = %d, want 0", equal[0], equal[1], got)
		}
	}
}
