package store

import (
	"errors"
	"io"
	"testing"
)

// TestPipe pins whose error is returned, and that none is lost.
func TestPipe(t *testing.T) {
	writeErr, readErr := errors.New("cannot write"), errors.New("cannot read")
	write := func(n int, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			if _, closed := w.Write(make([]byte, n)); closed != nil {
				return closed
			}
			return err
		}
	}
	read := func(most int64, err error) func(io.Reader) error {
		return func(r io.Reader) error {
			if _, copyErr := io.Copy(io.Discard, io.LimitReader(r, most)); copyErr != nil {
				return copyErr
			}
			return err
		}
	}
	for _, c := range []struct {
		what  string
		write func(io.Writer) error
		read  func(io.Reader) error
		want  error
	}{
		{"both do well", write(10, nil), read(100, nil), nil},
		{"writing fails", write(10, writeErr), read(100, nil), writeErr},
		{"writing fails after what is read", write(10, writeErr), read(10, nil), writeErr},
		{"reading fails", write(10, nil), read(100, readErr), readErr},
		{"reading fails early", write(10, nil), read(5, readErr), readErr},
		{"the rest is not wanted", write(10, nil), read(5, nil), nil},
	} {
		if got := Pipe(c.write, c.read); !errors.Is(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.what, got, c.want)
		}
	}
}
