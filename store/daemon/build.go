package daemon

import (
	"context"
	"fmt"
	"time"

	"nixbench/store"
)

// Missing says what making targets valid takes.
type Missing struct {
	Build        []store.Path // derivations, sorted
	Substitute   []store.Path // from binary caches, sorted
	Unknown      []store.Path // that nobody can make, sorted
	DownloadSize int64        // bytes of what is downloaded
	NarSize      int64        // bytes of its archives
}

// QueryMissing says what making targets valid takes. The daemon may ask binary
// caches, which takes time.
func (st *Store) QueryMissing(ctx context.Context, targets []store.DerivedPath) (m Missing, err error) {
	if err := st.Flush(ctx); err != nil {
		return m, err
	}
	err = st.with(ctx, func(c *conn) error {
		if err := c.request(op(opQueryMissing).targets(targets), st.opts.Report, st.long()); err != nil {
			return err
		}
		d := &c.dec
		m = Missing{
			Build: d.paths(), Substitute: d.paths(), Unknown: d.paths(),
			DownloadSize: d.amount("a download size"), NarSize: d.amount("a NAR size"),
		}
		return d.err
	})
	if err != nil {
		return m, fmt.Errorf("plan builds: %w", err)
	}
	return m, nil
}

// A Status says how building a target ended.
type Status uint64

// The statuses. Format: common-protocol.cc.
const (
	Built Status = iota
	Substituted
	AlreadyValid
	PermanentFailure
	InputRejected
	OutputRejected
	TransientFailure
	CachedFailure
	TimedOut
	MiscFailure
	DependencyFailed
	LogLimitExceeded
	NotDeterministic
	ResolvesToAlreadyValid
	NoSubstituters
)

// OK reports whether the outputs are there.
func (s Status) OK() bool { return s <= AlreadyValid || s == ResolvesToAlreadyValid }

// A BuildResult is what came of one target.
type BuildResult struct {
	Target         string // as the daemon writes it
	Status         Status
	Message        string // why it failed, or ""
	Started, Ended time.Time
	// Outputs are those that were built, as far as the daemon says.
	Outputs map[store.OutputName]store.Path
}

// A Mode says what to do with what is valid already.
type Mode uint64

// The modes.
const (
	Normal Mode = iota // nothing
	Repair             // make it anew if it is damaged
	Check              // build it again, and compare
)

// Build makes targets valid, on a connection of its own with the given settings,
// and returns a result for each. That builds fail is said there, not in the
// error. What happens meanwhile is reported from the calling goroutine. If ctx is
// cancelled, the daemon stops what it does for us. Before Build returns, keep has
// the paths of what was built as temporary roots.
func (st *Store) Build(ctx context.Context, targets []store.DerivedPath, mode Mode, s Settings, keep *TempRoots, report func(*Message)) (results []BuildResult, err error) {
	if err := st.Flush(ctx); err != nil {
		return nil, err
	}
	c, err := st.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer c.nc.Close()
	err = st.use(ctx, c, func(c *conn) (err error) {
		if err := c.request(st.setOptions(s), report, st.quick()); err != nil {
			return err
		}
		results, err = st.build(c, targets, mode, report)
		return err
	})
	if err != nil {
		return results, fmt.Errorf("build: %w", err)
	}
	// While the connection is open what was built is kept by it.
	var outputs []store.Path
	for _, r := range results {
		for _, p := range r.Outputs {
			outputs = append(outputs, p)
		}
	}
	return results, keep.Add(ctx, outputs...)
}

func (st *Store) build(c *conn, targets []store.DerivedPath, mode Mode, report func(*Message)) (results []BuildResult, err error) {
	if c.version < buildPathsWithResultsFrom {
		err := c.request(op(opBuildPaths).targets(targets).number(uint64(mode)), report, st.long())
		if err == nil {
			c.dec.number()
		}
		for _, t := range targets {
			results = append(results, BuildResult{Target: targetText(t), Status: Built})
		}
		return results, err
	}
	if err := c.request(op(opBuildPathsWithResults).targets(targets).number(uint64(mode)), report, st.long()); err != nil {
		return nil, err
	}
	d := &c.dec
	found := make(map[string]BuildResult, len(targets))
	d.list("results", uint64(len(targets)), func() {
		r := c.buildResult()
		found[r.Target] = r
	})
	for _, t := range targets {
		r, ok := found[targetText(t)]
		if !ok {
			d.bad("got no result for %q", targetText(t))
		}
		results = append(results, r)
	}
	return results, d.err
}

// buildResult reads what came of one target.
func (c *conn) buildResult() BuildResult {
	d := &c.dec
	r := BuildResult{Target: d.text("a target", maxText)}
	r.Status = Status(d.size("a build's status", uint64(NoSubstituters)))
	r.Message = Plain(d.text("a build's error", maxText))
	d.number() // how often it was built
	d.number() // whether it came out differently
	r.Started, r.Ended = d.time(), d.time()
	if c.version >= 1<<8|37 {
		for range 2 { // the time of processors
			if d.flag() {
				d.number()
			}
		}
	}
	r.Outputs = make(map[store.OutputName]store.Path)
	if c.features[featureRealisation] {
		d.list("outputs", maxList, func() {
			name := d.outputName()
			r.Outputs[name] = d.path()
			d.words("a signature")
		})
		return r
	}
	d.list("outputs", maxList, func() { d.realisation(r.Outputs) })
	return r
}

// time reads Unix seconds, 0 for none.
func (d *decoder) time() time.Time {
	if seconds := d.amount("a time"); seconds != 0 {
		return time.Unix(seconds, 0)
	}
	return time.Time{}
}
