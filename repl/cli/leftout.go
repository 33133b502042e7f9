package cli

// leftOut are commands of Nix that are not here, and why.
var leftOut = map[string]string{
	"nix-copy-closure": "it copies over ssh; 'nixbench copy --to' and '--from' copy between stores of this machine",
	"nix-daemon":       "nixbench is a client of Nix's daemon, and none itself; 'nixbench nix-store --serve' answers ssh:// stores",
	"bundle":           "it is about flakes",
	"daemon":           "nixbench is a client of Nix's daemon, and none itself",
	"edit":             "it is for packages of flakes",
	"env":              "it is for packages of flakes",
	"flake":            "flakes are fetched from the network",
	"fmt":              "it is for flakes",
	"formatter":        "it is for flakes",
	"registry":         "it is about flakes",
	"upgrade-nix":      "it comes from the network",
}
