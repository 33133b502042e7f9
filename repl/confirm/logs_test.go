//go:build confirm

package confirm

import "testing"

// Logs that are printed as they come are laid out as by the real Nix: tabs, blanks at the
// ends of lines, what a carriage return is followed by, lines without an end, long ones.
func TestConfirmLogLayout(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
		tw.set(t, "cat > logs.nix <<'END'\n"+logLayouts+"END\n")
	}
	tw.compareLines(t, `
nix build -f logs.nix --no-link -L tabs
nix build -f logs.nix --no-link -L blanks
nix build -f logs.nix --no-link -L returns
nix build -f logs.nix --no-link -L unended
nix build -f logs.nix --no-link -L long
nix build -f logs.nix --no-link -L colours
nix-build logs.nix --no-out-link -A again.tabs
nix-build logs.nix --no-out-link -A again.blanks
nix-build logs.nix --no-out-link -A again.returns
nix-build logs.nix --no-out-link -A again.unended
nix-build logs.nix --no-out-link -A again.colours
for a in tabs blanks returns unended long colours; do nix log -f logs.nix $a; done
`)
}

const logLayouts = `let set = suffix: let mk = name: script: derivation { name = name + suffix; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "${script}; : > $out" ]; }; in {
  tabs = mk "tabs" ''printf 'a\tb\tc\n\tx\n        \ty\n' '';
  blanks = mk "blanks" ''printf '  lead\ntrail   \n   \n\n\t\nx\n\n' '';
  returns = mk "returns" ''printf 'a\rb\n10%%\r20%%\r30%%\nlast' '';
  unended = mk "unended" ''printf 'no newline' '';
  long = mk "long" ''printf '%05000d\n' 1; printf '%010000d' 2'';
  colours = mk "colours" ''printf '\033[31mred\033[0m \033[2Jclear \033[1;32;4mx\033[m \033]8;;http://x\033\\link\033]8;;\033\\ \033[1Aup\n' '';
}; in set "" // { again = set "-again"; }
`
