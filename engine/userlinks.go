package engine

import (
	"io/fs"
	"os"
	"path/filepath"

	"nixbench/store/profile"
)

// This file is what Nix keeps in a user's home directory, or in that of the state of
// programs: links to profiles, and the list of channels.

// ProfileLink returns the link that leads to the user's profile.
func (e *Engine) ProfileLink() string {
	if e.settings.UseXDGBase {
		return filepath.Join(e.StateHome(), "nix", "profile")
	}
	return filepath.Join(e.getenv("HOME"), ".nix-profile")
}

// MakeProfileLinks makes the links to the user's profile that are missing, where the store is
// the machine's. What cannot be made is not missed.
// Behaviour: getDefaultProfile in Nix's profiles.cc.
func (e *Engine) MakeProfileLinks() {
	if e.store.StateDir() != e.machineState() {
		return
	}
	dir := e.userProfiles()
	if os.MkdirAll(dir, 0o755) != nil {
		return
	}
	links := []string{e.ProfileLink()}
	if os.Geteuid() == 0 {
		links = append(links, filepath.Join(e.machineState(), "profiles", "default"))
	}
	for _, link := range links {
		if makeLink(link, filepath.Join(dir, "profile")) != nil {
			return
		}
	}
}

// makeLink makes link lead to target if there is nothing yet.
func makeLink(link, target string) error {
	if _, err := os.Lstat(link); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return err
	}
	return profile.SwitchLink(link, target)
}

// ChannelsProfile returns the profile that nix-channel makes: the user's own, or in a store
// of one's own, the store's.
func (e *Engine) ChannelsProfile() string {
	if e.store.StateDir() != e.machineState() {
		return filepath.Join(e.store.StateDir(), "profiles", "channels")
	}
	return filepath.Join(e.userProfiles(), "channels")
}

// rootChannels returns the profile of the channels that all users have.
func (e *Engine) rootChannels() string {
	return filepath.Join(e.machineState(), "profiles", "per-user", "root", "channels")
}

// ChannelsFile returns the list of the user's channels.
func (e *Engine) ChannelsFile() string {
	if e.settings.UseXDGBase {
		return filepath.Join(e.NixState(), "channels")
	}
	return filepath.Join(e.getenv("HOME"), ".nix-channels")
}

// DefExpr returns the directory of what nix-env takes packages from.
func (e *Engine) DefExpr() string {
	if e.settings.UseXDGBase {
		return filepath.Join(e.NixState(), "defexpr")
	}
	return filepath.Join(e.getenv("HOME"), ".nix-defexpr")
}

// MakeDefExpr makes that directory, of the channels of the user and of root, if it is missing
// and the store is the machine's.
// Behaviour: main_nix_env in Nix's nix-env.cc.
func (e *Engine) MakeDefExpr() {
	dir := e.DefExpr()
	if _, err := os.Lstat(dir); err == nil || e.store.StateDir() != e.machineState() {
		return
	}
	if makeLink(filepath.Join(dir, "channels"), e.ChannelsProfile()) == nil && os.Geteuid() != 0 {
		_ = makeLink(filepath.Join(dir, "channels_root"), e.rootChannels())
	}
}

// ShowChannels makes nix-env take packages from the channels.
func (e *Engine) ShowChannels() error {
	dir := e.DefExpr()
	if info, err := os.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if err := os.Remove(dir); err != nil { // it led to the one file that packages once came from
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return profile.SwitchLink(filepath.Join(dir, "channels"), e.ChannelsProfile())
}
