// Package guard gives the terminal back when the program that draws on it dies
// without doing so: by a panic in any goroutine, a fatal error of the runtime, a
// signal that it does not catch, or SIGKILL.
//
// The guard is the same program, started a second time beside the first. It sleeps
// until the first one's crash output has something to read or ends; then it puts the
// terminal back as it was, keeps the trace in a file, and says so. It ends with the
// program that it guards.
//
//	workbench --crash output (a pipe)--> guard --> the terminal, the file of the trace
//
// Elsewhere than on Linux there is none: Bubble Tea then catches what it can.
//
// The other way round, [WatchHangup] tells the program that its terminal is gone.
package guard

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Name is what a guard is called as.
const Name = "nixbench-guard"

// keptTraces is how many traces are kept in a directory; older ones are deleted.
const keptTraces = 10

// Options say what is to be guarded.
type Options struct {
	// Terminal is what the screens are shown on.
	Terminal *os.File
	// Dir is where traces are kept, File the file that they are appended to instead
	// if it is not "".
	Dir, File string
	// Version is the program's.
	Version string
}

// Answers reports whether the program was called to be a guard, which is then [Main].
func Answers(name string) bool { return name == Name }

// KeepTrace keeps what is known of a crash, and returns the name of the file.
func (o Options) KeepTrace(trace []byte) (file string, err error) {
	f, err := o.open()
	if err != nil {
		return "", err
	}
	_, err = f.Write(trace)
	return f.Name(), errors.Join(err, f.Close())
}

// open opens the file for a trace, and says in it what crashed. In a directory, which is
// made, it is a new file, and the oldest are deleted.
func (o Options) open() (*os.File, error) {
	now := time.Now()
	f, err := o.openAt(now)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(f, "nixbench %s, %s, %s/%s, %s\n\n", o.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, now.Format(time.RFC3339))
	return f, err
}

func (o Options) openAt(now time.Time) (*os.File, error) {
	if o.File != "" {
		return os.OpenFile(o.File, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("crash-%s-%d.txt", now.Format("20060102-150405"), os.Getpid())
	f, err := os.OpenFile(filepath.Join(o.Dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		forgetTraces(o.Dir)
	}
	return f, err
}

// forgetTraces deletes all but the newest traces. Their names sort by time.
func forgetTraces(dir string) {
	entries, _ := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "crash-") && strings.HasSuffix(e.Name(), ".txt") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	for _, name := range names[:max(0, len(names)-keptTraces)] {
		_ = os.Remove(filepath.Join(dir, name)) // one too many does no harm
	}
}
