package cli

import (
	"errors"
	"strings"
	"testing"

	"nixbench/engine/syntax"
)

// What is filled in has the colour, and what the message says itself has none. In these
// <> is magenta, {} is red, [] is bold and | is a >.
func TestPaint(t *testing.T) {
	colours := strings.NewReplacer("<", string(syntax.Magenta), "{", string(syntax.Red), "[", string(syntax.Bold), ">", "\x1b[0m", "}", "\x1b[0m", "]", "\x1b[0m", "|", ">")
	for _, want := range []string{
		"no operation specified",
		"don't know how to open Nix store with scheme '<foo>'",
		"path '</nix/store/x>' is not valid",
		`path <"/tmp/nope"> is not in the Nix store`,
		"you must pass '--from' and/or '--to'",
		"you must specify at least one substituter using '-s'",
		"not enough arguments to '--set-flag'",
		"unrecognised flag '<--foo>'",
		"unknown hash algorithm '<sha9>', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'",
		"configuration setting '<max-jobs>' should be 'auto' or an integer",
		"invalid number of days specifier '<x>', expected something like '14d'",
		"flag '<--arg>' requires <2> argument(s), but only <1> were given",
		"'nix profile' no longer supports indices ('<3>')",
		"required argument '--<key-file>' is missing",
		"experimental Nix feature '<ca-derivations>' is disabled; add '--extra-experimental-features <ca-derivations>' to enable it",
		`opening file <"nope">: <No such file or directory>`,
		"cannot <connect> to socket at '</nope>': <Connection refused>",
		"profile version <33> does not exist",
		"build of <'/nix/store/a.drv', '/nix/store/b.drv'> failed",
		"Cannot build '</nix/store/x.drv>'.\nReason: {builder failed with exit code 3}.\nOutput paths:\n  </nix/store/x>\n" +
			"Last 1 log lines:\n| it's 'not' \"painted\"\nFor full logs, run:\n  [nix log /nix/store/x.drv]",
		"Cannot build '</nix/store/x.drv>'.\nReason: {platform mismatch}\nRequired system: '<foo-bar>'",
		"hash mismatch in fixed-output derivation '</nix/store/x.drv>':\n  specified: <sha256-a=>\n     got:    <sha256-b=>",
	} {
		want = colours.Replace(want)
		if got := paint(syntax.Hint(want).Plain()); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// What was being done stands above an error, each line of it where the error does.
func TestWithTrace(t *testing.T) {
	got := string(syntax.Hint(withTrace([]string{"one\ntwo", "three"}, errors.New("four"))).Plain())
	if want := "error:\n       … one\n       two\n\n       … three\n\n       error: four"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
