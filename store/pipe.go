package store

import (
	"errors"
	"io"
)

// Pipe lets read have what write writes, while it is written. What write fails with, reading
// ends with. Pipe returns when both have: the error of read, or else that of write, which has
// none where read only did not want the rest.
func Pipe(write func(io.Writer) error, read func(io.Reader) error) error {
	r, w := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := write(w)
		w.CloseWithError(err)
		written <- err
	}()
	err := read(r)
	r.Close()
	if writeErr := <-written; err == nil && !errors.Is(writeErr, io.ErrClosedPipe) {
		return writeErr
	}
	return err
}
