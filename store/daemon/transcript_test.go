package daemon_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A transcript holds what passed over the connections of a session, in lines
// that begin with ">" for what went to the daemon and "<" for what came from it:
// integers in decimal, strings in quotes, other bytes in hex after an "x". A line
// "connection" begins each.

// A turn is what one side says before the other does.
type turn struct {
	toDaemon bool
	bytes    []byte
}

// A conversation is what passed over one connection.
type conversation struct{ turns []turn }

func (c *conversation) add(toDaemon bool, b []byte) {
	if len(b) == 0 {
		return
	}
	if n := len(c.turns); n == 0 || c.turns[n-1].toDaemon != toDaemon {
		c.turns = append(c.turns, turn{toDaemon: toDaemon})
	}
	last := &c.turns[len(c.turns)-1]
	last.bytes = append(last.bytes, b...)
}

// answers is all that came from the daemon.
func (c *conversation) answers() []byte {
	var b []byte
	for _, t := range c.turns {
		if !t.toDaemon {
			b = append(b, t.bytes...)
		}
	}
	return b
}

func formatTranscript(conversations []*conversation) []byte {
	var b bytes.Buffer
	for _, c := range conversations {
		b.WriteString("connection\n")
		for _, t := range c.turns {
			mark := "<"
			if t.toDaemon {
				mark = ">"
			}
			for rest := t.bytes; len(rest) > 0; {
				var word string
				word, rest = formatWord(rest)
				fmt.Fprintf(&b, "%s %s\n", mark, word)
			}
		}
	}
	return b.Bytes()
}

// formatWord formats what may be an integer or a string at the beginning of b.
func formatWord(b []byte) (word string, rest []byte) {
	if len(b) < 8 {
		return "x" + hex.EncodeToString(b), nil
	}
	n := binary.LittleEndian.Uint64(b)
	if padded := (n + 7) / 8 * 8; n > 1 && n < 1<<20 && padded <= uint64(len(b)-8) {
		text, pad := b[8:8+n], b[8+n:8+padded]
		if len(bytes.Trim(pad, "\x00")) == 0 && isText(text) {
			return strconv.Quote(string(text)), b[8+padded:]
		}
	}
	return strconv.FormatUint(n, 10), b[8:]
}

// isText reports whether b looks like text.
func isText(b []byte) bool {
	return utf8.Valid(b) && !bytes.ContainsFunc(b, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' && r != '\x1b'
	})
}

func parseTranscript(text []byte) (conversations []*conversation, err error) {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line := lines.Text()
		if line == "connection" {
			conversations = append(conversations, new(conversation))
			continue
		}
		mark, word, _ := strings.Cut(line, " ")
		b, err := parseWord(word)
		if err != nil || len(conversations) == 0 {
			return nil, fmt.Errorf("line %q: %v", line, err)
		}
		conversations[len(conversations)-1].add(mark == ">", b)
	}
	return conversations, nil
}

func parseWord(word string) ([]byte, error) {
	switch {
	case strings.HasPrefix(word, "x"):
		return hex.DecodeString(word[1:])
	case strings.HasPrefix(word, `"`):
		text, err := strconv.Unquote(word)
		b := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
		b = append(b, text...)
		return append(b, make([]byte, (8-len(text)%8)%8)...), err
	}
	n, err := strconv.ParseUint(word, 10, 64)
	return binary.LittleEndian.AppendUint64(nil, n), err
}

// A replay is a daemon that plays the conversations of a transcript, the first
// to the first who connects and so on.
type replay struct {
	conversations []*conversation
	// cutConn and cutAt say at which byte of its answers the daemon stops on which
	// connection; stall says that it keeps the connection open then.
	cutConn, cutAt int
	stall          bool

	mu    sync.Mutex
	next  int
	wrong error // the client said something else
	conns []net.Conn
}

// dial connects to the daemon.
func (r *replay) dial(context.Context) (net.Conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next >= len(r.conversations) {
		return nil, errors.New("no more connections in the transcript")
	}
	ours, theirs, err := pair()
	if err != nil {
		return nil, err
	}
	r.conns = append(r.conns, theirs)
	n := r.next
	r.next++
	go func() {
		closed, err := r.play(theirs, n)
		if err != nil {
			r.mu.Lock()
			r.wrong = errors.Join(r.wrong, err)
			r.mu.Unlock()
		}
		if closed {
			theirs.Close()
		}
	}()
	return ours, nil
}

// close ends all connections.
func (r *replay) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		c.Close()
	}
}

// play plays one conversation. Closed says that the connection is to be closed.
func (r *replay) play(nc net.Conn, n int) (closed bool, err error) {
	said := 0
	for _, t := range r.conversations[n].turns {
		if t.toDaemon {
			got := make([]byte, len(t.bytes))
			if _, err := io.ReadFull(nc, got); err != nil {
				return true, nil // the client went away, which is its right
			}
			if !bytes.Equal(got, t.bytes) {
				return true, fmt.Errorf("connection %d: got %q, want %q", n, got, t.bytes)
			}
			continue
		}
		b := t.bytes
		stop := n == r.cutConn && r.cutAt >= 0 && said+len(b) > r.cutAt
		if stop {
			b = b[:r.cutAt-said]
		}
		if _, err := nc.Write(b); err != nil {
			return true, nil
		}
		if stop {
			return !r.stall, nil
		}
		said += len(b)
	}
	io.Copy(io.Discard, nc) // until the client is done
	return true, nil
}
