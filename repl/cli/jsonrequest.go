package cli

import (
	"maps"
	"slices"

	"nixbench/engine/event"
)

// This file tells in the format internal-json of whole requests and of how many of their
// builds have got how far, from which other programs make "2 of 5 built".

const (
	activityRealise   = 102
	activityCopyPaths = 103
	activityBuilds    = 104
	resultProgress    = 105
)

// A request has three activities: itself, its copies and its builds. The numbers of the
// latter are that of the request with one of these bits, which no other activity's has.
const (
	copiesBit = 1 << 30
	buildsBit = 1 << 31
)

// A jsonRequest is what a follower has told of a request.
type jsonRequest struct {
	act   event.Activity
	count [event.Cancelled + 1]int // of its builds, by their states
	told  [4]int                   // how many were done, are in all, run and have failed
}

// tellRequest tells that a request has begun, and notes that it has ended.
func (f *follower) tellRequest(act event.Activity) {
	if !f.json {
		return
	}
	req := f.requests[act.ID]
	if req == nil {
		if f.requests == nil {
			f.requests = make(map[event.ID]*jsonRequest)
		}
		req = &jsonRequest{}
		f.requests[act.ID] = req
		f.tellPart(act.ID, jsonActivity{Action: "start", Type: activityRealise})
		f.tellPart(act.ID|buildsBit, jsonActivity{Action: "start", Type: activityBuilds})
		f.tellPart(act.ID|copiesBit, jsonActivity{Action: "start", Type: activityCopyPaths})
	}
	if act.State.Final() && !req.act.State.Final() {
		f.ended = append(f.ended, act)
	}
	req.act = act
}

// countBuild notes that a build of a request has another state; it had none if isNew.
func (f *follower) countBuild(act *event.Activity, before event.State, isNew bool) {
	req := f.requests[act.Parent]
	if req == nil {
		return
	}
	if !isNew {
		req.count[before]--
	}
	req.count[act.State]++
}

// tellCounts tells how far the builds of requests are, where that has changed.
func (f *follower) tellCounts() {
	for _, id := range slices.Sorted(maps.Keys(f.requests)) {
		req := f.requests[id]
		c := &req.count
		all := 0
		for _, n := range c {
			all += n
		}
		now := [...]int{c[event.Done], all, c[event.Running], c[event.Failed]}
		if req.told == now {
			continue
		}
		req.told = now
		f.tellPart(id|buildsBit, jsonActivity{Action: "result", Fields: []any{now[0], now[1], now[2], now[3]}, Type: resultProgress})
	}
}

// tellPart writes a line about a request or a part of it.
func (f *follower) tellPart(id event.ID, m jsonActivity) {
	if m.Action == "start" {
		level, parent, said := 0, 0, ""
		m.Level, m.Parent, m.Text = &level, &parent, &said
	}
	f.tellOf(&event.Activity{ID: id}, m)
}

// endRequest tells that a request and its parts are over.
func (f *follower) endRequest(id event.ID) {
	for _, part := range []event.ID{id | copiesBit, id | buildsBit, id} {
		f.tellPart(part, jsonActivity{Action: "stop"})
	}
	delete(f.requests, id)
}
