package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
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

// A client ends nix-store --serve when it has its answer: by then all of a build's log
// has been told.
func TestServeTellsLogsBeforeItAnswers(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "fails.nix")
	const expr = `derivation { name = "fails"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo it goes wrong; exit 3" ]; }`
	if err := os.WriteFile(file, []byte(expr), 0o644); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"HOME": dir, "NIX_CONF_DIR": dir, "NIX_CONFIG": "store = " + dir + "/store"}
	nix := func(stdin io.Reader, stdout, stderr io.Writer, args ...string) int {
		return cli.Run(t.Context(), &cli.Env{
			Args: legacyArgs(args), Stdin: stdin, Stdout: stdout, Stderr: stderr, Dir: dir,
			Getenv: func(name string) string { return env[name] }, Large: func() {},
		})
	}
	var drvPath, said bytes.Buffer
	if status := nix(strings.NewReader(""), &drvPath, &said, "nix-instantiate", file); status != 0 {
		t.Fatalf("nix-instantiate: status %d: %s", status, said.String())
	}

	// Format: Nix, serve-protocol.hh: the client's greeting, then BuildPaths.
	var asks []byte
	for _, n := range []uint64{0x390c9deb, 2<<8 | 6, 6, 1} {
		asks = binary.LittleEndian.AppendUint64(asks, n)
	}
	path := strings.TrimSpace(drvPath.String())
	asks = append(binary.LittleEndian.AppendUint64(asks, uint64(len(path))), path...)
	asks = append(asks, make([]byte, (8-len(path)%8)%8+5*8)...) // no limits, nothing repeated
	answers, w := io.Pipe()
	late := new(lateWriter)
	done := make(chan int)
	go func() { done <- nix(bytes.NewReader(asks), w, late, "nix-store", "--serve", "--write") }()
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
