package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"nixbench/engine"
	"nixbench/store"
	"nixbench/store/narinfo"
)

// This file is about keys and signatures.

var keyNameFlags = []flag{
	{[]string{"--key-name"}, []string{"NAME"}, "what the key is called, such as cache.example.org-1", func(inv *invocation, args []string) error {
		inv.keyName, inv.hasKeyName = args[0], true
		return nil
	}},
}

var signFlags = []flag{
	{[]string{"--key-file", "-k"}, []string{"FILE"}, "the file of the secret key", text1(func(inv *invocation) *string { return &inv.keyFile })},
}

var copySigsFlags = []flag{
	{[]string{"--substituter", "-s"}, []string{"URI"}, "the store that signatures are copied from", func(inv *invocation, args []string) error {
		inv.sigStores = append(inv.sigStores, args[0])
		return checkStore(args[0])
	}},
}

// missing is the error of a flag that must be there.
func (inv *invocation) missing(name string) error {
	return inv.cmd.usage("required argument '%s' is missing", name)
}

// runKeyGenerate is `nixbench key generate-secret`.
func runKeyGenerate(_ context.Context, inv *invocation) error {
	if !inv.hasKeyName {
		return inv.missing("--key-name")
	}
	key, err := narinfo.GenerateKey(inv.keyName, rand.Reader)
	if err != nil {
		return err
	}
	_, err = io.WriteString(inv.env.Stdout, key.Text())
	return err
}

// runKeyConvert is `nixbench key convert-secret-to-public`.
func runKeyConvert(_ context.Context, inv *invocation) error {
	text, err := io.ReadAll(io.LimitReader(inv.env.Stdin, maxKey))
	if err != nil {
		return fmt.Errorf("read secret key: %w", err)
	}
	key, err := narinfo.ParseSecretKey(string(text))
	if err != nil {
		return err
	}
	_, err = io.WriteString(inv.env.Stdout, key.Public())
	return err
}

// maxKey is how long the text of a key may be, in bytes.
const maxKey = 1 << 16

// readKey reads the file of a secret key.
func (inv *invocation) readKey(name string) (*narinfo.SecretKey, error) {
	file, err := os.Open(inv.abs(name))
	if err != nil {
		return nil, openError(name, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxKey))
	if err != nil {
		return nil, fmt.Errorf("read secret key %q: %w", name, err)
	}
	return narinfo.ParseSecretKey(string(text))
}

// openError says in Nix's words that a file cannot be opened.
func openError(name string, err error) error {
	return fmt.Errorf("opening file %s: %s", store.QuoteFile(name), systemError(err))
}

// runStoreSign is `nixbench store sign`.
func runStoreSign(ctx context.Context, inv *invocation) error {
	if inv.keyFile == "" {
		return inv.missing("--key-file")
	}
	key, err := inv.readKey(inv.keyFile)
	if err != nil {
		return err
	}
	return inv.changeSignatures(ctx, "added %d signatures", func(eng *engine.Engine, paths []store.Path) (int, error) {
		return eng.Sign(ctx, key, paths)
	})
}

// runStoreCopySigs is `nixbench store copy-sigs`.
func runStoreCopySigs(ctx context.Context, inv *invocation) error {
	if len(inv.sigStores) == 0 {
		return inv.cmd.usage("you must specify at least one substituter using '-s'")
	}
	from, closeAll, err := inv.openSigStores(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	return inv.changeSignatures(ctx, "imported %d signatures", func(eng *engine.Engine, paths []store.Path) (int, error) {
		return eng.CopySignatures(ctx, from, paths)
	})
}

// openSigStores opens the stores that --substituter names.
func (inv *invocation) openSigStores(ctx context.Context) (engs []*engine.Engine, closeAll func(), err error) {
	closeAll = func() {
		for _, eng := range engs {
			eng.Close()
		}
	}
	for _, uri := range inv.sigStores {
		eng, err := inv.openAt(ctx, uri)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		engs = append(engs, eng)
	}
	return engs, closeAll, nil
}

// changeSignatures changes the signatures of the paths that are asked for, all of
// which must be valid, and says how many.
func (inv *invocation) changeSignatures(ctx context.Context, done string, change func(*engine.Engine, []store.Path) (int, error)) error {
	eng, paths, err := inv.openForClosures(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	if err := allValid(ctx, eng, paths); err != nil {
		return err
	}
	n, err := change(eng, paths)
	if err != nil {
		return err
	}
	inv.say(done, n)
	return nil
}

// generateKey is nix-store --generate-binary-cache-key. The public file is written
// first: a secret key never lies about without it.
func (run *storeRun) generateKey(context.Context) error {
	if err := run.only(); err != nil {
		return err
	}
	if len(run.args) != 3 {
		return run.cmd.usage("three arguments expected")
	}
	key, err := narinfo.GenerateKey(run.args[0], rand.Reader)
	if err != nil {
		return err
	}
	for _, file := range []struct {
		name, text string
		mode       os.FileMode
	}{{run.args[2], key.Public(), 0o666}, {run.args[1], key.Text(), 0o600}} {
		if err := writeKey(run.abs(file.name), file.text, file.mode); err != nil {
			return openError(file.name, err)
		}
	}
	return nil
}

// writeKey writes a file that has that mode if it is ours to have one, though it was
// there before.
func writeKey(name, text string, mode os.FileMode) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	if info, statErr := file.Stat(); statErr == nil && info.Mode().IsRegular() && info.Mode().Perm()&^mode != 0 {
		err = file.Chmod(mode)
	}
	if err == nil {
		_, err = file.WriteString(text)
	}
	return errors.Join(err, file.Close())
}
