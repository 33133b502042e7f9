package settings

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// maxIncludes bounds how deep configuration files include each other.
const maxIncludes = 32

// Load returns the defaults overridden by the configuration files and by the
// variables that lookup tells; [os.LookupEnv] is the usual one, and warnings, also beside an error, in
// Nix's words. Files that cannot be read are passed over; one with a syntax error or
// a bad value is a [*FileError].
func Load(lookup func(string) (string, bool)) (*Settings, []string, error) {
	getenv := func(name string) string { value, _ := lookup(name); return value }
	nixPath, hasNixPath := lookup("NIX_PATH")
	l := &loader{s: Default(), hasNixPath: hasNixPath, unknown: map[string]bool{}}
	l.s.NetrcFile = filepath.Join(confDir(getenv), "netrc")
	if file, ok := lookup("NIX_SSL_CERT_FILE"); ok {
		l.s.SSLCertFile = cmp.Or(file, l.s.SSLCertFile)
	} else {
		l.s.SSLCertFile = cmp.Or(getenv("SSL_CERT_FILE"), l.s.SSLCertFile)
	}
	if remote := getenv("NIX_REMOTE"); remote != "" {
		if err := l.s.storeField().set(remote); err != nil {
			return nil, nil, err
		}
	}
	if kvm, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0); err == nil {
		kvm.Close()
		l.s.hasKVM = true
		l.s.SystemFeatures = append(l.s.SystemFeatures, "kvm")
		slices.Sort(l.s.SystemFeatures)
	}
	for _, file := range files(getenv) {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if err := l.apply(string(text), file); err != nil {
			return nil, l.warnings, err
		}
		if file == filepath.Join(confDir(getenv), "nix.conf") {
			clear(l.s.users)
		}
	}
	if text := getenv("NIX_CONFIG"); text != "" {
		if err := l.apply(text, "NIX_CONFIG"); err != nil {
			return nil, l.warnings, err
		}
	}
	if l.hasNixPath {
		l.s.NixPath = splitNixPath(nixPath)
		l.s.overridden["nix-path"] = true
	}
	return l.s, append(append(l.s.Warnings(), l.warnings...), l.unknownNames()...), nil
}

// confDir returns the directory of the machine's own configuration.
func confDir(getenv func(string) string) string {
	if dir := getenv("NIX_CONF_DIR"); dir != "" {
		return filepath.Clean(dir)
	}
	return "/etc/nix"
}

// files returns the configuration files that may be there, weakest first.
func files(getenv func(string) string) []string {
	user := filepath.SplitList(getenv("NIX_USER_CONF_FILES"))
	if len(user) == 0 {
		for _, dir := range configDirs(getenv) {
			user = append(user, filepath.Join(dir, "nix.conf"))
		}
	}
	all := []string{filepath.Join(confDir(getenv), "nix.conf")}
	for i := len(user) - 1; i >= 0; i-- {
		all = append(all, user[i])
	}
	return all
}

// configDirs returns the directories of the user's configuration, strongest first.
func configDirs(getenv func(string) string) []string {
	var dirs []string
	if dir := getenv("NIX_CONFIG_HOME"); dir != "" {
		dirs = append(dirs, dir)
	} else if home := getenv("XDG_CONFIG_HOME"); home != "" {
		dirs = append(dirs, filepath.Join(home, "nix"))
	} else if home := getenv("HOME"); home != "" {
		dirs = append(dirs, filepath.Join(home, ".config", "nix"))
	}
	more := getenv("XDG_CONFIG_DIRS")
	if more == "" {
		more = "/etc/xdg"
	}
	for _, dir := range filepath.SplitList(more) {
		dirs = append(dirs, filepath.Join(dir, "nix"))
	}
	return dirs
}

// An assignment is one "name = value".
type assignment struct{ name, value, where string }

// rank is 1 for experimental features, and 0 for all else.
func (a assignment) rank() int {
	if strings.TrimPrefix(a.name, "extra-") == "experimental-features" {
		return 1
	}
	return 0
}

type loader struct {
	s          *Settings
	hasNixPath bool
	warnings   []string
	unknown    map[string]bool
}

