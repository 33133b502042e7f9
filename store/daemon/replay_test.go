package daemon_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/daemon"
)

// pair returns the two ends of a stream.
func pair() (a, b net.Conn, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	var ends [2]net.Conn
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "socket")
		ends[i], err = net.FileConn(f)
		f.Close()
		if err != nil {
			return nil, nil, err
		}
	}
	return ends[0], ends[1], nil
}

const sessionGolden = "testdata/session.golden"

// wantSession is what comes of a session.
func wantSession(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(sessionGolden)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// transcripts calls f for each transcript of testdata.
func transcripts(t testing.TB, f func(name string, c []*conversation)) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := parseTranscript(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		f(filepath.Base(file), c)
	}
}

// play runs the session against a replay.
func play(ctx context.Context, dir string, r *replay, patience time.Duration) (*session, error) {
	defer r.close()
	st := daemon.New(daemon.Options{
		URI: "daemon", RealDir: dir, Settings: sessionSettings, MaxConnections: 1, Patience: patience, Dial: r.dial,
	})
	defer st.Close()
	s := &session{st: st, dir: dir, makeLink: func(store.Path) {}}
	return s, s.run(ctx)
}

// What passed between us and daemons of Nix, and what came of it.
func TestTranscripts(t *testing.T) {
	transcripts(t, func(name string, c []*conversation) {
		t.Run(name, func(t *testing.T) {
			r := &replay{conversations: c, cutAt: -1}
			s, err := play(t.Context(), t.TempDir(), r, 10*time.Second)
			if err := errors.Join(err, r.wrong); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wantSession(t), s.report.String()); diff != "" {
				t.Errorf("session (-want +got):\n%s", diff)
			}
			if text := formatTranscript(c); len(text) == 0 {
				t.Error("the transcript is empty")
			}
		})
	})
}

// A daemon that dies, wherever it is in its answers, is an error that says so.
func TestDies(t *testing.T) {
	cuts(t, 100, func(t *testing.T, dir string, r *replay) {
		_, err := play(t.Context(), dir, r, 10*time.Second)
		if !errors.Is(err, daemon.ErrClosed) {
			t.Errorf("connection %d dies at byte %d: got %v, want %v", r.cutConn, r.cutAt, err, daemon.ErrClosed)
		}
	})
}

// A daemon that falls silent where it may not is an error, and where it may be
// silent, cancelling ends the wait.
func TestStalls(t *testing.T) {
	cuts(t, 160, func(t *testing.T, dir string, r *replay) {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		r.stall = true
		begun := time.Now()
		_, err := play(ctx, dir, r, 50*time.Millisecond)
		if !errors.Is(err, daemon.ErrSilent) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("connection %d stalls at byte %d: got %v, want %v", r.cutConn, r.cutAt, err, daemon.ErrSilent)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("connection %d stalls at byte %d: it took %v", r.cutConn, r.cutAt, took)
		}
	})
}

// cuts calls f, several at once, with replays that end early: every so many bytes
// and around there.
func cuts(t *testing.T, every int, f func(t *testing.T, dir string, r *replay)) {
	transcripts(t, func(name string, c []*conversation) {
		t.Run(name, func(t *testing.T) {
			var running sync.WaitGroup
			slots := make(chan struct{}, 16)
			for i, conversation := range c {
				total := len(conversation.answers())
				for at := 0; at < total; at += every + at%7 {
					slots <- struct{}{}
					dir := t.TempDir()
					running.Go(func() {
						defer func() { <-slots }()
						f(t, dir, &replay{conversations: c, cutConn: i, cutAt: at})
					})
				}
			}
			running.Wait()
		})
	})
}

// An answering is a daemon that says what it has to say whatever it is asked.
type answering struct {
	net.Conn // nil
	bytes.Reader
}

func (a *answering) Read(b []byte) (int, error)       { return a.Reader.Read(b) }
func (a *answering) Write(b []byte) (int, error)      { return len(b), nil }
func (a *answering) Close() error                     { return nil }
func (a *answering) SetReadDeadline(time.Time) error  { return nil }
func (a *answering) SetWriteDeadline(time.Time) error { return nil }

// FuzzAnswers lets a daemon answer anything on one of the connections.
func FuzzAnswers(f *testing.F) {
	var recorded [][]byte
	transcripts(f, func(_ string, c []*conversation) {
		first := len(recorded) == 0
		for i, conversation := range c {
			f.Add(i, conversation.answers())
			if first {
				recorded = append(recorded, conversation.answers())
			}
		}
	})
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, which int, answers []byte) {
		n := 0
		st := daemon.New(daemon.Options{
			RealDir: dir, Settings: sessionSettings, MaxConnections: 1,
			Dial: func(context.Context) (net.Conn, error) {
				if n >= len(recorded) {
					return nil, errors.New("no more connections")
				}
				said := recorded[n]
				if n == which {
					said = answers
				}
				n++
				a := new(answering)
				a.Reset(said)
				return a, nil
			},
		})
		defer st.Close()
		s := &session{st: st, dir: dir, makeLink: func(store.Path) {}}
		s.run(t.Context()) // it ends, whatever it says
	})
}
