package tuitest

import (
	"fmt"
	"time"

	"nixbench/engine/event"
	"nixbench/store"
)

// Dir is the store directory of the made-up world.
const Dir = store.DefaultDir

// PathNamed is the store path of the made-up package of that name; its digest
// is made of the name.
func PathNamed(name string) store.Path {
	const digits = "0123456789abcdfghijklmnpqrsvwxyz"
	h := uint64(14695981039346656037)
	digest := make([]byte, 32)
	for i := range digest {
		for _, c := range []byte(name) {
			h = (h ^ uint64(c)) * 1099511628211
		}
		digest[i] = digits[h>>40%32]
	}
	return store.Path(string(Dir) + "/" + string(digest) + "-" + name)
}

// pkg is a package of the made-up world: like the tour's, in four layers.
type pkg struct {
	name string
	kib  int64
	refs []string
}

func packages() []pkg {
	return []pkg{
		{"words-2026", 46, nil},
		{"locales-5.1", 2610, nil},
		{"fonts-3.0", 1604, nil},
		{"libcore-2.1", 481, nil},
		{"libzed-1.2", 121, []string{"libcore-2.1"}},
		{"libzed-1.3", 131, []string{"libcore-2.1"}},
		{"libnet-4.0", 260, []string{"libcore-2.1"}},
		{"libnet-4.0-dev", 40, []string{"libnet-4.0"}},
		{"libdraw-0.9", 700, []string{"libcore-2.1", "fonts-3.0"}},
		{"editor-7.2", 1250, []string{"libdraw-0.9", "libzed-1.2", "words-2026"}},
		{"viewer-1.1", 340, []string{"libdraw-0.9"}},
		{"player-3.4", 890, []string{"libdraw-0.9", "libzed-1.3"}},
		{"fetcher-2.0", 210, []string{"libnet-4.0", "libzed-1.3"}},
		{"mailer-5.5", 610, []string{"libnet-4.0", "locales-5.1"}},
		{"shell-1.0", 95, []string{"libcore-2.1"}},
		{"tools-1.4", 30, []string{"shell-1.0", "fetcher-2.0"}},
		{"desktop-12", 12, []string{"editor-7.2", "viewer-1.1", "player-3.4", "tools-1.4"}},
		{"server-12", 9, []string{"mailer-5.5", "fetcher-2.0", "shell-1.0"}},
		{"desktop-11", 12, []string{"editor-7.2", "viewer-1.1", "tools-1.4"}},
		{"old-editor-6.0", 1100, []string{"libzed-1.2"}},
		{"scratch-0.1", 77, []string{"libcore-2.1"}},
	}
}

// NewGraph is the graph of the made-up store: each package with its deriver.
func NewGraph() *store.Graph {
	var nodes []store.GraphNode
	var refs, outputs [][2]int32
	at := map[string]int32{}
	for i, p := range packages() {
		drv := PathNamed(p.name + ".drv")
		at[p.name] = int32(len(nodes))
		nodes = append(nodes, store.GraphNode{
			Path: PathNamed(p.name), NarSize: p.kib << 10, Deriver: drv,
			Registered: Start().Add(-time.Duration(90-i) * 24 * time.Hour).Unix(),
		})
		outputs = append(outputs, [2]int32{int32(len(nodes)), at[p.name]})
		nodes = append(nodes, store.GraphNode{Path: drv, NarSize: 1400, Registered: Start().Unix()})
		for _, r := range p.refs {
			refs = append(refs, [2]int32{at[p.name], at[r]}, [2]int32{at[p.name] + 1, at[r] + 1})
		}
	}
	return store.NewGraph(nodes, refs, outputs)
}

// Activities are snapshots of builds in all states: one request, and below it
// builds that are done, run, wait, and failed.
func Activities() []event.Activity {
	now := Start()
	build := func(id event.ID, name string, state event.State, needs ...event.ID) event.Activity {
		act := event.Activity{
			ID: id, Parent: 1, Kind: event.Build, Name: name, Subject: string(PathNamed(name + ".drv")),
			State: state, Needs: needs, WaitingOn: len(needs),
		}
		if state != event.Waiting {
			act.LogFile = "/var/log/" + name
			act.Started = now.Add(-time.Duration(id) * 7 * time.Second)
			act.WaitingOn = 0
		}
		if state.Final() {
			act.Ended = act.Started.Add(5 * time.Second)
		}
		return act
	}
	acts := []event.Activity{
		{ID: 1, Kind: event.Realise, Name: "desktop-12", State: event.Running, Started: now.Add(-102 * time.Second)},
		build(2, "libcore-2.1", event.Done),
		build(3, "fonts-3.0", event.Done),
		build(4, "libdraw-0.9", event.Running, 2, 3),
		build(5, "libzed-1.2", event.Done, 2),
		build(6, "libzed-1.3", event.Failed, 2),
		build(7, "editor-7.2", event.Waiting, 4, 5),
		build(8, "player-3.4", event.Waiting, 4, 6),
		build(9, "desktop-12", event.Waiting, 7, 8),
	}
	acts[3].Phase, acts[3].LogSize = "buildPhase", 4096
	acts[5].Phase, acts[5].ExitStatus, acts[5].Err = "checkPhase", 2, "exit status 2"
	sub := event.Activity{
		ID: 10, Parent: 1, Kind: event.Substitute, Name: "locales-5.1", Subject: string(PathNamed("locales-5.1")), Text: "file:///srv/cache",
		State: event.Running, Done: 61 << 20, Total: 255 << 20, Started: now.Add(-31 * time.Second),
	}
	return append(acts, sub)
}

// LogText is the log of a made-up build of n lines, with colours, a progress
// bar and escape sequences that must not reach the screen.
func LogText(n int) string {
	out := ""
	for i := range n {
		switch {
		case i%50 == 49:
			out += fmt.Sprintf("src/unit-%03d.c:%d:9: \x1b[35mwarning:\x1b[0m unused variable 'ret'\n", i, i)
		case i%97 == 96:
			out += " 10%\r 55%\r100% linked\n"
		case i%89 == 88:
			out += "\x1b]0;owned\x07\x1b[2Jnote: title and screen left alone\n"
		default:
			out += fmt.Sprintf("  CC      src/unit-%03d.o\n", i)
		}
	}
	return out
}