// apply sets what text says. Relative includes are relative to file.
func (l *loader) apply(text, file string) error {
	assignments, err := parse(text, file, maxIncludes)
	if err != nil {
		return err
	}
	slices.SortStableFunc(assignments, func(a, b assignment) int { // as Nix does: they decide which others there are
		return cmp.Compare(b.rank(), a.rank())
	})
	for _, a := range assignments {
		if l.hasNixPath && (a.name == "nix-path" || a.name == "extra-nix-path") {
			continue
		}
		var bad *ValueError
		var ignored *IgnoredError
		err := l.s.Set(a.name, a.value)
		switch {
		case errors.Is(err, ErrUnknown):
			l.unknown[a.name] = true
		case errors.As(err, &ignored):
			l.warnings = append(l.warnings, ignored.Error())
		case errors.As(err, &bad):
			return &FileError{a.where, bad.Warning(), true}
		case err != nil:
			return &FileError{a.where, err.Error(), false}
		}
		l.warnings = append(l.warnings, l.s.Warnings()...)
	}
	return nil
}

// A FileError says what is wrong in a configuration file.
type FileError struct {
	Where string // its name, or "NIX_CONFIG"
	Words string // of Nix
	// Usage is true of what Nix adds to where to read more.
	Usage bool
}

func (e *FileError) Error() string { return e.Words }

// unknownNames returns warnings of settings of which not even the name is known,
// one for each name, sorted.
func (l *loader) unknownNames() []string {
	var warnings []string
	for _, name := range slices.Sorted(maps.Keys(l.unknown)) {
		warnings = append(warnings, fmt.Sprintf("unknown setting '%s'", name))
	}
	return warnings
}

// parse splits text into assignments, those of included files in their place.
func parse(text, file string, depth int) ([]assignment, error) {
	var out []assignment
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		code, _, _ := strings.Cut(line, "#")
		words := strings.Fields(code)
		if len(words) == 0 {
			continue
		}
		isInclude := words[0] == "include" || words[0] == "!include"
		switch {
		case isInclude && len(words) == 2:
			more, err := include(words[1], file, words[0] == "!include", depth)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		case !isInclude && len(words) >= 2 && words[1] == "=":
			out = append(out, assignment{words[0], strings.Join(words[2:], " "), file})
		default:
			return nil, &FileError{file, fmt.Sprintf("syntax error in configuration line '%s' in \"%s\"", code, file), true}
		}
	}
	return out, nil
}

// include parses the file name that file includes.
func include(name, file string, optional bool, depth int) ([]assignment, error) {
	if depth == 0 {
		return nil, &FileError{file, fmt.Sprintf("configuration files include each other more than %d deep", maxIncludes), false}
	}
	if !filepath.IsAbs(name) {
		if !filepath.IsAbs(file) { // NIX_CONFIG, which is in no directory
			return nil, &FileError{file, NotAbsolute(name).Error(), false}
		}
		name = filepath.Join(filepath.Dir(file), name)
	}
	text, err := os.ReadFile(name)
	switch isThere := !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR); {
	case !isThere && optional:
		return nil, nil
	case !isThere:
		return nil, &FileError{file, fmt.Sprintf("file \"%s\" included from \"%s\" not found", name, file), false}
	case err != nil:
		return nil, nil // as Nix: an access token file may be another user's
	}
	return parse(string(text), name, depth-1)
}

// splitNixPath splits a NIX_PATH at its colons, but not at the one after the
// scheme of a URL.
// Behaviour: Nix, eval-settings.cc.
func splitNixPath(s string) []string {
	var out []string
	for s != "" {
		end := strings.IndexByte(s, ':')
		if end < 0 {
			end = len(s)
		} else if target := s[strings.LastIndexByte(s[:end], '=')+1:]; IsPseudoURL(target) || strings.HasPrefix(target, "flake:") {
			next := strings.IndexByte(s[end+1:], ':')
			if next < 0 {
				end = len(s)
			} else {
				end += 1 + next
			}
		}
		if end > 0 {
			out = append(out, s[:end])
		}
		s = strings.TrimPrefix(s[end:], ":")
	}
	return out
}

// IsPseudoURL reports whether an entry of a search path, or the name of a file on a
// command line, is a URL that a tarball is fetched from, or a channel.
// Behaviour: EvalSettings::isPseudoUrl of Nix.
func IsPseudoURL(s string) bool {
	if strings.HasPrefix(s, "channel:") {
		return true
	}
	scheme, _, ok := strings.Cut(s, "://")
	return ok && slices.Contains([]string{"http", "https", "file", "channel", "git", "s3", "ssh"}, scheme)
}
