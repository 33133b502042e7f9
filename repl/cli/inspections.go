package cli

import "slices"

// inspections are the commands that answer questions about stores; nix has none
// of them.
func inspections() []command {
	return []command{
		{name: "why", args: "PATH [DEPENDENCY]", minArgs: 1, maxArgs: 2, run: runWhy,
			summary: "Say which roots keep a path alive, or why it depends on another and which references to cut.",
			flags:   slices.Concat([]flag{jsonFlag}, sourceFlags)},
	}
}
