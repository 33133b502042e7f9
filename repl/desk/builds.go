package desk

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"nixbench/engine/event"
	"nixbench/repl"
	"nixbench/store"
)

// RealiseOptions change how targets are built. The zero value is usual.
type RealiseOptions struct {
	KeepFailed bool // keep the directory of a build that fails
	Rebuild    bool // build although the outputs are valid, to compare
}

// Realise builds targets and waits for the end. Progress comes by events.
// Cancelling ctx cancels the builds.
func (d *Desk) Realise(ctx context.Context, targets []store.DerivedPath, opts RealiseOptions) error {
	if opts.Rebuild {
		return fmt.Errorf("rebuild: comparing a build with one that is valid cannot be done yet")
	}
	realise := d.eng.Realise
	if opts.KeepFailed {
		realise = d.eng.RealiseKeeping
	}
	result, err := realise(ctx, targets)
	if err != nil {
		return err
	}
	return result.Err()
}

// CancelBuild cancels the running build of a derivation, if there is one.
func (d *Desk) CancelBuild(drv store.Path) { d.eng.CancelBuild(drv) }

// OpenLog opens the log of a derivation's build, running or ended. For one that
// has none, errors.Is(err, fs.ErrNotExist).
func (d *Desk) OpenLog(ctx context.Context, drv store.Path) (repl.LogFile, error) {
	log, err := d.eng.Log(ctx, drv)
	if err != nil {
		return nil, err
	}
	if f, ok := log.(*os.File); ok {
		return plainLog{f}, nil
	}
	// A compressed log is read whole: it has ended, and is rarely large.
	defer log.Close()
	data, err := io.ReadAll(log)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && len(data) > 0: // what there is of one that is being written, or was cut off
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("read log of %s: it is compressed as it is written, and nothing of it is there yet", drv)
	case err != nil:
		return nil, fmt.Errorf("read log of %s: %v", drv, err)
	}
	return memoryLog{bytes.NewReader(data)}, nil
}

// plainLog is a log that is being written or was never compressed.
type plainLog struct{ *os.File }

func (l plainLog) Size() (int64, error) {
	info, err := l.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// memoryLog is a log that was compressed.
type memoryLog struct{ *bytes.Reader }

func (l memoryLog) Size() (int64, error) { return l.Reader.Size(), nil }
func (memoryLog) Close() error           { return nil }

// UsualTime is how long builds of that name took lately, 0 if unknown.
func (d *Desk) UsualTime(name string) time.Duration { return d.times.usual(packageName(name)) }

// packageName is a derivation's name without the version, which changes from
// build to build.
func packageName(name string) string {
	name = strings.TrimSuffix(name, ".drv")
	for i := 0; i+1 < len(name); i++ {
		if c := name[i+1]; name[i] == '-' && ('0' <= c && c <= '9') {
			return name[:i]
		}
	}
	return name
}

// lately is how many builds of a name are remembered.
const lately = 10

// buildTimes remembers how long builds took, in a file that every nixbench
// appends to. It is safe for concurrent use.
//
// Format: a line a build: seconds, a blank, the package's name.
type buildTimes struct {
	file string

	mu    sync.Mutex // mu guards the fields below
	read  bool
	times map[string][]time.Duration // by name, the newest last
}

func newBuildTimes(file string) *buildTimes {
	return &buildTimes{file: file, times: make(map[string][]time.Duration)}
}

// load reads the file once. Lines that are not of the format are passed over.
func (t *buildTimes) load() {
	if t.read {
		return
	}
	t.read = true
	f, err := os.Open(t.file)
	if err != nil {
		return
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		seconds, name, ok := strings.Cut(lines.Text(), " ")
		took, err := strconv.ParseFloat(seconds, 64)
		if ok && err == nil {
			t.note(name, time.Duration(took*float64(time.Second)))
		}
	}
}

func (t *buildTimes) note(name string, took time.Duration) {
	all := append(t.times[name], took)
	t.times[name] = all[max(0, len(all)-lately):]
}

// usual returns the median of the last builds.
func (t *buildTimes) usual(name string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.load()
	all := slices.Sorted(slices.Values(t.times[name]))
	if len(all) == 0 {
		return 0
	}
	return all[len(all)/2]
}

// record notes the builds that end, until ctx does.
func (t *buildTimes) record(ctx context.Context, box *event.Mailbox) {
	for {
		acts, err := box.Take(ctx)
		if err != nil {
			return
		}
		for _, act := range acts {
			if took := act.Ended.Sub(act.Started); wasBuilt(act, took) {
				t.add(packageName(act.Name), took)
			}
		}
	}
}

// wasBuilt reports whether act is a build that ended well. One that has no log
// and took no time was found to be valid when its turn came.
func wasBuilt(act *event.Activity, took time.Duration) bool {
	return act.Kind == event.Build && act.State == event.Done && !act.Started.IsZero() &&
		(act.LogFile != "" || took >= 100*time.Millisecond)
}

// add notes a build, here and in the file; a file that cannot be written is
// done without.
func (t *buildTimes) add(name string, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.load()
	t.note(name, took)
	if os.MkdirAll(filepath.Dir(t.file), 0o755) != nil {
		return
	}
	f, err := os.OpenFile(t.file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return
	}
	defer f.Close()
	fmt.Fprintf(f, "%.3f %s\n", took.Seconds(), strings.ReplaceAll(name, "\n", " "))
}
