package builds

// This file counts what is fetched of caches.

import (
	"maps"
	"slices"
	"strings"
	"time"

	"nixbench/repl/text"
)

// A cacheOf is a cache that is fetched from in a batch.
type cacheOf struct {
	batch int64
	url   string
}

// A fetch is what is fetched of a cache in a batch: bytes, unpacked.
type fetch struct {
	paths, live int // of live ones it is not known how they end
	done, total int64
	since       time.Time // when the first began
}

// tallyFetch counts what is fetched, or with -1 does so no longer.
func (b *board) tallyFetch(n *node, by int) {
	key := cacheOf{n.batch, n.act.Text}
	f := b.fetches[key]
	if f == nil {
		f = &fetch{}
		if b.fetches == nil {
			b.fetches = map[cacheOf]*fetch{}
		}
		b.fetches[key] = f
	}
	f.paths += by
	f.done += int64(by) * n.act.Done
	f.total += int64(by) * n.act.Total
	if !n.act.State.Final() {
		f.live += by
	}
	if at := n.act.Started; !at.IsZero() && (f.since.IsZero() || at.Before(f.since)) {
		f.since = at
	}
}

// rate is how many bytes came in a second, on the average; 0 if that is not known yet.
func (f *fetch) rate(now time.Time) int64 {
	if took := now.Sub(f.since); took >= time.Second {
		return int64(float64(f.done) / took.Seconds())
	}
	return 0
}

// fetchedFrom says from where a path is fetched, and how fast all that comes from there is.
func (b *board) fetchedFrom(n *node, now time.Time) string {
	f := b.fetches[cacheOf{n.batch, n.act.Text}]
	if n.act.Text == "" || n.act.State.Final() || f == nil {
		return "fetched, not built"
	}
	from := "fetched from " + text.SanitiseName(n.act.Text)
	if rate := f.rate(now); rate > 0 {
		from += " at " + text.Bytes(rate) + "/s"
	}
	return from
}

// words say how much is fetched of a cache, and how fast on the average.
func (f *fetch) words(url string, now time.Time) string {
	total := text.Bytes(f.total)
	done := text.Bytes(f.done)
	if _, unit, _ := strings.Cut(total, " "); strings.HasSuffix(done, " "+unit) {
		done = strings.TrimSuffix(done, " "+unit)
	}
	out := done + " of " + total
	if n := f.rate(now); n > 0 {
		out += "   " + text.Bytes(n) + "/s"
	}
	return out + "   " + text.SanitiseName(url)
}

// fetchWords say what is being fetched, cache by cache.
func (b *board) fetchWords(now time.Time) []string {
	var out []string
	caches := slices.SortedFunc(maps.Keys(b.fetches), func(x, y cacheOf) int { return strings.Compare(x.url, y.url) })
	for _, key := range caches {
		switch f := b.fetches[key]; {
		case f.paths == 0, key.batch != b.batch && f.live == 0:
			delete(b.fetches, key)
		case f.live > 0:
			out = append(out, f.words(key.url, now))
		}
	}
	return out
}
