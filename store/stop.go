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

// InterruptReader is [StopReader] of which also a Read that has begun fails once ctx has
// ended. That of r goes on by itself, and what it reads is lost.
func InterruptReader(ctx context.Context, r io.Reader) io.Reader {
	return &interruptReader{ctx: ctx, r: r, done: make(chan readResult, 1)}
}

type interruptReader struct {
	ctx  context.Context //nolint:containedctx // of whoever the reader is for
	r    io.Reader
	b    []byte // of the Read of r, which has it to itself
	done chan readResult
}

type readResult struct {
	n   int
	err error
}

func (i *interruptReader) Read(b []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	if len(i.b) < len(b) {
		i.b = make([]byte, len(b))
	}
	own := i.b[:len(b)]
	go func() {
		n, err := i.r.Read(own)
		i.done <- readResult{n, err}
	}()
	select {
	case res := <-i.done:
		return copy(b, own[:res.n]), res.err
	case <-i.ctx.Done():
		return 0, i.ctx.Err()
	}
}
