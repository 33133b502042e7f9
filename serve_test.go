package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nixbench/repl/cli"
)

// lateWriter keeps what is written, but takes its time.
type lateWriter struct {
	mu   sync.Mutex // mu guards text
	text bytes.Buffer
}

func (w *lateWriter) Write(b []byte) (int, error) {
	time.Sleep(100 * time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

func (w *lateWriter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// A nix runs the commands of nixbench on a store of its own.
type nix struct {
	t   *testing.T
	dir string
}

func nixIn(t *testing.T) *nix { return &nix{t, t.TempDir()} }

func (n *nix) run(stdin io.Reader, stdout, stderr io.Writer, args ...string) (status int) {
	env := map[string]string{"HOME": n.dir, "NIX_CONF_DIR": n.dir, "NIX_CONFIG": "store = " + n.dir + "/store"}
	return cli.Run(n.t.Context(), &cli.Env{
		Args: cli.Named(args), Stdin: stdin, Stdout: stdout, Stderr: stderr, Dir: n.dir,
		Getenv: func(name string) string { return env[name] }, Large: func() {},
	})
}

// output returns what a command prints, which has to end well.
func (n *nix) output(args ...string) string {
	n.t.Helper()
	var out, said bytes.Buffer
	if status := n.run(strings.NewReader(""), &out, &said, args...); status != 0 {
		n.t.Fatalf("%s: status %d: %s", args[0], status, said.String())
	}
	return strings.TrimSpace(out.String())
}

// instantiate returns the derivation that an expression is.
func (n *nix) instantiate(expr string) (drvPath string) {
	n.t.Helper()
	file := filepath.Join(n.dir, "default.nix")
	if err := os.WriteFile(file, []byte(expr), 0o644); err != nil {
		n.t.Fatal(err)
	}
	return n.output("nix-instantiate", file)
}

// Requests of a client.
// Format: Nix, serve-protocol.hh.
const (
	buildPaths   = 6
	queryClosure = 7
)

func appendNumbers(b []byte, numbers ...uint64) []byte {
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}

// appendText appends a string, filled up to eight bytes.
func appendText(b []byte, s string) []byte {
	b = append(appendNumbers(b, uint64(len(s))), s...)
	return append(b, make([]byte, (8-len(s)%8)%8)...)
}

// texts reads a list of strings.
func (n *nix) texts(r io.Reader) (list []string) {
	n.t.Helper()
	number := func() (v uint64) {
		if err := binary.Read(r, binary.LittleEndian, &v); err != nil {
			n.t.Fatal(err)
		}
		return v
	}
	for range number() {
		size := number()
		text := make([]byte, (size+7)/8*8)
		if _, err := io.ReadFull(r, text); err != nil {
			n.t.Fatal(err)
		}
		list = append(list, string(text[:size]))
	}
	return list
}

// Whoever copies a derivation by ssh asks for its closure: with what it builds, or
// without.
func TestServeClosures(t *testing.T) {
	nix := nixIn(t)
	text := func(name, input string) string {
		return `derivation { name = "` + name + `"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo ${` + input + `} >$out" ]; }`
	}
	drvPath := nix.instantiate(`rec { used = ` + text("used", `builtins.toFile "f" ""`) + `; made = ` + text("made", "used") + `; other = ` + text("other", "made") + `; }.other`)
	made := strings.Split(nix.output("nix-store", "-qR", drvPath), "\n")
	made = slices.DeleteFunc(made, func(p string) bool { return !strings.HasSuffix(p, "-made.drv") })
	nix.output("nix-store", "--realise", made[0]) // other is not built
	for includeOutputs, flags := range [][]string{{"-qR"}, {"-qR", "--include-outputs"}} {
		asks := appendText(appendNumbers(nil, 0x390c9deb, 2<<8|6, queryClosure, uint64(includeOutputs), 1), drvPath)
		var out, said bytes.Buffer
		if status := nix.run(bytes.NewReader(asks), &out, &said, "nix-store", "--serve"); status != 0 {
			t.Fatalf("status %d: %s", status, said.String())
		}
		out.Next(2 * 8) // the greeting
		want := strings.Split(nix.output(append(append([]string{"nix-store"}, flags...), drvPath)...), "\n")
		slices.Sort(want)
		if got := nix.texts(&out); !slices.Equal(got, want) {
			t.Errorf("with outputs %d: got %q, want %q", includeOutputs, got, want)
		}
		if wantLen := 4 + 2*includeOutputs; len(want) != wantLen {
			t.Errorf("with outputs %d: got %d paths, want %d", includeOutputs, len(want), wantLen)
		}
	}
}

// A client ends nix-store --serve when it has its answer: by then all of a build's log
// has been told.
func TestServeTellsLogsBeforeItAnswers(t *testing.T) {
	nix := nixIn(t)
	path := nix.instantiate(`derivation { name = "fails"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo it goes wrong; exit 3" ]; }`)

	asks := append(appendText(appendNumbers(nil, 0x390c9deb, 2<<8|6, buildPaths, 1), path), make([]byte, 5*8)...) // no limits, nothing repeated
	answers, w := io.Pipe()
	late := new(lateWriter)
	done := make(chan int)
	go func() { done <- nix.run(bytes.NewReader(asks), w, late, "nix-store", "--serve", "--write") }()
	var answer [3]uint64 // the greeting's two, and the build's status
	if err := binary.Read(answers, binary.LittleEndian, &answer); err != nil {
		t.Fatal(err)
	}
	if got := late.String(); answer[2] != 100 || !strings.Contains(got, "it goes wrong\n") {
		t.Errorf("status %d, and only this was told: %q", answer[2], got)
	}
	go io.Copy(io.Discard, answers)
	<-done
}
