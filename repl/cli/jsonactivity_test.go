package cli

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/event"
	"nixbench/store"
)

// TestJSONActivities pins what is told of a build that has to wait and has a hook after it:
// what Nix 2.34.8 tells, but for the activities that are about all builds.
func TestJSONActivities(t *testing.T) {
	now := time.Now()
	wait := event.Activity{ID: 1, Kind: event.Wait, State: event.Running, Started: now, Text: "waiting for lock on '/store/a', '/store/b'"}
	build := event.Activity{ID: 2, Kind: event.Build, Subject: "/nix/store/x.drv", Text: "building", State: event.Running, Started: now}
	hook := event.Activity{ID: 3, Parent: 2, Kind: event.Hook, Subject: "/nix/store/x.drv", State: event.Running, Started: now, Text: "running post-build-hook '/hook'"}
	line := event.Activity{ID: 4, Parent: 2, Kind: event.Notice, State: event.Done, Phase: "post-build-hook", Text: "hooked \x1b[1mx"}
	ended := func(act event.Activity) *event.Activity {
		act.State, act.Ended = event.Done, now
		return &act
	}
	want := []string{
		`{"action":"start","id":1,"level":1,"parent":0,"text":"waiting for lock on \u001b[35;1m'/store/a', '/store/b'\u001b[0m","type":111}`,
		`{"action":"stop","id":1}`,
		`{"action":"start","fields":["/nix/store/x.drv","",1,1],"id":2,"level":3,"parent":0,"text":"building '/nix/store/x.drv'","type":105}`,
		`{"action":"start","fields":["/nix/store/x.drv"],"id":3,"level":4,"parent":0,"text":"running post-build-hook '/hook'","type":110}`,
		`{"action":"result","fields":["hooked \u001b[1mx"],"id":3,"type":107}`,
		`{"action":"stop","id":3}`,
		`{"action":"stop","id":2}`,
	}
	for name, batches := range map[string][][]*event.Activity{
		"one by one": {{&wait}, {ended(wait)}, {&build}, {&hook}, {&line}, {ended(hook)}, {ended(build)}},
		"in batches": {{ended(wait)}, {ended(build), ended(hook), &line}}, // as mailboxes have them
	} {
		t.Run(name, func(t *testing.T) {
			var said bytes.Buffer
			f := follower{w: &said, json: true, logs: true, bare: true, log: noLog, seen: map[event.ID]*followed{}, runs: map[event.ID]*followed{}}
			for _, batch := range batches {
				f.tell(batch)
			}
			got := strings.ReplaceAll(said.String(), "@nix ", "")
			got = idPattern.ReplaceAllStringFunc(got, lowID)
			if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(got), "\n")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("plain", func(t *testing.T) {
		var said bytes.Buffer
		f := follower{w: &said, quiet: true, seen: map[event.ID]*followed{}, runs: map[event.ID]*followed{}}
		f.tell([]*event.Activity{&wait})
		f.tell([]*event.Activity{ended(wait), &hook})
		if want := "waiting for lock on '/store/a', '/store/b'...\n"; said.String() != want {
			t.Errorf("got %q, want %q", &said, want)
		}
	})
}

// noLog is a store without logs.
func noLog(store.Path) (io.ReadCloser, error) { return nil, fs.ErrNotExist }

var idPattern = regexp.MustCompile(`"id":\d+`)

// lowID takes the process out of an identifier.
func lowID(field string) string {
	id, _ := strconv.ParseUint(strings.TrimPrefix(field, `"id":`), 10, 64)
	return fmt.Sprintf(`"id":%d`, id&(1<<32-1))
}
