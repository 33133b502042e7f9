package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nixbench/engine/event"
)

// What a builder says to us is told where it says it: phases to programs, messages and what
// is wrong with either to everybody, whether or not the log is told.
// Behaviour: Nix 2.34.8, tried side by side.
func TestLogMessages(t *testing.T) {
	log := strings.Join([]string{
		`@nix {"action":"setPhase","phase":"unpackPhase"}`,
		`one`,
		"\r" + `@nix {"action":"setPhase","phase":"buildPhase"}`,
		`two`,
		`@nix {"action":"msg","level":1,"msg":"a warning"}`,
		`@nix {"action":"msg","level":7,"msg":"for nobody"}`,
		`@nix {"action":"setPhase"}`,
		`@nix {bad`,
		`@nix {"action":"setPhase","phase":"unpackPhase"}`,
		`three`,
		``,
	}, "\n")
	const (
		noPhase = "Unable to handle a JSON message from the derivation builder: [json.exception.type_error.302] type must be string, but is null"
		bad     = "the derivation builder: [json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing object key - invalid literal; last read: '{b'; expected string literal"
	)
	file := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(file, []byte(log), 0o644); err != nil {
		t.Fatal(err)
	}
	act := event.Activity{ID: 2, Kind: event.Build, Subject: "/nix/store/x.drv", Text: "building", Phase: "unpackPhase",
		State: event.Running, Started: time.Now(), LogFile: file, LogSize: int64(len(log))}
	tell := func(f follower) string {
		var said bytes.Buffer
		f.w, f.log, f.seen, f.runs, f.level = &said, noLog, map[event.ID]*followed{}, map[event.ID]*followed{}, levelInfo
		f.tell([]*event.Activity{&act})
		return said.String()
	}
	messages := []string{"a warning", "warning: " + noPhase, "bad JSON log message from " + bad}
	for name, test := range map[string]struct {
		f    follower
		want []string
	}{
		"bare": {follower{logs: true, bare: true}, []string{
			"building '/nix/store/x.drv'...", "one", "two", messages[0], messages[1], `@nix {"action":"setPhase"}`, messages[2], "@nix {bad", "three",
		}},
		"quiet": {follower{logs: true, bare: true, quiet: true}, []string{
			"one", "two", messages[0], messages[1], `@nix {"action":"setPhase"}`, messages[2], "@nix {bad", "three",
		}},
		"without logs": {follower{}, append([]string{"building '/nix/store/x.drv'..."}, messages...)},
		"json": {follower{json: true}, []string{
			`@nix {"action":"start","fields":["/nix/store/x.drv","",1,1],"id":2,"level":3,"parent":0,"text":"building '/nix/store/x.drv'","type":105}`,
			`@nix {"action":"result","fields":["unpackPhase"],"id":2,"type":104}`,
			`@nix {"action":"result","fields":["one"],"id":2,"type":101}`,
			`@nix {"action":"result","fields":["buildPhase"],"id":2,"type":104}`,
			`@nix {"action":"result","fields":["two"],"id":2,"type":101}`,
			`@nix {"action":"msg","level":1,"msg":"a warning"}`,
			`@nix {"action":"msg","level":1,"msg":"\u001b[35;1mwarning:\u001b[0m ` + strings.Replace(noPhase, "the", `\u001b[0mthe`, 1) + `"}`,
			`@nix {"action":"result","fields":["@nix {\"action\":\"setPhase\"}"],"id":2,"type":101}`,
			`@nix {"action":"msg","level":0,"msg":"bad JSON log message from \u001b[0m` + bad + `"}`,
			`@nix {"action":"result","fields":["@nix {bad"],"id":2,"type":101}`,
			`@nix {"action":"result","fields":["unpackPhase"],"id":2,"type":104}`,
			`@nix {"action":"result","fields":["three"],"id":2,"type":101}`,
		}},
	} {
		got := idPattern.ReplaceAllStringFunc(tell(test.f), lowID)
		if want := strings.Join(test.want, "\n") + "\n"; got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}
