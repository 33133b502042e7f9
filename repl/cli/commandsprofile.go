package cli

import (
	"fmt"
	"slices"
)

// profileCommands are those of nix profile.
func profileCommands() []command {
	return []command{
		{name: "profile history", run: runProfileHistory,
			summary: "Show what changed with each generation of a profile.", flags: profileFlags},
		{name: "profile rollback", run: runProfileRollback,
			summary: "Switch a profile to the generation before the current one, or to another.",
			flags: slices.Concat(profileFlags, []flag{dryRunFlag, {[]string{"--to"}, []string{"NUMBER"}, "the generation to switch to", func(inv *invocation, args []string) error {
				to, err := unitInt(args[0])
				if err == nil && to < 1 {
					err = fmt.Errorf("got %d, want the number of a generation", to)
				}
				inv.to = int(to)
				return err
			}}})},
		{name: "profile add", args: "STOREPATH|ATTRPATH...", minArgs: 0, maxArgs: -1, run: runProfileAdd,
			summary: "Add packages to a profile.", flags: profileAddFlags()},
		{name: "profile install", args: "STOREPATH|ATTRPATH...", minArgs: 0, maxArgs: -1, run: runProfileAdd,
			summary: "The same as profile add.", flags: profileAddFlags()},
		{name: "profile remove", args: "[NAME|STOREPATH...]", maxArgs: -1, run: runProfileRemove,
			summary: "Remove packages from a profile.", flags: profileMatchFlags()},
		{name: "profile upgrade", args: "[NAME|STOREPATH...]", maxArgs: -1, run: runProfileUpgrade,
			summary: "Say which packages of a profile could be upgraded.", flags: slices.Concat(profileMatchFlags(), []flag{dryRunFlag}, sourceFlags)},
		{name: "profile pin", args: "NUMBER", minArgs: 1, maxArgs: 1, run: runProfilePin,
			summary: "Keep a generation of a profile from being deleted.",
			flags:   append(profileFlags[:1:1], flag{[]string{"--remove"}, nil, "let it be deleted again", on(func(inv *invocation) *bool { return &inv.remove })})},
		{name: "profile label", args: "NUMBER [TEXT...]", minArgs: 1, maxArgs: -1, run: runProfileLabel,
			summary: "Give a generation of a profile a label, or without TEXT take it away.", flags: profileFlags[:1]},
		{name: "profile delete", args: "[NUMBER...]", maxArgs: -1, run: runProfileDelete,
			summary: "Delete generations of a profile, by number or by rule.", flags: profileDeleteFlags()},
		{name: "profile wipe-history", run: runProfileWipe,
			summary: "Delete the generations of a profile that are not current.",
			flags:   slices.Concat(profileFlags[:1], []flag{dryRunFlag, {[]string{"--older-than"}, []string{"PERIOD"}, "only those older than PERIOD, such as 30d", text1(func(inv *invocation) *string { return &inv.olderThan })}})},
		{name: "profile diff-closures", run: runDiffClosures,
			summary: "Show the difference of closures between the generations of a profile.", flags: profileFlags},
		{name: "profile list", run: runProfileList,
			summary: "List the packages in a profile.", flags: profileFlags},
	}
}
