package closure_test

import (
	"testing"

	"nixbench/inspect/closure"
)

// What looks like a condition and is none says what is wrong with it.
func TestDoubt(t *testing.T) {
	for query, want := range map[string]string{
		"size>100M name:glibc refs<=3": "",
		"glibc 2.4":                    "",
		"size>":                        `after size> there is no size, such as 100M`,
		"glibc size>abc":               `"abc" is no size, such as 100M`,
		"refs<many":                    `"many" is no number`,
		"age>3d":                       `"age" is nothing to compare: size, closure, adds, refs or referrers`,
		"version:2":                    `"version" is nothing to look for: name`,
	} {
		if got := closure.ParseQuery(query).Doubt(); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}
