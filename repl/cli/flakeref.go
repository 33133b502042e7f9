package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"nixbench/engine"
	"nixbench/engine/settings"
	"nixbench/engine/uri"
	"nixbench/repl/text"
	"nixbench/store"
)

// This file says what is wrong with arguments that are installables, where there is no
// expression that they could be attributes of. Nix takes what is no store path for a
// reference to a flake then, and flakes are not here.

// flakeRegistryRef matches a reference to a flake by its name in a registry, or by a URL.
// Behaviour: parseFlakeIdRef in Nix's flakeref.cc, and parseURL.
var flakeRegistryRef = uri.Pattern(`^(?:[a-zA-Z][a-zA-Z0-9_-]*(?:/[a-zA-Z0-9@][a-zA-Z0-9_.@+-]*(?:/[0-9a-f]{40})?)?(?:#.*)?|[a-z][a-z0-9+.-]*:.*)$`)

// noExpression returns the error for an installable where neither --file nor --expr is
// given: as Nix words it if Nix, too, finds no flake there.
func (inv *invocation) noExpression(eng *engine.Engine, arg string) error {
	name, _, err := cutOutputs(arg)
	if err != nil {
		return err
	}
	if arg == "" {
		if inv.env.nixName() != "nix" {
			return inv.cmd.usage("say which expression is meant: --file FILE or --expr EXPR")
		}
		name = "."
	}
	if inst, ok, err := inv.storePath(eng, arg); ok && err == nil {
		return inv.cmd.usage("installable '%s' does not correspond to a Nix language value", inst.target)
	}
	_, attr, _ := strings.Cut(name, "#")
	if err := inv.checkFlakeRef(name, true); err != nil {
		return err
	}
	if inv.env.nixName() == "nix" { // nixbench has no flakes, whatever is enabled
		if err := wantFeature(eng.Settings(), "flakes"); err != nil {
			return err
		}
	}
	example := ""
	if attr != "" {
		example = ", as in --file '<nixpkgs>' " + attr
	}
	return fmt.Errorf("cannot evaluate '%s': flakes are not supported yet; --file FILE or --expr EXPR says which expression is meant%s",
		text.Sanitise(name), text.Sanitise(example))
}

// wantFlake says that a flag names a flake, which must be there, or above, if it is to be found.
func (inv *invocation) wantFlake(ref string, find bool) {
	inv.checks = append(inv.checks, func(set *settings.Settings) error {
		if err := inv.checkFlakeRef(ref, find); err != nil {
			return err
		}
		return wantFeature(set, "flakes")
	})
}

// noFlakeCommand returns Nix's error for `nix flake` where flakes are off, nil where they are
// on, as the configuration and args say: nothing has been made of these.
func (inv *invocation) noFlakeCommand(args []string) error {
	set, err := engine.LoadSettings(inv.env.Getenv, inv.warn)
	if err != nil {
		return err
	}
	for i, arg := range args[:len(args)-1] {
		if name, ok := strings.CutPrefix(arg, "--"); ok && strings.HasSuffix(name, "experimental-features") {
			if err := set.Set(name, args[i+1]); err != nil {
				return err
			}
		}
	}
	return wantFeature(set, "flakes")
}

// checkFlakeRef says what is wrong with a reference to a flake that is a path: of a
// directory that need not be a flake, unless it is to be found, there or above.
func (inv *invocation) checkFlakeRef(ref string, find bool) error {
	if flakeRegistryRef().MatchString(ref) {
		return nil
	}
	path, _, _ := strings.Cut(ref, "#")
	path, _, _ = strings.Cut(path, "?")
	dir, err := inv.flakeDir(inv.abs(path))
	if err != nil || !find {
		return err
	}
	return inv.findFlake(dir)
}

// flakeDir returns the directory that a path of a flake leads to.
// Behaviour: parsePathFlakeRefWithFragment in Nix's flakeref.cc, as findFlake.
func (inv *invocation) flakeDir(dir string) (string, error) {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return "", fmt.Errorf("getting status of %s: %s", quoteFile(dir), systemError(err))
	case !info.IsDir() && filepath.Base(dir) == "flake.nix":
		inv.warn(fmt.Sprintf("Path %s should point at the directory containing the 'flake.nix' file, not the file itself. Pretending that you meant %s",
			quoteFile(dir), quoteFile(filepath.Dir(dir))))
		dir = filepath.Dir(dir)
	case !info.IsDir():
		return "", fmt.Errorf("path %s is not a flake (because it's not a directory)", quoteFile(dir))
	}
	return dir, nil
}

// findFlake looks for a flake.nix in dir and in the directories above it.
func (inv *invocation) findFlake(dir string) error {
	if exists(filepath.Join(dir, "flake.nix")) {
		return nil
	}
	inv.notice("path %s does not contain a 'flake.nix', searching up", quoteFile(dir))
	for device := deviceOf(dir); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		switch {
		case exists(filepath.Join(dir, "flake.nix")):
			return nil
		case exists(filepath.Join(dir, ".git")):
			return fmt.Errorf("path %s is not part of a flake (neither it nor its parent directories contain a 'flake.nix' file)", quoteFile(dir))
		case deviceOf(dir) != device:
			return fmt.Errorf("unable to find a flake before encountering filesystem boundary at %s", quoteFile(dir))
		}
	}
	return errors.New("could not find a flake.nix file")
}

func quoteFile(name string) string { return store.QuoteFile(text.SanitiseName(name)) }

func exists(file string) bool {
	_, err := os.Lstat(file)
	return !errors.Is(err, fs.ErrNotExist)
}

// deviceOf returns the device that a file is on, 0 if it cannot be looked at.
func deviceOf(file string) uint64 {
	var st unix.Stat_t
	if unix.Lstat(file, &st) != nil {
		return 0
	}
	return uint64(st.Dev) //nolint:unconvert // an int32 on some systems
}
