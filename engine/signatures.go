package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"nixbench/store"
	"nixbench/store/narinfo"
)

// Sign signs paths with a key, and returns how many it had not signed yet.
func (e *Engine) Sign(ctx context.Context, key *narinfo.SecretKey, paths []store.Path) (added int, err error) {
	for _, p := range paths {
		info, err := e.store.PathInfo(ctx, p)
		if err != nil {
			return added, err
		}
		sig, err := key.Sign(info)
		if err != nil {
			return added, err
		}
		n, err := e.store.AddSignatures(ctx, p, []string{sig})
		if added += n; err != nil {
			return added, err
		}
	}
	return added, nil
}

// signBuilt signs what was built here with the keys of the setting secret-key-files.
func (e *Engine) signBuilt(info *store.PathInfo) error {
	if len(e.settings.SecretKeyFiles) == 0 {
		return nil
	}
	text, err := narinfo.Fingerprint(info)
	if err != nil {
		return err
	}
	sigs, err := e.signText(text)
	if err != nil {
		return err
	}
	info.AddSigs(sigs...)
	return nil
}

// signText signs a fingerprint with each of those keys.
func (e *Engine) signText(fingerprint string) (sigs []string, err error) {
	keys, err := e.secretKeys()
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		sigs = append(sigs, key.SignText(fingerprint))
	}
	return sigs, nil
}

// secretKeys reads the keys of the setting secret-key-files.
func (e *Engine) secretKeys() (keys []*narinfo.SecretKey, err error) {
	for _, name := range e.settings.SecretKeyFiles {
		key, err := readSecretKey(name)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// readSecretKey reads a key from a file.
func readSecretKey(name string) (*narinfo.SecretKey, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read secret key: %w", err)
	}
	key, err := narinfo.ParseSecretKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return key, nil
}

// CopySignatures adds to paths the signatures that other stores have of the same
// contents, and returns how many are new.
func (e *Engine) CopySignatures(ctx context.Context, from []*Engine, paths []store.Path) (added int, err error) {
	for _, p := range paths {
		info, err := e.store.PathInfo(ctx, p)
		if err != nil {
			return added, err
		}
		var sigs []string
		for _, other := range from {
			theirs, err := other.store.PathInfo(ctx, p)
			if err != nil && !errors.Is(err, store.ErrInvalidPath) {
				return added, err
			}
			if err == nil && theirs.NarHash == info.NarHash && theirs.NarSize == info.NarSize && slices.Equal(theirs.References, info.References) {
				sigs = append(sigs, theirs.Sigs...)
			}
		}
		if len(sigs) == 0 {
			continue
		}
		n, err := e.store.AddSignatures(ctx, p, sigs)
		if added += n; err != nil {
			return added, err
		}
	}
	return added, nil
}
