package repl_test

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"nixbench/repl"
)

// serve answers requests and returns the answers by their ids.
func (w *world) serve(t *testing.T, requests string) map[string]string {
	t.Helper()
	var out bytes.Buffer
	if err := repl.Serve(t.Context(), w.session, nil, strings.NewReader(requests), &out); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for line := range strings.Lines(out.String()) {
		var a struct{ ID, Result, Error json.RawMessage }
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		got[string(a.ID)] = string(a.Result) + string(a.Error)
	}
	return got
}

// TestServe pins what editors are answered.
func TestServe(t *testing.T) {
	w := newWorld(t)
	got := w.serve(t, `{"id": 1, "method": "eval", "input": "x = { abc = 1; abd = throw \"no\"; }"}
{"id": 2, "method": "eval", "input": "x.abc + 1"}
{"id": 3, "method": "eval", "input": "x.abd"}
`)
	for id, want := range map[string][]string{
		"1": {`"kind":"text"`, `"lines":["bound x"]`}, "2": {`"kind":"value"`, `"text":"2"`, `"attrPath":"_2"`},
		"3": {`"kind":"error"`, `"msg":"no"`, `"steps":`},
	} {
		for _, part := range want {
			if !strings.Contains(got[id], part) {
				t.Errorf("answer %s: got %s, want %s in it", id, got[id], part)
			}
		}
	}
	got = w.serve(t, `{"id": "a", "method": "complete", "input": "x.ab z", "cursor": 4}
{"id": "b", "method": "complete", "input": "x.abd."}
{"id": "c", "method": "incomplete", "input": "let"}
{"id": "d", "method": "doc", "input": "map"}
{"id": "e", "method": "fly"}
{"id": "f", "method": "changed"}
not json
`)
	for id, want := range map[string]string{
		`"a"`: `{"start":2,"items":[{"text":"abc","detail":"1"},{"text":"abd"}],"total":2}`,
		`"b"`: `"error":"no"`, `"c"`: `true`, `"d"`: `"title":"builtins.map f list"`, `"e"`: `there is no method`,
		`"f"`: `context canceled`, `null`: `read request`,
	} {
		if !strings.Contains(got[id], want) {
			t.Errorf("answer %s: got %s, want %s in it", id, got[id], want)
		}
	}
}

// A request can be cancelled while it is carried out.
func TestServeCancel(t *testing.T) {
	w := newWorld(t)
	in, requests := io.Pipe()
	out, answers := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- repl.Serve(t.Context(), w.session, nil, in, answers)
		answers.Close()
	}()
	expr, _ := json.Marshal(loop)
	_, _ = io.WriteString(requests, `{"id": 1, "method": "eval", "input": `+string(expr)+"}\n")
	for !w.session.Progress().Running {
		time.Sleep(time.Millisecond)
	}
	go func() {
		_, _ = io.WriteString(requests, `{"id": 2, "method": "cancel", "cancel": 1}`+"\n")
		requests.Close()
	}()
	data, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	lines := slices.Sorted(strings.Lines(string(data)))
	if len(lines) != 2 || !strings.Contains(lines[0], `"id":1`) || !strings.Contains(lines[0], "interrupted") {
		t.Errorf("got %q", lines)
	}
}
