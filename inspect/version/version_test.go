package version

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSplit(t *testing.T) {
	for name, want := range map[string][3]string{
		"hello-2.12.2":                {"hello", "2.12.2", ""},
		"hello-2.12.2-dev":            {"hello", "2.12.2", "dev"},
		"gcc-13.2.0-lib":              {"gcc", "13.2.0", "lib"},
		"perl5.38.2-Foo-Bar-1.0":      {"perl5.38.2-Foo-Bar", "1.0", ""},
		"linux-6.9.3-modules":         {"linux", "6.9.3", "modules"},
		"source":                      {"source", "", ""},
		"user-environment":            {"user", "", "environment"},
		"a-":                          {"a-", "", ""},
		"glibc-2.39-52":               {"glibc", "2.39-52", ""},
		"python3.12-x-unstable-2024":  {"python3.12-x-unstable", "2024", ""},
		"nixos-system-web-25.11.2026": {"nixos-system-web", "25.11.2026", ""},
	} {
		pkg, version, output := Split(name)
		if got := [3]string{pkg, version, output}; got != want {
			t.Errorf("Split(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, tc := range []struct{ before, after, want string }{
		{"126.0.1", "127.0", "126.0.1>127.0"},
		{"3.11.9 3.12.4", "3.11.10 3.12.5 3.13.0", "3.11.9>3.11.10 3.12.4>3.12.5"},
		{"3.11.9 3.12.4", "3.12.5", "3.12.4>3.12.5"},
		{"1.0 2.0", "2.1 3.0", "1.0>3.0 2.0>2.1"}, // 2.0 and 2.1 have more in common than the others
		{"1.8 17.0.1", "17.0.2 21", "1.8>21 17.0.1>17.0.2"},
		{"5.2 5.2-dev", "", ""},
		{"", "1", ""},
	} {
		var got []string
		for _, p := range Match(strings.Fields(tc.before), strings.Fields(tc.after)) {
			got = append(got, p.Before+">"+p.After)
		}
		if s := strings.Join(got, " "); s != tc.want {
			t.Errorf("Match(%s, %s) = %s, want %s", tc.before, tc.after, s, tc.want)
		}
	}
}

// No other way to pair is better, and nothing is paired twice.
func TestMatchAgainstAllWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions := rapid.SliceOfNDistinct(rapid.StringMatching(`[0-3](\.[0-3]){0,2}`), 0, 5, rapid.ID[string])
		before, after := versions.Draw(t, "before"), versions.Draw(t, "after")
		pairs := Match(before, after)
		if len(pairs) != min(len(before), len(after)) {
			t.Fatalf("%d pairs of %q and %q", len(pairs), before, after)
		}
		sum := 0
		var left, right []string
		for _, p := range pairs {
			sum += distance(p.Before, p.After)
			left, right = append(left, p.Before), append(right, p.After)
		}
		for _, side := range [][2][]string{{left, before}, {right, after}} {
			slices.Sort(side[0])
			if slices.ContainsFunc(side[0], func(v string) bool { return !slices.Contains(side[1], v) }) || len(slices.Compact(side[0])) != len(pairs) {
				t.Fatalf("pairs %v of %q and %q", pairs, before, after)
			}
		}
		if best := leastSum(before, after); sum != best {
			t.Fatalf("pairs %v cost %d, want %d", pairs, sum, best)
		}
	})
}

// leastSum tries all ways to pair.
func leastSum(before, after []string) int {
	if len(before) > len(after) {
		before, after = after, before
	}
	if len(before) == 0 {
		return 0
	}
	least := -1
	for i, v := range after {
		rest := slices.Delete(slices.Clone(after), i, i+1)
		if sum := distance(before[0], v) + leastSum(before[1:], rest); least < 0 || sum < least {
			least = sum
		}
	}
	return least
}

func BenchmarkMatch(b *testing.B) {
	var before, after []string
	for i := range matchLimit {
		before = append(before, strings.Repeat("1.", i%7)+string(rune('a'+i%26)))
		after = append(after, strings.Repeat("1.", i%5)+string(rune('a'+i%24)))
	}
	for b.Loop() {
		Match(before, after)
	}
}
