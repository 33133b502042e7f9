package daemon

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

const (
	clientMagic = 0x6e697863
	daemonMagic = 0x6478696f
	// The protocol's versions, as sent: major << 8 | minor.
	latest  = 1<<8 | 38
	minimum = 1<<8 | 32
)

// The features that we use where the daemon has them.
const (
	featureRealisation = "realisation-with-path-not-hash"
	featureDeleteDead  = "delete-dead-specific-referrers"
)

// Trust says whether a daemon lets us do what only trusted users may.
type Trust uint8

// The kinds of trust. Daemons before Nix 2.12 do not say.
const (
	TrustUnknown Trust = iota
	Trusted
	NotTrusted
)

// Info is what a daemon says about itself.
type Info struct {
	Version  string // of Nix
	Protocol string // "1.38"
	Trust    Trust
}

// A conn is one connection. It serves one request at a time.
type conn struct {
	nc       net.Conn
	in       *patientReader
	dec      decoder
	version  uint64 // of the protocol
	features map[string]bool
	info     Info
	broken   bool // it is not where a request can begin
}

// A patientReader is a connection that is read with patience: zero waits for as
// long as it takes.
type patientReader struct {
	net.Conn
	patience time.Duration
}

func (r *patientReader) Read(b []byte) (int, error) {
	var until time.Time
	if r.patience > 0 {
		until = time.Now().Add(r.patience)
	}
	if err := r.SetReadDeadline(until); err != nil {
		return 0, err
	}
	return r.Conn.Read(b)
}

// patience says how long may pass before something comes.
type patience struct {
	part   time.Duration // between two parts of an answer
	answer time.Duration // before the next message; 0 is without limit
}

// guard closes the connection if ctx ends before release is called.
func (c *conn) guard(ctx context.Context) (release func() error) {
	stop := context.AfterFunc(ctx, func() { c.nc.Close() })
	return func() error {
		if stop() {
			return nil
		}
		c.broken = true
		return ctx.Err()
	}
}

// handshake introduces us. Format: worker-protocol-connection.cc.
func (st *Store) handshake(c *conn) error {
	d := &c.dec
	c.in.patience = st.opts.Patience
	if err := c.send(new(encoder).number(clientMagic).number(latest)); err != nil {
		return err
	}
	if magic := d.number(); d.err == nil && magic != daemonMagic {
		d.bad("got a greeting of %#x, want %#x", magic, daemonMagic)
	}
	theirs := d.number()
	if d.err != nil {
		return d.err
	}
	c.version = min(theirs, latest)
	c.info.Protocol = fmt.Sprintf("%d.%d", theirs>>8, theirs&0xff)
	if theirs>>8 != latest>>8 || theirs < minimum {
		return fmt.Errorf("the daemon speaks version %s of the protocol, want %d.%d (Nix 2.4) or later",
			c.info.Protocol, minimum>>8, minimum&0xff)
	}
	c.features = make(map[string]bool)
	if c.version >= 1<<8|38 {
		ours := []string{featureDeleteDead, featureRealisation}
		if err := c.send(new(encoder).words(ours)); err != nil {
			return err
		}
		for _, f := range d.words("a feature") {
			c.features[f] = f == ours[0] || f == ours[1]
		}
	}
	// Obsolete: the affinity to a processor, reserved space.
	if err := c.send(new(encoder).number(0).number(0)); err != nil {
		return err
	}
	if c.version >= 1<<8|33 {
		c.info.Version = d.text("a version", maxWord)
	}
	if c.version >= 1<<8|35 {
		trust := d.size("the kind of trust", uint64(NotTrusted))
		c.info.Trust = Trust(trust)
	}
	if err := c.answer(nil, st.quick()); err != nil {
		return err
	}
	return c.request(st.setOptions(st.opts.Settings), nil, st.quick())
}

// send writes a request.
func (c *conn) send(e *encoder) error {
	if c.in.patience > 0 {
		if err := c.nc.SetWriteDeadline(time.Now().Add(c.in.patience)); err != nil {
			return err
		}
	}
	_, err := c.nc.Write(e.b)
	if err == nil {
		err = c.nc.SetWriteDeadline(time.Time{})
	}
	return err
}

// answer reads messages until the daemon has done what it was asked. Its result
// follows. What the daemon says meanwhile is reported, from this goroutine.
func (c *conn) answer(report func(*Message), p patience) error {
	d := &c.dec
	for {
		c.in.patience = p.answer
		if _, err := d.r.Peek(1); err != nil {
			d.fail(err)
			return d.err
		}
		c.in.patience = p.part
		last, failure := d.message(d.number(), report)
		switch {
		case d.err != nil:
			return d.err
		case failure != nil:
			return failure
		case last:
			return nil
		}
	}
}

// request sends a request and reads messages until it is done.
func (c *conn) request(e *encoder, report func(*Message), p patience) error {
	c.in.patience = p.part
	if err := c.send(e); err != nil {
		if answered := c.lastWords(p); answered != nil {
			return answered
		}
		return err
	}
	return c.answer(report, p)
}

// lastWords returns the error that a daemon sent before it stopped reading, or
// nil.
func (c *conn) lastWords(p patience) error {
	var failure *Error
	if p.answer = p.part; errors.As(c.answer(nil, p), &failure) {
		return failure
	}
	return nil
}

// gone reports whether the daemon has closed a connection that is idle, as one does
// that was restarted.
func (c *conn) gone() bool {
	sc, ok := c.nc.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return true
	}
	gone := false
	err = raw.Control(func(fd uintptr) { // whatever deadlines have passed
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		gone = err != syscall.EAGAIN && err != syscall.EINTR // nor may it have anything to say
	})
	return gone || err != nil
}

// dial opens a connection.
func (st *Store) dial(ctx context.Context) (*conn, error) {
	nc, err := st.opts.Dial(ctx)
	if err != nil {
		return nil, err
	}
	c := &conn{nc: nc, in: &patientReader{Conn: nc}}
	c.dec = decoder{r: bufio.NewReaderSize(c.in, 32<<10), dir: st.opts.Dir}
	release := c.guard(ctx)
	err = st.handshake(c)
	if ended := release(); ended != nil {
		err = ended
	}
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("open store %s: %w", st.opts.URI, explain(err))
	}
	return c, nil
}
