package nar

import (
	"errors"
	"io"
)

// Copy copies one archive, reading it as [NewReader] does: what it copies is one.
func Copy(w io.Writer, r io.Reader) error {
	in, out := NewReader(r), NewWriter(w)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out.Close()
		}
		if err != nil {
			return err
		}
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if h.Type != Regular {
			continue
		}
		if _, err := io.Copy(out, in); err != nil {
			return err
		}
	}
}
