package event

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Hub passes snapshots on to every subscribed [Mailbox].
// The zero value is ready to use; a nil *Hub is one that nobody watches.
// A Hub is safe for concurrent use.
type Hub struct {
	lastID atomic.Uint64

	mu    sync.Mutex // mu guards the fields below
	boxes []*Mailbox
	order []ID             // keys of live, oldest first, among some that have ended
	live  map[ID]*Activity // newest snapshot of each activity that has not ended
}

// NewID returns an ID that this Hub has not returned before.
func (h *Hub) NewID() ID {
	if h == nil {
		return 0
	}
	return ID(h.lastID.Add(1))
}

// Post hands act to every subscriber. It never blocks on a reader.
func (h *Hub) Post(act Activity) { h.PostShared(&act) }

// PostShared is Post for a snapshot that the caller keeps, and does not modify any more.
func (h *Hub) PostShared(act *Activity) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remember(act)
	for _, box := range h.boxes {
		box.Post(act)
	}
}

// Say posts a notice of parent, which may be 0; one that isError is about an error.
func (h *Hub) Say(parent ID, isError bool, text string) {
	now := time.Now()
	act := Activity{ID: h.NewID(), Parent: parent, Kind: Notice, State: Done, Text: text, Started: now, Ended: now}
	if isError {
		act.State = Failed
	}
	h.Post(act)
}

// Begin posts that an activity has begun, to which it gives an ID; end posts that it is over.
func (h *Hub) Begin(act Activity) (end func()) {
	act.ID, act.State, act.Started = h.NewID(), Running, time.Now()
	h.Post(act)
	return func() {
		act.State, act.Ended = Done, time.Now()
		h.Post(act)
	}
}

// remember keeps act for later subscribers, or forgets it if it has ended.
func (h *Hub) remember(act *Activity) {
	_, known := h.live[act.ID]
	switch {
	case act.State.Final():
		if known {
			delete(h.live, act.ID)
			h.compact()
		}
	case known:
		h.live[act.ID] = act
	default:
		if h.live == nil {
			h.live = make(map[ID]*Activity)
		}
		h.live[act.ID] = act
		h.order = append(h.order, act.ID)
	}
}

// compact drops the ended from h.order once they are more than half of it.
func (h *Hub) compact() {
	if len(h.order) <= 2*len(h.live)+16 {
		return
	}
	h.order = slices.DeleteFunc(h.order, func(id ID) bool {
		_, live := h.live[id]
		return !live
	})
}

// Subscribe returns a new Mailbox that holds the newest snapshot of every
// activity that has not ended, and receives every snapshot from now on.
func (h *Hub) Subscribe() *Mailbox {
	box := new(Mailbox)
	if h == nil {
		return box
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range h.order {
		if act, ok := h.live[id]; ok {
			box.Post(act)
		}
	}
	h.boxes = append(h.boxes, box)
	return box
}

// Unsubscribe stops box from receiving. What it holds can still be taken.
func (h *Hub) Unsubscribe(box *Mailbox) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.boxes = slices.DeleteFunc(h.boxes, func(b *Mailbox) bool { return b == box })
}
