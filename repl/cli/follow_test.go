package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"nixbench/engine/event"
	"nixbench/store"
)

// A log that was compressed is read once when post-build-hook begins to speak, and not
// for each line that it says.
func TestLogIsReadOnceBeforeTheHook(t *testing.T) {
	read := 0
	var said bytes.Buffer
	f := follower{
		w: &said, logs: true, bare: true, began: time.Now(),
		seen: map[event.ID]*followed{}, runs: map[event.ID]*followed{},
		log: func(store.Path) (io.ReadCloser, error) {
			read++
			return io.NopCloser(strings.NewReader("one\ntwo")), nil
		},
	}
	build := event.Activity{
		ID: 1, Kind: event.Build, Name: "x", Subject: "/nix/store/x.drv", Text: "building", State: event.Running,
		Started: time.Now(), LogFile: t.TempDir() + "/gone", LogSize: 7,
	}
	f.tell([]*event.Activity{&build})
	before := read
	for i, line := range []string{"first", "second", "third"} {
		f.tell([]*event.Activity{{ID: event.ID(10 + i), Parent: 1, Kind: event.Notice, State: event.Done, Phase: "post-build-hook", Text: line}})
	}
	if want := "building '/nix/store/x.drv'...\none\ntwo\npost-build-hook: first\npost-build-hook: second\npost-build-hook: third\n"; said.String() != want {
		t.Errorf("got %q, want %q", said.String(), want)
	}
	if read-before > 1 {
		t.Errorf("the log was read %d times while the hook spoke, want once", read-before)
	}
}

// Where what is told is JSON, too, the last line of a log comes before what is said after
// it, though it does not end.
func TestLogEndsBeforeTheHookInJSON(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(file, []byte("one\ntwo"), 0o644); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	f := follower{w: &said, json: true, logs: true, bare: true, began: time.Now(), seen: map[event.ID]*followed{}, runs: map[event.ID]*followed{}}
	build := event.Activity{ID: 1, Kind: event.Build, Subject: "/nix/store/x.drv", State: event.Running, Started: time.Now(), LogFile: file, LogSize: 7}
	hook := event.Activity{ID: 2, Parent: 1, Kind: event.Notice, State: event.Done, Phase: "post-build-hook", Text: "three"}
	f.tell([]*event.Activity{&build, &hook})
	build.State, build.Ended = event.Done, time.Now()
	f.tell([]*event.Activity{&build})
	got := regexp.MustCompile(`one|two|three|"stop"`).FindAllString(said.String(), -1)
	if want := []string{"one", "two", "three", `"stop"`}; !slices.Equal(got, want) {
		t.Errorf("got %q in\n%s\nwant %q", got, &said, want)
	}
}
