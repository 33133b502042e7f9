package event

import (
	"context"
	"sync"
)

// A Mailbox keeps the newest snapshot of each activity until it is read.
// Post never blocks, and memory is bounded by the number of activities with
// unread snapshots. The zero value is ready to use.
// A Mailbox is safe for concurrent use, by one reader at a time.
type Mailbox struct {
	once  sync.Once
	ready chan struct{} // capacity 1; full if there may be something unread

	mu     sync.Mutex  // mu guards the fields below
	unread []*Activity // in the order in which each became unread
	at     map[ID]int  // index in unread
}

func (m *Mailbox) setup() {
	m.once.Do(func() {
		m.at = make(map[ID]int)
		m.ready = make(chan struct{}, 1)
	})
}

// Post records act, which is not modified any more, as the newest snapshot of act.ID.
// A snapshot that is not final never replaces one that is.
func (m *Mailbox) Post(act *Activity) {
	m.setup()
	m.mu.Lock()
	if i, ok := m.at[act.ID]; !ok {
		m.at[act.ID] = len(m.unread)
		m.unread = append(m.unread, act)
	} else if act.State.Final() || !m.unread[i].State.Final() {
		m.unread[i] = act
	}
	m.mu.Unlock()
	select {
	case m.ready <- struct{}{}:
	default:
	}
}

// Take blocks until a snapshot is unread or ctx is done, then returns every
// unread snapshot in the order in which its activity first became unread.
// The caller owns the slice, and shares the snapshots: they must not be modified.
func (m *Mailbox) Take(ctx context.Context) ([]*Activity, error) {
	m.setup()
	for {
		if batch := m.take(); batch != nil {
			return batch, nil
		}
		select {
		case <-m.ready:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// take returns what is unread, or nil.
func (m *Mailbox) take() []*Activity {
	m.mu.Lock()
	defer m.mu.Unlock()
	batch := m.unread
	m.unread = nil
	clear(m.at)
	return batch
}
