package settings

import (
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// System returns Nix's name of the machine that we run on.
func System() string {
	arch := map[string]string{"amd64": "x86_64", "arm64": "aarch64", "386": "i686", "arm": "armv7l"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	return arch + "-" + runtime.GOOS
}

// defaultFeatures returns the features that every machine of its kind has, sorted.
func defaultFeatures() []string {
	features := []string{"benchmark", "big-parallel", "nixos-test"}
	if runtime.GOOS == "linux" {
		features = append(features, "uid-range")
	}
	return features
}

// extraPlatforms returns the other systems whose programs this machine runs: those
// of 32 bits, and the levels of its instruction set.
//
// Behaviour: Nix, globals.cc and compute-levels.cc.
func extraPlatforms() []string {
	if System() != "x86_64-linux" {
		return nil
	}
	platforms := []string{"i686-linux"}
	for _, level := range levels() {
		platforms = append(platforms, level+"-linux")
	}
	return platforms
}

// levelFlags are what each level of x86-64 adds to the one before, as
// /proc/cpuinfo calls it.
var levelFlags = [][]string{
	{"cmov", "cx8", "fpu", "fxsr", "mmx", "sse", "sse2"},
	{"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"},
	{"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"},
	{"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
}

// levels returns the levels of x86-64 that the first processor has.
var levels = sync.OnceValue(func() []string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return nil
	}
	defer file.Close()
	data, _ := io.ReadAll(io.LimitReader(file, 8<<10)) // the others are the same
	return levelsOf(string(data))
})

func levelsOf(cpuinfo string) []string {
	_, rest, _ := strings.Cut(cpuinfo, "\nflags")
	line, _, _ := strings.Cut(rest, "\n")
	has := strings.Fields(line)
	var names []string
	for i, level := range []string{"x86_64-v1", "x86_64-v2", "x86_64-v3", "x86_64-v4"} {
		if slices.ContainsFunc(levelFlags[i], func(flag string) bool { return !slices.Contains(has, flag) }) {
			break
		}
		names = append(names, level)
	}
	return names
}
