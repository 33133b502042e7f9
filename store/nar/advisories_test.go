package nar

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// TestAdvisories tries what has gone wrong in other programs; docs/advisories.md says
// what each is about.
func TestAdvisories(t *testing.T) {
	t.Run("CVE-2026-44028", deepArchiveIsRefusedEarly)
	t.Run("CVE-2024-45593", readerRefuses)
}

// deepArchiveIsRefusedEarly reads an archive whose directories never end: little of it
// is read.
func deepArchiveIsRefusedEarly(t *testing.T) {
	endless := &counted{r: io.MultiReader(strings.NewReader(str(magic)),
		&repeated{text: str("(") + str("type") + str("directory") + str("entry") + str("(") + str("name") + str("d") + str("node")})}
	err := Restore(endless, t.TempDir()+"/x", RestoreOptions{})
	var format *FormatError
	if !errors.As(err, &format) {
		t.Errorf("got %v, want an error of the format", err)
	}
	if endless.n > 1<<20 {
		t.Errorf("%d bytes were read", endless.n)
	}
}

// repeated is a reader of a text, over and over.
type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(b []byte) (int, error) {
	n := copy(b, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += n
	return n, err
}
