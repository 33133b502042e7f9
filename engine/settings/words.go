package settings

import (
	"cmp"
	"fmt"
	"strings"
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

// CheckStore returns a [*Complaint] unless text can be the URL of a store.
// Behaviour: StoreReference::parse in Nix's store-reference.cc.
func CheckStore(text string) error {
	switch {
	case text == "", text == "auto", text == "daemon", text == "local", strings.Contains(text, "://"):
		return nil
	}
	name, _, _ := strings.Cut(text, "?")
	if strings.Contains(name, "/") || name == "auto" || name == "daemon" || name == "local" {
		return nil
	}
	if scheme, _, ok := strings.Cut(text, ":"); ok && IsScheme(scheme) {
		return nil
	}
	return Complain("Cannot parse Nix store '%s'", text)
}

// storeField is the setting store: a directory is shown as the URL that it stands for.
func storeField(p *string) field {
	f := textField(p)
	f.get = func() string {
		if strings.HasPrefix(*p, "/") {
			return "local://" + *p
		}
		return *p
	}
	return f
}

// IsScheme reports whether text can be the scheme of a URL.
func IsScheme(text string) bool {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return false
	}
	return strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789+.-") == ""
}

// storesField checks the stores in a list.
func storesField(f field) field {
	checked := func(set func(string) error) func(string) error {
		return func(value string) error {
			for _, text := range strings.Fields(value) {
				if err := CheckStore(text); err != nil {
					return err
				}
			}
			return set(value)
		}
	}
	return field{get: f.get, set: checked(f.set), extend: checked(f.extend)}
}
