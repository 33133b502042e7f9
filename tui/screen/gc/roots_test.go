package gc_test

import (
	"fmt"
	"os"
	"testing"

	"nixbench/store"
	storegc "nixbench/store/gc"
	"nixbench/tui/tuitest"
)

// The confirmation says which roots go, however long their names are: what is cut off
// must not be what tells two generations apart.
func TestConfirmNamesRoots(t *testing.T) {
	app, dir := tuitest.PathNamed("app"), "/home/somebody/with/a/long/name/.local/share/nixbench/root/nix/var/nix/profiles/"
	d := start(t, &custom{
		Backend: tuitest.NewBackend(t),
		nodes:   []store.GraphNode{{Path: app, NarSize: 900}},
		roots: []storegc.Root{
			{Link: dir + "profile-41-link", Path: app, Kind: storegc.KindGeneration},
			{Link: dir + "profile-42-link", Path: app, Kind: storegc.KindGeneration},
		},
	}, 60, 20)
	d.Keys("* X")
	d.Wants("2 roots will be removed", "profile-41-link", "profile-42-link")
}

// Generations of several profiles may have the same name: then they are told apart by
// their directories.
func TestSameNames(t *testing.T) {
	app, dir := tuitest.PathNamed("app"), "/nix/var/nix/profiles/"
	d := start(t, &custom{
		Backend: tuitest.NewBackend(t),
		nodes:   []store.GraphNode{{Path: app, NarSize: 900}},
		roots: []storegc.Root{
			{Link: dir + "per-user/alice/profile-1-link", Path: app, Kind: storegc.KindGeneration},
			{Link: dir + "per-user/root/profile-1-link", Path: app, Kind: storegc.KindGeneration},
			{Link: dir + "per-user/root/profile-2-link", Path: app, Kind: storegc.KindGeneration},
		},
	}, 100, 30)
	d.Wants("alice/profile-1-link", "root/profile-1-link", "[ ] profile-2-link")
}

// A link in a directory that the user may not write to is not theirs to remove, though a
// daemon would delete what it keeps.
func TestLockedRoots(t *testing.T) {
	app, link := tuitest.PathNamed("app"), "/nix/var/nix/profiles/system-1-link"
	d := start(t, &custom{
		Backend: tuitest.NewBackend(t),
		nodes:   []store.GraphNode{{Path: app, NarSize: 900}},
		roots:   []storegc.Root{{Link: link, Path: app, Kind: storegc.KindGeneration, Locked: true}},
	}, 120, 30)
	d.Wants("[!] system-1-link")
	d.Keys("space")
	d.Wants("not yours to remove: sudo rm " + link)
	d.Keys("*")
	d.Lacks("[x]")
	d.Wants("1 root of others")
}

// What the workbench itself keeps until it ends says so.
func TestOwnTemporaryRoots(t *testing.T) {
	app, tool := tuitest.PathNamed("app"), tuitest.PathNamed("tool")
	d := start(t, &custom{
		Backend: tuitest.NewBackend(t),
		nodes:   []store.GraphNode{{Path: app, NarSize: 900}, {Path: tool, NarSize: 900}},
		roots: []storegc.Root{
			{Link: "/nix/var/nix/temproots/7", Path: app, Kind: storegc.KindTemp, Note: fmt.Sprintf("nixbench, process %d", os.Getpid())},
			{Link: "/nix/var/nix/temproots/8", Path: tool, Kind: storegc.KindTemp, Note: "nix, process 1"},
		},
	}, 120, 40)
	d.Wants("app (this program)", "tool (nix 1)", "2 temporary roots, 1 of this program")
	d.Lacks("of this program..")
	d.Keys("j space")
	d.Lacks("[x]")
}

// What is yet to be built has a temporary root, which does not dangle.
func TestDanglingFilter(t *testing.T) {
	d := start(t, &custom{
		Backend: tuitest.NewBackend(t),
		roots: []storegc.Root{
			{Link: "/nix/var/nix/temproots/7", Path: tuitest.PathNamed("app"), Kind: storegc.KindTemp, Note: "nix, process 7", Dangling: true},
			{Link: "/home/me/result", Kind: storegc.KindResult, Dangling: true},
		},
	}, 100, 30)
	d.Keys("f")
	d.Wants("1 root ")
	d.Type("dangling")
	d.Keys("enter")
	d.Wants("~/result", "show: dangling")
	d.Lacks("nix 7")
}

// More than there is cannot be had, and that is said in a line.
func TestFreeTooMuch(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24)
	d.Keys("F 9 T enter")
	d.Wants("can be freed", "for 9.00 TiB  only 4.4 MiB can go")
	d.Lacks("@ messages")
}

// A word without stars is looked for anywhere in the names.
func TestPatternWord(t *testing.T) {
	d := start(t, tuitest.NewBackend(t), 80, 24)
	d.Keys("p")
	d.Type("flake")
	d.Keys("enter")
	d.Wants("marked 1 root")
}
