package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/event"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
)

// This file tells of builds in the format internal-json, which other programs read.
// Format: JSONLogger in Nix's logging.cc, which sorts the keys.

// The types of activities and results.
const (
	activityBuild  = 105
	activityHook   = 110
	activityWait   = 111
	resultLogLine  = 101
	resultSetPhase = 104
	resultHookLine = 107
)

// A jsonActivity is a line of the format that is about a build.
type jsonActivity struct {
	Action string  `json:"action"`
	Fields []any   `json:"fields,omitempty"`
	ID     uint64  `json:"id"`
	Level  *int    `json:"level,omitempty"`
	Parent *int    `json:"parent,omitempty"`
	Text   *string `json:"text,omitempty"`
	Type   int     `json:"type,omitempty"`
}

// tellActivity tells that a build has begun or ended, and what is new in its log.
func (f *follower) tellActivity(seen *followed, before event.Activity) {
	act := &seen.act
	if before.Started.IsZero() {
		level, parent := levelInfo, 0
		drv := act.Built()
		said := fmt.Sprintf("%s '%s'", act.Text, drv)
		f.tellOf(act, jsonActivity{Action: "start", Fields: []any{drv, "", 1, 1}, Level: &level, Parent: &parent, Text: &said, Type: activityBuild})
	}
	f.tellLines(seen)
	if act.State.Final() && !before.State.Final() {
		f.ended = append(f.ended, *act)
	}
}

// tellAround tells of what goes on before a build and after it.
func (f *follower) tellAround(act event.Activity) {
	if f.begun == nil {
		f.begun = make(map[event.ID]bool)
	}
	isNew := !f.begun[act.ID]
	f.begun[act.ID] = true
	if act.State.Final() {
		delete(f.begun, act.ID)
	}
	switch {
	case !f.json && isNew && act.Kind == event.Wait:
		fmt.Fprintln(f.w, act.Text+"...")
	case f.json && isNew:
		f.tellBegin(&act)
	}
	if f.json && act.State.Final() {
		f.ended = append(f.ended, act)
	}
}

// tellBegin tells that a wait or a hook has begun.
func (f *follower) tellBegin(act *event.Activity) {
	parent := 0
	m := jsonActivity{Action: "start", Parent: &parent}
	level, said := levelWarn, act.Text
	if act.Kind == event.Hook {
		if seen := f.seen[act.Parent]; seen != nil {
			f.tellRest(seen)
			seen.hook = act.ID
		}
		level, m.Type, m.Fields = levelTalkative, activityHook, []any{act.Subject}
	} else if what, names, ok := strings.Cut(said, " '"); ok {
		said, m.Type = what+" "+syntax.Magenta.Paint("'"+names), activityWait
	}
	m.Level, m.Text = &level, &said
	f.tellOf(act, m)
}

// tellHookLine tells a line that a hook has said, if it is one and a hook was told of.
func (f *follower) tellHookLine(act event.Activity) bool {
	seen := f.seen[act.Parent]
	if !f.json || act.Phase == "" || seen == nil || seen.hook == 0 {
		return false
	}
	f.tellOf(&event.Activity{ID: seen.hook}, jsonActivity{Action: "result", Fields: []any{act.Text}, Type: resultHookLine})
	return true
}

// tellEnds tells what was over by the end of a batch: builds after what belongs to them,
// which mailboxes may have behind them.
func (f *follower) tellEnds() {
	slices.SortStableFunc(f.ended, func(a, b event.Activity) int {
		return cmp.Compare(b.Kind, a.Kind) // Hook, Wait, Build, Realise
	})
	for i := range f.ended {
		if act := &f.ended[i]; act.Kind == event.Realise {
			f.endRequest(act.ID)
			continue
		}
		f.tellOf(&f.ended[i], jsonActivity{Action: "stop"})
	}
	f.ended = f.ended[:0]
}

// tellOf writes a line about a build.
func (f *follower) tellOf(act *event.Activity, m jsonActivity) {
	m.ID = uint64(os.Getpid())<<32 + uint64(act.ID)
	fmt.Fprintln(f.w, encodeLine(m))
}

// tellLines tells what is new in a log.
func (f *follower) tellLines(seen *followed) {
	f.eachNewLine(seen, func(said string) {
		message, ok := text.LogMessage(said)
		if problem := engine.CheckLine(text.LastDrawn(said)); problem != nil {
			ok = false
			f.tellProblem(problem)
		}
		switch {
		case !ok:
			f.tellOf(&seen.act, jsonActivity{Action: "result", Fields: []any{said}, Type: resultLogLine})
		case message.Action == "setPhase":
			f.tellOf(&seen.act, jsonActivity{Action: "result", Fields: []any{message.Phase}, Type: resultSetPhase})
		case message.Action == "msg" && message.Level <= f.level:
			m := jsonMessage{Level: message.Level, Msg: message.Msg}
			fmt.Fprintln(f.w, m.line())
		}
	})
}

// levelOfProblem returns the level that what is wrong with a builder's message is told at.
func levelOfProblem(problem *engine.MessageProblem) int {
	if problem.IsError {
		return 0
	}
	return levelWarn
}

// tellProblem tells what is wrong with a builder's message.
func (f *follower) tellProblem(problem *engine.MessageProblem) {
	m := jsonMessage{Level: levelOfProblem(problem), Msg: problem.Head + normalText + problem.Tail}
	if !problem.IsError {
		m.Msg = syntax.WarningHead + " " + m.Msg
	}
	if m.Level <= f.level {
		fmt.Fprintln(f.w, m.line())
	}
}

// jsonLines writes lines as messages of the format, but for those that are in it already.
type jsonLines struct {
	w    io.Writer
	line []byte // that has not ended
}

func (j *jsonLines) Write(p []byte) (int, error) {
	j.line = append(j.line, p...)
	for {
		end := bytes.IndexByte(j.line, '\n')
		if end < 0 {
			return len(p), nil
		}
		line := string(j.line[:end])
		j.line = j.line[end+1:]
		if !strings.HasPrefix(line, "@nix {") {
			m := jsonMessage{Level: cmp.Or(levelOf(line), levelInfo), Msg: line}
			line = m.line()
		}
		if _, err := fmt.Fprintln(j.w, line); err != nil {
			return len(p), err
		}
	}
}
