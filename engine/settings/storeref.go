package settings

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/uri"
)

// A StoreReference says which store is meant.
//
// Format: Nix manual, "Store URL format". Behaviour: store-reference.cc.
type StoreReference struct {
	// Name is "auto", "daemon" or "local" where that is all that is said but for parameters
	// of auto, and "" for URLs.
	Name string
	// Scheme and Place are those of a URL: Place follows "SCHEME://", encoded.
	Scheme, Place string
	Params        map[string]string // decoded
}

// ParseStore reads a reference. Errors are of the type [*Complaint], or [*uri.Error] for a
// query that is none.
func ParseStore(text string, warn uri.Warner) (StoreReference, error) {
	if u, err := uri.Parse(text, true, warn); err == nil {
		return StoreReference{Scheme: u.Scheme, Place: u.Place(), Params: u.Query}, nil
	}
	base, query, _ := strings.Cut(text, "?")
	params, err := uri.DecodeQuery(query, warn)
	if err != nil {
		return StoreReference{}, err
	}
	ref := StoreReference{Params: params}
	switch {
	case base == "", base == "auto":
		ref.Name = "auto"
	case base == "daemon" && len(params) == 0, base == "local" && len(params) == 0:
		ref.Name = base
	case base == "daemon":
		ref.Scheme = "unix"
	case base == "local":
		ref.Scheme = base
	case strings.Contains(base, "/") && !strings.Contains(base, "://"):
		ref.Scheme, err = "local", ref.setDir(base)
	default:
		err = ref.setAddress(base, text)
	}
	return ref, err
}

// setDir makes a directory the place.
func (ref *StoreReference) setDir(name string) error {
	dir, err := filepath.Abs(name)
	ref.Place = uri.EncodePath(uri.FileSegments(dir))
	return err
}

// setAddress reads SCHEME:[USER@]ADDRESS with an address of version 6 that has no
// brackets, or with a zone that is not encoded.
func (ref *StoreReference) setAddress(base, text string) error {
	scheme, host, ok := strings.Cut(base, ":")
	user, address, named := strings.Cut(strings.TrimPrefix(host, "//"), "@")
	if !named {
		user, address = "", user
	} else {
		user += "@"
	}
	if strings.HasPrefix(address, "[") && strings.HasSuffix(address, "]") {
		address = address[1 : len(address)-1]
	}
	plain, zone, zoned := strings.Cut(address, "%")
	if a, err := netip.ParseAddr(plain); !ok || err != nil || !a.Is6() {
		return Complain("Cannot parse Nix store '%s'", text)
	}
	if zoned {
		plain += "%25" + zone
	}
	ref.Scheme, ref.Place = scheme, user+"["+plain+"]"
	return nil
}

// String writes the reference as a URL.
func (ref StoreReference) String() string {
	text := ref.WithoutParams()
	if len(ref.Params) > 0 {
		text += "?" + uri.EncodeQuery(ref.Params)
	}
	return text
}

// WithoutParams is String without parameters.
func (ref StoreReference) WithoutParams() string {
	if ref.Name != "" {
		return ref.Name
	}
	return ref.Scheme + "://" + ref.Place
}

// storeField is the setting store.
func (s *Settings) storeField() field {
	return field{
		get: func() string { return s.Store },
		set: func(value string) error {
			ref, err := ParseStore(value, s.warn)
			if err == nil {
				s.Store = ref.String()
			}
			return err
		},
	}
}

// storesField is a list of stores.
func (s *Settings) storesField(p *[]string) field {
	read := func(value string) (refs []string, err error) {
		for _, text := range strings.Fields(value) {
			ref, err := ParseStore(text, s.warn)
			if err != nil {
				return nil, err
			}
			refs = append(refs, ref.String())
		}
		return refs, nil
	}
	change := func(value string, old []string) error {
		refs, err := read(value)
		if err == nil {
			*p = slices.Concat(old, refs)
		}
		return err
	}
	return field{
		get:    func() string { return strings.Join(*p, " ") },
		set:    func(value string) error { return change(value, nil) },
		extend: func(value string) error { return change(value, *p) },
	}
}
