package narinfo

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"nixbench/store"
)

// Fingerprint returns what is signed about a path: the path, the hash and the
// size of its archive, and its references. It fails if the size is not known.
//
// Format: Nix manual, "Store Object Signing"; Nix 2.34, path-info.cc.
func Fingerprint(info *store.PathInfo) (string, error) {
	if info.NarSize <= 0 || info.NarHash.IsZero() {
		return "", fmt.Errorf("make fingerprint of %s: archive is not known", info.Path)
	}
	refs := make([]string, len(info.References))
	for i, p := range info.References {
		refs[i] = string(p)
	}
	slices.Sort(refs)
	return strings.Join([]string{
		"1", string(info.Path), info.NarHash.String(), strconv.FormatInt(info.NarSize, 10), strings.Join(refs, ","),
	}, ";"), nil
}

// Signature is a signature and the name of the key that made it.
type Signature struct {
	Key string
	Sig []byte // of ed25519, or of the wrong length
}

// ParseSignature reads "key-name:base64".
func ParseSignature(s string) (Signature, error) {
	name, sig, err := cutKey(s)
	if err != nil {
		return Signature{}, fmt.Errorf("parse signature %q: %v", s, err)
	}
	return Signature{name, sig}, nil
}

// String returns what [ParseSignature] reads.
func (s Signature) String() string { return s.Key + ":" + base64.StdEncoding.EncodeToString(s.Sig) }

func cutKey(s string) (name string, data []byte, err error) {
	name, text, found := strings.Cut(s, ":")
	if !found || name == "" {
		return "", nil, fmt.Errorf("want name:base64")
	}
	data, err = base64.StdEncoding.Strict().DecodeString(text)
	if err == nil && len(data) == 0 {
		err = fmt.Errorf("nothing after the name")
	}
	return name, data, err
}

// SecretKey signs paths.
type SecretKey struct {
	name string
	key  ed25519.PrivateKey
}

// GenerateKey makes a key of that name from random bytes.
func GenerateKey(name string, random io.Reader) (*SecretKey, error) {
	_, key, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, fmt.Errorf("generate key %q: %w", name, err)
	}
	return &SecretKey{name, key}, nil
}

// ParseSecretKey reads the contents of a secret key file: "name:base64". Its
// errors do not tell of the key.
func ParseSecretKey(s string) (*SecretKey, error) {
	name, key, err := cutKey(strings.TrimSpace(s))
	if err != nil {
		return nil, fmt.Errorf("parse secret key: want name:base64")
	}
	if len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("parse secret key %q: got %d bytes, want %d", name, len(key), ed25519.PrivateKeySize)
	}
	if derived := ed25519.NewKeyFromSeed(key[:ed25519.SeedSize]); !derived.Equal(ed25519.PrivateKey(key)) {
		return nil, fmt.Errorf("parse secret key %q: its halves do not belong together", name)
	}
	return &SecretKey{name, key}, nil
}

// Text returns what [ParseSecretKey] reads. It is secret.
func (k *SecretKey) Text() string { return k.name + ":" + base64.StdEncoding.EncodeToString(k.key) }

// Name returns the key's name.
func (k *SecretKey) Name() string { return k.name }

// Public returns the key that checks what k signs, as "name:base64".
func (k *SecretKey) Public() string {
	public := k.key.Public().(ed25519.PublicKey)
	return k.name + ":" + base64.StdEncoding.EncodeToString(public)
}

// Sign returns a signature of the path, as Sigs of a PathInfo holds them.
func (k *SecretKey) Sign(info *store.PathInfo) (string, error) {
	text, err := Fingerprint(info)
	if err != nil {
		return "", err
	}
	return k.SignText(text), nil
}

// SignText returns a signature of a fingerprint.
func (k *SecretKey) SignText(fingerprint string) string {
	return Signature{k.name, ed25519.Sign(k.key, []byte(fingerprint))}.String()
}

// PublicKeys are the keys that are trusted, by name.
type PublicKeys map[string]ed25519.PublicKey

// ParsePublicKeys reads keys of the form "name:base64". Two keys of one name
// are an error.
func ParsePublicKeys(list []string) (PublicKeys, error) {
	keys := make(PublicKeys, len(list))
	for _, s := range list {
		name, key, err := cutKey(s)
		if err == nil && len(key) != ed25519.PublicKeySize {
			err = fmt.Errorf("got %d bytes, want %d", len(key), ed25519.PublicKeySize)
		}
		if old, twice := keys[name]; err == nil && twice && !old.Equal(ed25519.PublicKey(key)) {
			err = fmt.Errorf("another key has that name")
		}
		if err != nil {
			return nil, fmt.Errorf("parse public key %q: %v", s, err)
		}
		keys[name] = key
	}
	return keys, nil
}

// Verify returns the names of the keys that have signed the path, sorted
// without duplicates. Signatures that are malformed or by other keys do not
// count.
func (keys PublicKeys) Verify(info *store.PathInfo) []string {
	text, err := Fingerprint(info)
	if err != nil {
		return nil
	}
	return keys.VerifyText(text, info.Sigs)
}

// VerifyText is [PublicKeys.Verify] of any text that signatures may be of.
func (keys PublicKeys) VerifyText(text string, sigs []string) []string {
	var names []string
	for _, s := range sigs {
		sig, err := ParseSignature(s)
		if err != nil || len(sig.Sig) != ed25519.SignatureSize {
			continue
		}
		if key, trusted := keys[sig.Key]; trusted && ed25519.Verify(key, []byte(text), sig.Sig) {
			names = append(names, sig.Key)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
