package store

import (
	"context"
	"io"
)

// This file ends long reads and writes when nobody waits for them any more: nar, hashes
// and io.Copy know no context.

// StopReader returns a reader of r that fails with the error of ctx once ctx has ended. A
// Read of r that has begun is not interrupted.
func StopReader(ctx context.Context, r io.Reader) io.Reader { return stopReader{ctx.Err, r} }

// StopWriter returns a writer to w that fails with the error of ctx once ctx has ended. A
// Write to w that has begun is not interrupted.
func StopWriter(ctx context.Context, w io.Writer) io.Writer { return stopWriter{ctx.Err, w} }

type stopReader struct {
	stopped func() error
	r       io.Reader
}

func (s stopReader) Read(b []byte) (int, error) {
	if err := s.stopped(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}

type stopWriter struct {
	stopped func() error
	w       io.Writer
}

func (s stopWriter) Write(b []byte) (int, error) {
	if err := s.stopped(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}
