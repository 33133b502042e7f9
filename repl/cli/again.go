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
	return r != nil && !r.in.isLong() && !r.out.isLong() && !r.err.isLong()
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

// A repeatable is a writer that keeps what was written. It is safe for concurrent use
// if w is.
type repeatable struct {
	w  io.Writer
	mu sync.Mutex
	// mu guards the fields below.
	kept []byte
	long bool // too much to keep
}

// isLong reports whether too much was written to be kept.
func (r *repeatable) isLong() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.long
}

func (r *repeatable) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.long = r.long || len(r.kept)+len(p) > mostRepeated; r.long {
		r.kept = nil
	} else {
		r.kept = append(r.kept, p...)
	}
	return r.w.Write(p)
}

// again returns a writer that passes over what was written, as long as it is the same.
func (r *repeatable) again() io.Writer { return &repeater{w: r.w, written: r.kept} }

// A repeater writes what is not a repetition. It is safe for concurrent use.
type repeater struct {
	w  io.Writer
	mu sync.Mutex
	// mu guards the field below.
	written []byte // and not repeated yet
}

func (r *repeater) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	same := 0
	for same < len(p) && same < len(r.written) && p[same] == r.written[same] {
		same++
	}
	r.written = r.written[same:]
	if same == len(p) {
		return same, nil
	}
	r.written = nil
	n, err := r.w.Write(p[same:])
	return same + n, err
}
