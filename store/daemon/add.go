package daemon

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"time"

	"nixbench/store"
	"nixbench/store/githash"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// AddText adds a flat file. Refs, in any order, must be valid.
func (st *Store) AddText(ctx context.Context, name string, contents []byte, refs []store.Path) (store.Path, error) {
	refs = slices.Compact(slices.Sorted(slices.Values(refs)))
	ca := store.ContentAddress{Method: store.Text, Hash: nixhash.Sum(nixhash.SHA256, contents)}
	p, err := st.addContents(ctx, name, ca, refs, func(w io.Writer) error {
		_, err := w.Write(contents)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("add text %s: %w", name, err)
	}
	return p, nil
}

// AddTree adds a copy of the file system object at file, an absolute name, as
// far as the filter lets it; nil adds all. It is read once if it is valid
// already, and otherwise twice. With the method Flat or Text it must be a regular
// file, which is added without the permission to execute it.
func (st *Store) AddTree(ctx context.Context, name, file string, method store.IngestionMethod, algo nixhash.Algo, filter nar.Filter) (store.Path, error) {
	if algo == 0 {
		algo = nixhash.SHA256
	}
	dump := func(w io.Writer) error { return dumpTree(ctx, w, file, method, filter) }
	ca := store.ContentAddress{Method: method}
	var err error
	if method == store.Git {
		ca.Hash, err = githash.Sum(ctx, file, algo, githash.Filter(filter))
	} else {
		h := nixhash.New(algo)
		err = dump(h)
		ca.Hash = h.Sum()
	}
	var p store.Path
	if err == nil {
		p, err = st.addContents(ctx, name, ca, nil, dump)
	}
	if err != nil {
		return "", fmt.Errorf("add %s: %w", file, err)
	}
	return p, nil
}

// dumpTree writes what is sent of a file system object; but for Git it is what is hashed.
func dumpTree(ctx context.Context, w io.Writer, file string, method store.IngestionMethod, filter nar.Filter) error {
	w = store.StopWriter(ctx, w)
	if method == store.NAR || method == store.Git {
		return nar.Dump(w, file, filter)
	}
	f, _, err := nar.OpenFlat(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// addContents adds what dump writes, unless it is valid.
func (st *Store) addContents(ctx context.Context, name string, ca store.ContentAddress, refs []store.Path, dump func(io.Writer) error) (store.Path, error) {
	want, err := ca.Path(st.opts.Dir, name, refs, false)
	if err != nil {
		return "", err
	}
	// What refers to pending derivations needs them valid; and so may it be.
	if err := st.Flush(ctx); err != nil {
		return "", err
	}
	if err := st.roots.Add(ctx, want); err != nil {
		return "", err
	}
	if valid, err := st.IsValid(ctx, want); err != nil || valid {
		return want, err
	}
	e := op(opAddToStore).text(name).text(methodText(ca)).paths(refs).flag(false)
	var got store.Path
	err = st.with(ctx, func(c *conn) error {
		if err := st.upload(c, e, dump); err != nil {
			return err
		}
		got = c.dec.path()
		if c.dec.err == nil {
			c.dec.info(got)
		}
		return c.dec.err
	})
	if err == nil && got != want {
		err = fmt.Errorf("the daemon made it %s, want %s: did it change meanwhile?", got, want)
	}
	return want, err
}

// methodText is how a content address is made, without the hash.
func methodText(ca store.ContentAddress) string {
	if ca.Method == store.Text {
		return "text:" + ca.Hash.Algo().String()
	}
	return "fixed:" + string(ca.Method) + ca.Hash.Algo().String()
}

// AddNAR adds the object that info describes from its archive in r, unless it
// is valid: then nothing is read. The daemon compares the archive with what info
// says. Unless it trusts us, info needs a content address or a signature.
func (st *Store) AddNAR(ctx context.Context, info *store.PathInfo, r io.Reader) error {
	if err := st.addNAR(ctx, info, r); err != nil {
		return fmt.Errorf("add %s: %w", info.Path, err)
	}
	return nil
}

// AddLog keeps the log of a derivation, which log has as plain text. A daemon lets only
// those do that whom it trusts.
func (st *Store) AddLog(ctx context.Context, drvPath store.Path, log io.Reader) error {
	e := op(opAddBuildLog).text(drvPath.Base())
	err := st.with(ctx, func(c *conn) error {
		err := st.upload(c, e, func(w io.Writer) error {
			_, err := io.Copy(store.StopWriter(ctx, w), log)
			return err
		})
		if err == nil {
			c.dec.number()
			err = c.dec.err
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("add log of %s: %w", drvPath, err)
	}
	return nil
}

func (st *Store) addNAR(ctx context.Context, info *store.PathInfo, r io.Reader) error {
	if err := st.Flush(ctx); err != nil {
		return err
	}
	if err := st.roots.Add(ctx, info.Path); err != nil {
		return err
	}
	if valid, err := st.IsValid(ctx, info.Path); err != nil || valid {
		return err
	}
	e := op(opAddToStoreNar).path(info.Path)
	e.details(info).flag(false).flag(true) // no repair; trust us, if it may
	return st.with(ctx, func(c *conn) error {
		return st.upload(c, e, func(w io.Writer) error {
			n, err := io.Copy(w, io.LimitReader(r, info.NarSize))
			if err == nil && n != info.NarSize {
				err = fmt.Errorf("got an archive of %d bytes, want %d", n, info.NarSize)
			}
			return err
		})
	})
}

// details adds what is known about a path.
func (e *encoder) details(info *store.PathInfo) *encoder {
	e.path(info.Deriver).text(info.NarHash.Hex()).paths(info.References)
	e.number(uint64(info.RegistrationTime)).number(uint64(info.NarSize)).flag(info.Ultimate)
	return e.words(info.Sigs).text(info.CA)
}

// frame is how many bytes are sent at once at most.
const frame = 64 << 10

// upload sends a request and the data that dump writes, and reads messages until
// the daemon has taken it. An error of the daemon's that comes before all is sent
// ends the sending. An error of dump's breaks the connection, since the daemon
// must not take a part for the whole.
func (st *Store) upload(c *conn, e *encoder, dump func(io.Writer) error) error {
	answered := make(chan error, 1)
	c.in.patience = st.opts.Patience
	if err := c.send(e); err != nil {
		return err
	}
	// From here on the daemon may be busy with others for as long as it takes.
	go func() {
		err := c.answer(st.opts.Report, st.long())
		if err != nil {
			// Who sends learns that nobody listens any more.
			c.nc.SetWriteDeadline(time.Unix(1, 0))
		}
		answered <- err
	}()
	w := &framer{w: c.nc}
	buffered := bufio.NewWriterSize(w, frame)
	err := dump(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = w.end()
	}
	if err == nil || w.failed {
		answer := <-answered
		if err != nil && answer == nil {
			answer = err
		}
		if w.failed {
			c.broken = true // the daemon waits for the rest
		}
		return answer
	}
	c.nc.Close()
	c.broken = true
	<-answered
	return err
}

// A framer sends data in frames, each with its length before it.
type framer struct {
	w      io.Writer
	failed bool // w failed
}

func (f *framer) Write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil // an empty frame is the last
	}
	framed := binary.LittleEndian.AppendUint64(make([]byte, 0, 8+len(b)), uint64(len(b)))
	if err := f.send(append(framed, b...)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// end sends the frame that says that this was all.
func (f *framer) end() error { return f.send(make([]byte, 8)) }

func (f *framer) send(b []byte) error {
	_, err := f.w.Write(b)
	f.failed = f.failed || err != nil
	return err
}
