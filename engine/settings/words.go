package settings

import (
	"cmp"
	"fmt"
)

// A Complaint is the error of a value of which Nix says something of its own.
type Complaint struct {
	Words string // of Nix
	what  string // values there are; "" is Words
}

// Complain returns a Complaint.
func Complain(format string, args ...any) error {
	return &Complaint{Words: fmt.Sprintf(format, args...)}
}

func (c *Complaint) Error() string { return cmp.Or(c.what, c.Words) }
