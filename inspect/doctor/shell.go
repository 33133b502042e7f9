package doctor

import "nixbench/engine/sandbox"

// lookAtShell looks whether a program can be the /bin/sh of sandboxes, which have no
// libraries; paths are the setting sandbox-paths, which may name another.
func lookAtShell(program string, paths map[string]string) []Finding {
	if _, other := paths["/bin/sh"]; other {
		return nil
	}
	if !sandbox.NeedsLibraries(program) {
		return nil
	}
	return []Finding{{"sandbox", Problem, "this nixbench was built with cgo: it needs libraries, which no sandbox has, and so cannot be its /bin/sh",
		"build it with CGO_ENABLED=0, as make does, or name a static shell: sandbox-paths = /bin/sh=/PATH/TO/busybox"}}
}
