package daemon

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"sync"

	"nixbench/store"
)

// The actions of a collection.
const (
	deleteDead     = 2
	deleteSpecific = 3
)

// AliveError reports that a path cannot be deleted since something needs it.
type AliveError struct {
	Path    store.Path
	Message string
}

func (e *AliveError) Error() string { return e.Message }

// Delete deletes paths, which refer to each other or are referred to by nothing
// that is valid, and returns those that are gone and how many bytes on disk that
// freed. Those that are alive stay; if the daemon stops at the first of them, the
// error is an [*AliveError] and the others may be gone or not. Deleted, if not
// nil, is told of each path as it goes.
func (st *Store) Delete(ctx context.Context, paths []store.Path, deleted func(store.Path)) (gone []store.Path, freed int64, err error) {
	if err := st.Flush(ctx); err != nil {
		return nil, 0, err
	}
	err = st.with(ctx, func(c *conn) error {
		e := op(opCollectGarbage)
		if c.features[featureDeleteDead] {
			// Not the whole store, and no referrers that were not named.
			e.number(deleteDead).number(0).paths(paths).flag(false)
		} else {
			e.number(deleteSpecific).paths(paths)
		}
		e.flag(false).number(math.MaxInt64).number(0).number(0).number(0)
		if err := c.request(e, st.deletions(deleted), st.long()); err != nil {
			return err
		}
		d := &c.dec
		asked := make(map[store.Path]bool, len(paths))
		for _, p := range paths {
			asked[p] = true
		}
		d.list("a list of paths", maxList, func() {
			// Beside paths: files of the store directory that belong to them.
			if p, err := st.opts.Dir.ParsePath(d.text("a path", maxPath)); err == nil && asked[p] {
				gone = append(gone, p)
			}
		})
		freed = d.amount("a number of bytes")
		d.number()
		return d.err
	})
	var failure *Error
	if errors.As(err, &failure) {
		if p, alive := st.aliveIn(failure.Message); alive {
			return gone, freed, &AliveError{Path: p, Message: failure.Message}
		}
	}
	if err != nil {
		return gone, freed, fmt.Errorf("delete paths: %w", err)
	}
	st.drvs.Forget()
	return gone, freed, nil
}

// quoted is what stands in quotes in a message.
var quoted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`'([^']*)'`) })

// aliveIn returns the path that a daemon's error says is alive.
func (st *Store) aliveIn(message string) (store.Path, bool) {
	if !strings.Contains(message, "alive") {
		return "", false
	}
	m := quoted().FindStringSubmatch(message)
	if m == nil {
		return "", false
	}
	p, err := st.opts.Dir.ParsePath(m[1])
	return p, err == nil
}

// deletions reports the paths that a daemon says it deletes.
func (st *Store) deletions(deleted func(store.Path)) func(*Message) {
	return func(m *Message) {
		if m.Kind == Line && deleted != nil {
			if rest, ok := strings.CutPrefix(Plain(m.Text), "deleting '"); ok {
				if p, err := st.opts.Dir.ParsePath(strings.TrimSuffix(rest, "'")); err == nil {
					deleted(p)
					return
				}
			}
		}
		if st.opts.Report != nil {
			st.opts.Report(m)
		}
	}
}

// Optimise makes files with the same contents hard links to one, and returns how
// many and how many bytes that freed.
func (st *Store) Optimise(ctx context.Context, report func(*Message)) (linked int, freed int64, err error) {
	err = st.with(ctx, func(c *conn) error {
		count := func(m *Message) {
			if m.Kind == ActivityResult && m.Type == ResultFileLinked {
				linked++
				freed += int64(m.NumberAt(0))
			}
			if report != nil {
				report(m)
			}
		}
		if err := c.request(op(opOptimiseStore), count, st.long()); err != nil {
			return err
		}
		c.dec.number()
		return c.dec.err
	})
	if err != nil {
		return linked, freed, fmt.Errorf("optimise store: %w", err)
	}
	return linked, freed, nil
}

// AddSignatures adds signatures to a valid path. The result is how many it did not
// have.
func (st *Store) AddSignatures(ctx context.Context, p store.Path, sigs []string) (added int, err error) {
	info, err := st.PathInfo(ctx, p)
	if err == nil {
		err = st.with(ctx, func(c *conn) error {
			if err := c.request(op(opAddSignatures).path(p).words(sigs), st.opts.Report, st.quick()); err != nil {
				return err
			}
			c.dec.number()
			return c.dec.err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("add signatures: %w", err)
	}
	return info.AddSigs(sigs...), nil
}

// Verify checks the store, and repairs it if the daemon lets us. What is wrong is
// said in messages; found says that something was.
func (st *Store) Verify(ctx context.Context, checkContents, repair bool, report func(*Message)) (found bool, err error) {
	if err := st.Flush(ctx); err != nil {
		return false, err
	}
	err = st.with(ctx, func(c *conn) error {
		if err := c.request(op(opVerifyStore).flag(checkContents).flag(repair), report, st.long()); err != nil {
			return err
		}
		found = c.dec.flag()
		return c.dec.err
	})
	if err != nil {
		return found, fmt.Errorf("verify store: %w", err)
	}
	return found, nil
}
