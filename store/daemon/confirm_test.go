//go:build confirm

package daemon_test

// These tests talk to real daemons on stores in temporary directories: the one
// of NIX, the directory whose bin holds Nix's commands, and that of this machine
// if it has one.

import (
	"context"
	"flag"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/daemon"
	"nixbench/store/daemon/daemontest"
)

// A realDaemon is a daemon of Nix that serves a store below root.
type realDaemon struct {
	bin, root, socket string
	config            string
}

// nixes are the directories of Nix's commands.
func nixes(t *testing.T) []string {
	t.Helper()
	if os.Getenv("NIX") == "" {
		t.Skip("NIX does not name a Nix")
	}
	dirs := []string{filepath.Join(os.Getenv("NIX"), "bin")}
	if _, err := os.Stat("/usr/bin/nix-daemon"); err == nil {
		dirs = append(dirs, "/usr/bin")
	}
	return dirs
}

// eachDaemon runs a test against each daemon.
func eachDaemon(t *testing.T, config string, f func(t *testing.T, d *realDaemon)) {
	for _, bin := range nixes(t) {
		out, err := exec.Command(filepath.Join(bin, "nix-daemon"), "--version").Output()
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(string(out))
		t.Run(fields[len(fields)-1], func(t *testing.T) { f(t, startDaemon(t, bin, config)) })
	}
}

func startDaemon(t *testing.T, bin, config string) *realDaemon {
	t.Helper()
	root, err := os.MkdirTemp("", "daemon") // short: the name of a socket has a limit
	if err != nil {
		t.Fatal(err)
	}
	d := &realDaemon{bin: bin, root: root, socket: filepath.Join(root, "s"), config: config}
	daemontest.StartReal(t, bin, root, d.socket, d.env())
	return d
}

func (d *realDaemon) env() []string {
	home := filepath.Join(d.root, "home")
	return append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+home, "XDG_STATE_HOME="+home,
		"NIX_CONFIG=build-users-group =\nexperimental-features = nix-command\nsubstituters =\nsandbox = true\nfilter-syscalls = false\n"+
			"sandbox-paths = /bin/sh=/usr/bin/dash /lib/x86_64-linux-gnu=/usr/lib/x86_64-linux-gnu /lib64=/usr/lib64\n"+d.config)
}

// nix runs one of Nix's commands on the store itself.
func (d *realDaemon) nix(t *testing.T, command string, args ...string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(d.bin, command), append([]string{"--store", d.root}, args...)...)
	cmd.Env = d.env()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v", command, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

// A recorder is a connection whose two directions are noted.
type recorder struct {
	net.Conn
	mu  sync.Mutex
	got *conversation
}

func (r *recorder) note(toDaemon bool, b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got.add(toDaemon, b)
}

func (r *recorder) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	r.note(false, b[:n])
	return n, err
}

func (r *recorder) Write(b []byte) (int, error) {
	n, err := r.Conn.Write(b)
	r.note(true, b[:n])
	return n, err
}

// CloseWrite is that of the connection of a socket.
func (r *recorder) CloseWrite() error { return r.Conn.(*net.UnixConn).CloseWrite() }

var record = flag.Bool("record", false, "write the transcripts of testdata")

// The session of the transcripts comes out the same with real daemons. With
// -record, it is written to testdata.
func TestConfirmSession(t *testing.T) {
	eachDaemon(t, "", func(t *testing.T, d *realDaemon) {
		if err := os.MkdirAll(filepath.Dir(sessionLink), 0o755); err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(filepath.Dir(sessionLink))
		var conversations []*conversation
		var mu sync.Mutex
		st := daemon.New(daemon.Options{
			URI: "daemon", RealDir: filepath.Join(d.root, "nix/store"), Settings: sessionSettings, MaxConnections: 1,
			Dial: func(ctx context.Context) (net.Conn, error) {
				nc, err := new(net.Dialer).DialContext(ctx, "unix", d.socket)
				if err != nil {
					return nil, err
				}
				mu.Lock()
				defer mu.Unlock()
				conversations = append(conversations, new(conversation))
				return &recorder{Conn: nc, got: conversations[len(conversations)-1]}, nil
			},
		})
		s := &session{st: st, dir: t.TempDir(), makeLink: func(p store.Path) {
			if err := os.Symlink(string(p), sessionLink); err != nil {
				t.Fatal(err)
			}
		}}
		if err := s.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		for _, p := range s.added {
			got := s.hashes[p]
			if want := d.nix(t, "nix-store", "-q", "--hash", string(p)); got != want {
				t.Errorf("hash of %s: got %s, want %s", p, got, want)
			}
		}
		if *record {
			if err := os.WriteFile(sessionGolden, []byte(s.report.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			name := filepath.Join("testdata", path.Base(t.Name())+".txt")
			if err := os.WriteFile(name, formatTranscript(conversations), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(wantSession(t), s.report.String()); diff != "" {
			t.Errorf("session (-want +got):\n%s", diff)
		}
	})
}

// A log that is sent to a real daemon is the one that it prints.
func TestConfirmAddLog(t *testing.T) {
	eachDaemon(t, "", func(t *testing.T, d *realDaemon) {
		st := daemon.New(daemon.Options{
			URI: "daemon", RealDir: filepath.Join(d.root, "nix/store"),
			Dial: func(ctx context.Context) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "unix", d.socket)
			},
		})
		defer st.Close()
		const p = "/nix/store/0abcdfghijklmnpqrsvwxyz123456789-x.drv"
		text := strings.Repeat("line of a log\n", 10_000)
		if err := st.AddLog(t.Context(), p, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		if got := d.nix(t, "nix-store", "-l", p); got != strings.TrimSpace(text) {
			t.Errorf("got %d bytes, want %d", len(got), len(text))
		}
	})
}
