package repl

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// maxHistory is how many inputs of earlier sessions are offered.
const maxHistory = 10_000

// A History keeps earlier inputs in a file that sessions share: each input is
// appended as soon as it is made, so none is lost and none overwrites another's.
// It is safe for concurrent use.
//
// Format: a line an input, oldest first, with \n for a line break and \\ for a
// backslash.
type History struct {
	file string // "" for memory only

	mu      sync.Mutex // mu guards the fields below
	size    int64      // of the file when it was read, -1 before
	earlier []string   // from the file, oldest first
	own     []string   // of this session, oldest first
}

func newHistory(file string) *History { return &History{file: file, size: -1} }

var (
	escapeInput   = strings.NewReplacer("\\", "\\\\", "\n", "\\n")
	unescapeInput = strings.NewReplacer("\\\\", "\\", "\\n", "\n")
)

// all returns the inputs, newest first, without repetitions.
func (h *History) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	// Other sessions write it too.
	if info, err := os.Stat(h.file); err == nil && info.Size() != h.size {
		h.size, h.earlier = info.Size(), readHistory(h.file)
	}
	seen := make(map[string]bool)
	var out []string
	for _, inputs := range [][]string{h.own, h.earlier} {
		for _, input := range slices.Backward(inputs) {
			if !seen[input] {
				seen[input] = true
				out = append(out, input)
			}
		}
	}
	return out
}

// readHistory reads the last inputs of a file; what cannot be read is no history.
func readHistory(file string) []string {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	var inputs []string
	lines := bufio.NewReader(f)
	for err == nil {
		var line string
		line, err = lines.ReadString('\n') // an input may be megabytes
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			inputs = append(inputs, unescapeInput.Replace(line))
		}
	}
	return inputs[max(0, len(inputs)-maxHistory):]
}

// add appends an input.
func (h *History) add(input string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.own = append(h.own, input)
	if h.file == "" {
		return nil
	}
	const flags = os.O_RDWR | os.O_APPEND | os.O_CREATE
	f, err := os.OpenFile(h.file, flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(h.file), 0o700); err == nil {
			f, err = os.OpenFile(h.file, flags, 0o600)
		}
	}
	if err != nil {
		return err
	}
	line := escapeInput.Replace(input) + "\n"
	if isCutOff(f) {
		line = "\n" + line
	}
	_, err = f.WriteString(line)
	return errors.Join(err, f.Close())
}

// isCutOff reports whether the last input in a file was not written to its end, for which
// there was no room.
func isCutOff(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, info.Size()-1)
	return err == nil && last[0] != '\n'
}

// session returns the inputs of this session, oldest first.
func (h *History) session() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.own)
}

// History lists earlier inputs of all sessions, newest first.
func (s *Session) History() []string { return s.history.all() }

// AddHistory appends an input to the history.
func (s *Session) AddHistory(_ context.Context, input string) error {
	if strings.TrimSpace(input) == "" {
		return nil
	}
	return s.history.add(input)
}
