package desk

import (
	"context"
	"slices"
	"sync"
	"time"

	"nixbench/engine"
)

// A BuildElsewhere is what another process builds, fetches or adds.
type BuildElsewhere = engine.BuildElsewhere

// elsewhereEvery is how often it is looked what other processes do, while somebody
// wants to know.
const elsewhereEvery = 2 * time.Second

// AwaitElsewhere waits until other processes do something else in the store than last,
// and returns what; nothing differs from nil, too, so that the first answer comes at once.
// What a daemon does for us is among it.
func (d *Desk) AwaitElsewhere(ctx context.Context, last []BuildElsewhere) ([]BuildElsewhere, error) {
	for {
		now, err := d.elsewhere.builds(ctx, d.eng)
		if err != nil {
			return nil, err
		}
		if now == nil {
			now = []BuildElsewhere{}
		}
		if last == nil || !slices.EqualFunc(now, last, sameElsewhere) {
			return now, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(elsewhereEvery):
		}
	}
}

// A watchElsewhere keeps what was found out about the store's directory.
type watchElsewhere struct {
	mu    sync.Mutex // mu guards what is below
	watch *engine.Elsewhere
}

func (w *watchElsewhere) builds(ctx context.Context, eng *engine.Engine) ([]BuildElsewhere, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watch == nil {
		w.watch = eng.NewElsewhere()
	}
	return w.watch.Builds(ctx)
}

func sameElsewhere(a, b BuildElsewhere) bool {
	return a.Drv == b.Drv && slices.Equal(a.Paths, b.Paths) && a.Again == b.Again && a.PID == b.PID && a.Since.Equal(b.Since) && a.LogSize == b.LogSize
}
