package settings

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// This file has the kinds of settings: how a value of each is read and written.

// jobsField is max-jobs: a number, or "auto" for the number of cores.
func (s *Settings) jobsField() field {
	return field{
		get: func() string { return strconv.Itoa(s.MaxJobs) },
		set: func(value string) error {
			if value == "auto" {
				s.MaxJobs = runtime.NumCPU()
				return nil
			}
			n, err := strconv.ParseUint(value, 10, 31)
			if err != nil {
				return &Complaint{"configuration setting 'max-jobs' should be 'auto' or an integer", fmt.Sprintf("got %q, want 'auto' or a number", value)}
			}
			s.MaxJobs = int(n)
			return nil
		},
	}
}

func sandboxField(p *string) field {
	return field{
		get: func() string { return *p },
		set: func(value string) error {
			switch value {
			case "true", "relaxed", "false":
				*p = value
				return nil
			}
			return &Complaint{fmt.Sprintf("option 'sandbox' has invalid value '%s'", value), fmt.Sprintf("got %q, want 'true', 'relaxed' or 'false'", value)}
		},
	}
}

// profilerField is eval-profiler.
func profilerField(p *string) field {
	return field{
		get: func() string { return *p },
		set: func(value string) error {
			if value != "disabled" && value != "flamegraph" {
				return &Complaint{fmt.Sprintf("option 'eval-profiler' has invalid value '%s'", value), fmt.Sprintf("got %q, want 'disabled' or 'flamegraph'", value)}
			}
			*p = value
			return nil
		},
	}
}

// lintField is a setting about something discouraged.
func lintField(name string, p *string) field {
	return field{
		get: func() string { return cmp.Or(*p, "ignore") },
		set: func(value string) error {
			if value != "ignore" && value != "warn" && value != "fatal" {
				return Complain("option '%s' has invalid value '%s' (expected 'ignore', 'warn', or 'fatal')", name, value)
			}
			*p = value
			return nil
		},
	}
}

// lintWarnField is the Boolean that the setting behind p was before.
func (s *Settings) lintWarnField(p *string) field {
	warn := *p == "warn"
	f := boolField(&warn)
	set := f.set
	f.set = func(value string) error {
		err := set(value)
		if err == nil {
			*p = map[bool]string{true: "warn", false: "ignore"}[warn]
			s.warn("'warn-short-path-literals' is deprecated, use 'lint-short-path-literals = %s' instead", *p)
		}
		return err
	}
	return f
}

func textField(p *string) field {
	return field{
		get: func() string { return *p },
		set: func(value string) error { *p = value; return nil },
	}
}

func boolField(p *bool) field {
	return field{
		get: func() string { return strconv.FormatBool(*p) },
		set: func(value string) error {
			switch value {
			case "true", "yes", "1":
				*p = true
			case "false", "no", "0":
				*p = false
			default:
				return fmt.Errorf("got %q, want a Boolean", value)
			}
			return nil
		},
	}
}

// typeOf returns the type of one of ints.
func typeOf(name string) NumberType {
	switch name {
	case "timeout", "max-silent-time":
		return Long
	case "log-lines", "http-connections", "connect-timeout", "min-free-check-interval":
		return Size
	}
	return Uint
}

func intField(p *int, t NumberType) field {
	return field{
		get: func() string { return strconv.Itoa(*p) },
		set: func(value string) error {
			n, err := ParseNumber(value, t)
			if err == nil {
				*p = int(bounded(n, t))
			}
			return err
		},
	}
}

// bounded returns the largest number that we have for what is larger.
func bounded(n int64, t NumberType) int64 {
	if t == Size && n < 0 {
		return math.MaxInt64
	}
	return n
}

// sizeField is a number of 64 bits.
func sizeField(p *int64) field {
	return field{
		get: func() string { return strconv.FormatInt(*p, 10) },
		set: func(value string) error {
			n, err := ParseNumber(value, Size)
			if err == nil {
				*p = bounded(n, Size)
			}
			return err
		},
	}
}

// pathField is an absolute path. It may be empty if it has no name to be called by.
func pathField(name string, p *string) field {
	return field{
		get: func() string { return *p },
		set: func(value string) error {
			switch {
			case value == "" && name != "":
				return Complain("setting '%s' is a path and paths cannot be empty", name)
			case value == "":
				*p = ""
				return nil
			case !filepath.IsAbs(value):
				return NotAbsolute(value)
			}
			*p = filepath.Clean(value)
			return nil
		},
	}
}

// sortedField is a set of words.
func sortedField(p *[]string) field {
	change := func(words []string) error {
		slices.Sort(words)
		*p = slices.Compact(words)
		return nil
	}
	return field{
		get:    func() string { return strings.Join(*p, " ") },
		set:    func(value string) error { return change(strings.Fields(value)) },
		extend: func(value string) error { return change(slices.Concat(*p, strings.Fields(value))) },
	}
}

func wordsField(p *[]string) field {
	return field{
		get:    func() string { return strings.Join(*p, " ") },
		set:    func(value string) error { *p = strings.Fields(value); return nil },
		extend: func(value string) error { *p = slices.Concat(*p, strings.Fields(value)); return nil },
	}
}

// comparePaths orders names of files as Nix does: relative ones come first.
func comparePaths(a, b string) int {
	if isAbs := strings.HasPrefix(a, "/"); isAbs != strings.HasPrefix(b, "/") {
		if isAbs {
			return 1
		}
		return -1
	}
	return strings.Compare(a, b)
}

// pathsField is sandbox-paths: words "inside=outside" or "both". A '?' at the
// end means that the path may be missing; it stays in the value.
func pathsField(p *map[string]string) field {
	add := func(to map[string]string, value string) error {
		for _, word := range strings.Fields(value) {
			inside, outside, ok := strings.Cut(word, "=")
			if !ok {
				outside = word
				inside = strings.TrimSuffix(word, "?")
			}
			to[inside] = outside
		}
		*p = to
		return nil
	}
	return field{
		get: func() string {
			var words []string
			for _, inside := range slices.SortedFunc(maps.Keys(*p), comparePaths) {
				if outside := (*p)[inside]; strings.TrimSuffix(outside, "?") == inside {
					words = append(words, outside)
				} else {
					words = append(words, inside+"="+outside)
				}
			}
			return strings.Join(words, " ")
		},
		set:    func(value string) error { return add(map[string]string{}, value) },
		extend: func(value string) error { return add(maps.Clone(*p), value) },
	}
}
