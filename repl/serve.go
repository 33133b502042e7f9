package repl

// This file is the session for editors and other programs: a JSON object a line,
// requests in and answers out.
//
//	{"id": 1, "method": "complete", "input": "lib.mapA", "cursor": 8}
//	{"id": 1, "result": {"start": 4, "items": [{"text": "mapAttrs", "detail": "f attrset"}], …}}
//
// Requests are carried out side by side, evaluations one after another. Answers
// come when they are ready, each with the id of its request. Methods: eval, complete,
// doc, incomplete, expand, force, print, frame, scope, commands, history, changed
// (answers when a file has changed), and cancel of a request.

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// A request is a line of input.
type request struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Input  string          `json:"input"`
	Cursor *int            `json:"cursor"` // a byte offset; the end if there is none
	Handle Handle          `json:"handle"`
	From   int             `json:"from"`
	Count  *int            `json:"count"`  // 50 if there is none
	Cancel json.RawMessage `json:"cancel"` // the id of a request
}

// An answer is a line of output.
type answer struct {
	ID     json.RawMessage `json:"id"`
	Result any             `json:"result,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// methods are what can be asked for.
var methods = map[string]func(s *Session, ctx context.Context, r *request) (any, error){
	"eval": func(s *Session, ctx context.Context, r *request) (any, error) { return s.evalJSON(ctx, r.Input) },
	"complete": func(s *Session, ctx context.Context, r *request) (any, error) {
		return s.Complete(ctx, r.Input, r.cursor())
	},
	"doc":        func(s *Session, ctx context.Context, r *request) (any, error) { return s.Doc(ctx, r.Input, r.cursor()) },
	"incomplete": func(s *Session, _ context.Context, r *request) (any, error) { return s.Incomplete(r.Input), nil },
	"expand": func(s *Session, ctx context.Context, r *request) (any, error) {
		return s.Expand(ctx, r.Handle, r.From, r.count())
	},
	"force":    func(s *Session, ctx context.Context, r *request) (any, error) { return s.Force(ctx, r.Handle) },
	"print":    func(s *Session, ctx context.Context, r *request) (any, error) { return s.ValueText(ctx, r.Handle) },
	"frame":    func(s *Session, ctx context.Context, r *request) (any, error) { return s.Enter(ctx, r.Handle) },
	"scope":    func(s *Session, ctx context.Context, _ *request) (any, error) { return s.Scope(ctx) },
	"commands": func(s *Session, _ context.Context, _ *request) (any, error) { return s.Commands(), nil },
	"history":  func(s *Session, _ context.Context, _ *request) (any, error) { return s.History(), nil },
	"changed": func(s *Session, ctx context.Context, _ *request) (any, error) {
		files, err := s.WaitChange(ctx)
		if err != nil {
			return nil, err
		}
		return map[string]any{"file": files[0], "files": files}, nil
	},
}

func (r *request) cursor() int {
	if r.Cursor == nil {
		return len(r.Input)
	}
	return *r.Cursor
}

func (r *request) count() int {
	if r.Count == nil {
		return 50
	}
	return max(*r.Count, 0)
}

// evalJSON carries out an input as if it was typed: it goes into the history.
func (s *Session) evalJSON(ctx context.Context, input string) (any, error) {
	if err := s.AddHistory(ctx, input); err != nil {
		return nil, err
	}
	return s.Eval(ctx, input)
}

// server is the state of [Serve].
type server struct {
	session *Session

	mu      sync.Mutex // mu guards the fields below
	out     *json.Encoder
	err     error // of writing
	running map[string]context.CancelFunc
	last    chan struct{} // closed when the newest input has been carried out
}

// Serve loads files, answers the requests of in on out until its end, cancels
// what is under way then, and waits for it.
func Serve(ctx context.Context, s *Session, files []string, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	waits, noMore := context.WithCancel(ctx) // for changes
	defer noMore()
	sv := &server{session: s, out: json.NewEncoder(out), running: make(map[string]context.CancelFunc)}
	sv.out.SetEscapeHTML(false)
	for _, file := range files {
		res, err := s.Load(ctx, file)
		if err != nil {
			return err
		}
		sv.send(answer{ID: json.RawMessage("null"), Result: res})
	}
	var wg sync.WaitGroup
	lines := bufio.NewReader(in)
	for {
		line, readErr := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			sv.take(ctx, waits, &wg, line)
		}
		if readErr == nil {
			continue
		}
		if errors.Is(readErr, io.EOF) {
			readErr = nil
			noMore()
		} else {
			cancel()
		}
		wg.Wait() // what was asked is answered
		sv.mu.Lock()
		defer sv.mu.Unlock()
		return errors.Join(readErr, sv.err)
	}
}

// take begins with a request.
func (sv *server) take(ctx, waits context.Context, wg *sync.WaitGroup, line []byte) {
	r := &request{ID: json.RawMessage("null")}
	if err := json.Unmarshal(line, r); err != nil {
		sv.send(answer{ID: json.RawMessage("null"), Error: fmt.Sprintf("read request: %v", err)})
		return
	}
	if r.Method == "cancel" {
		sv.cancel(string(r.Cancel))
		sv.send(answer{ID: r.ID, Result: true})
		return
	}
	do, ok := methods[r.Method]
	if !ok {
		sv.send(answer{ID: r.ID, Error: fmt.Sprintf("there is no method %q", r.Method)})
		return
	}
	if r.Method == "changed" {
		ctx = waits
	}
	ctx, cancel := context.WithCancel(ctx)
	sv.mu.Lock()
	sv.running[string(r.ID)] = cancel
	sv.mu.Unlock()
	var before, done chan struct{}
	if r.Method == "eval" || r.Method == "frame" {
		before, done = sv.last, make(chan struct{})
		sv.last = done
	}
	wg.Go(func() {
		defer sv.cancel(string(r.ID))
		if before != nil {
			<-before
		}
		if done != nil {
			defer close(done)
		}
		res, err := do(sv.session, ctx, r)
		a := answer{ID: r.ID, Result: res}
		if err != nil {
			a.Result, a.Error = nil, cleanText(err.Error())
		}
		sv.send(a)
	})
}

// cancel ends a request, if it is under way.
func (sv *server) cancel(id string) {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	if end, ok := sv.running[id]; ok {
		end()
		delete(sv.running, id)
	}
}

func (sv *server) send(a answer) {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	if err := sv.out.Encode(a); err != nil && sv.err == nil {
		sv.err = err
	}
}
