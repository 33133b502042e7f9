package cli

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"sync"

	"nixbench/engine/eval"
)

// mostRepeated is how many bytes of a stream are kept in case that a command is run
// again.
const mostRepeated = 1 << 20

// A rerun lets a command be run once more, as if it had not been: it reads the same
// standard input, and what it has already written is not written again.
type rerun struct {
	env          Env
	in, out, err *repeatable
}

// prepare makes the command of an environment, which writes to out, one that can be run
// again.
func prepare(env *Env, out io.Writer) (*Env, *rerun) {
	r := &rerun{env: *env, in: &repeatable{w: io.Discard}, out: &repeatable{w: out}, err: &repeatable{w: env.Stderr}}
	first := *env
	first.Stdin = io.TeeReader(env.Stdin, r.in)
	first.Stdout, first.Stderr = r.out, r.err
	return &first, r
}

// wanted reports whether err is one that would perhaps be another in one thread.
func (r *rerun) wanted(err error) bool {
	var failed *eval.Error
	return errors.As(err, &failed) && failed.Unordered() && r.possible()
}

// possible reports whether the command can be run again. A nil rerun cannot.
func (r *rerun) possible() bool {
	return r != nil && !r.in.isLong()
}

// again returns the environment to run it again in. Nothing of the first run may be
// used any more.
func (r *rerun) again() *Env {
	eval.ForgetNames()
	runtime.GC() // what it has left would come on top of what the second takes
	r.env.Stdin = io.MultiReader(bytes.NewReader(r.in.kept), r.env.Stdin)
	r.env.Stdout, r.env.Stderr = r.out.again(), r.err.again()
	return &r.env
}

// A repeatable is a writer that keeps the beginning of what was written. It is safe for
// concurrent use if w is.
type repeatable struct {
	w  io.Writer
	mu sync.Mutex
	// mu guards the fields below.
	kept []byte
	rest int64 // bytes that were written after those
}

// isLong reports whether too much was written to be kept.
func (r *repeatable) isLong() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rest > 0
}

func (r *repeatable) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(p), mostRepeated-len(r.kept))
	r.kept = append(r.kept, p[:n]...)
	r.rest += int64(len(p) - n)
	return r.w.Write(p)
}

// again returns a writer that passes over what was written, as long as it is the same;
// what was not kept is taken to be.
func (r *repeatable) again() io.Writer { return &repeater{w: r.w, written: r.kept, rest: r.rest} }

// A repeater writes what is not a repetition. It is safe for concurrent use.
type repeater struct {
	w  io.Writer
	mu sync.Mutex
	// mu guards the fields below.
	written []byte // and not repeated yet
	rest    int64  // bytes after those
}

func (r *repeater) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	same := r.repeated(p)
	if same == len(p) {
		return same, nil
	}
	r.written, r.rest = nil, 0
	n, err := r.w.Write(p[same:])
	return same + n, err
}

// repeated takes from what was written what p repeats of it, and returns how many bytes
// that is.
func (r *repeater) repeated(p []byte) int {
	same := 0
	for same < len(p) && same < len(r.written) && p[same] == r.written[same] {
		same++
	}
	r.written = r.written[same:]
	if len(r.written) == 0 {
		n := min(int64(len(p)-same), r.rest)
		r.rest -= n
		same += int(n)
	}
	return same
}
