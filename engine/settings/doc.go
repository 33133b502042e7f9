// Package settings holds what nix.conf, NIX_CONFIG and options decide.
//
// [Load] reads, each overriding the one before,
//
//	$NIX_CONF_DIR/nix.conf                     or /etc/nix/nix.conf
//	$NIX_USER_CONF_FILES, last file first      or nix/nix.conf in $XDG_CONFIG_DIRS and $XDG_CONFIG_HOME
//	                                           (nix.conf in $NIX_CONFIG_HOME, if that is set)
//	$NIX_CONFIG                                the text itself
//	$NIX_PATH                                  over nix-path only
//
// and [Settings.Set] is what a command's options do after that.
// A setting that we do not know is a warning, once, and never an error, so that
// one nix.conf serves us and the Nix beside us.
//
// Format: Nix manual, "nix.conf".
package settings
