package engine

import (
	"bytes"
	"testing"
	"time"
)

// TestCounterTellsNowAndThen pins that it is told how much has come, and not with each piece.
func TestCounterTellsNowAndThen(t *testing.T) {
	var told []int64
	var b bytes.Buffer
	c := &counter{w: &b, told: time.Now().Add(-time.Hour), tell: func(n int64) { told = append(told, n) }}
	for range 3 {
		if n, err := c.Write([]byte("abc")); n != 3 || err != nil {
			t.Fatalf("got %d, %v", n, err)
		}
	}
	c.told = time.Now().Add(-tellEvery)
	c.Write([]byte("d"))
	if b.String() != "abcabcabcd" || len(told) != 2 || told[0] != 3 || told[1] != 10 {
		t.Errorf("wrote %q, told %v, want 3 and 10", b.String(), told)
	}
}
