package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
	"nixbench/store/narinfo"
	"nixbench/store/nixhash"
)

// hostileTrials reads archives, derivations and .narinfo files that were cut at each
// length, and that had each of their bits turned. What is read is either
// refused or what the changed text says; nothing is written beside it.
func hostileTrials(ctx context.Context, conf *config) error {
	input := filepath.Join(conf.scratch, "input")
	if err := writeInputs(input); err != nil {
		return err
	}
	inputs, err := hostileInputs(ctx, conf, input)
	if err != nil {
		return err
	}
	fmt.Printf("%-12s %8s %8s %8s %10s %12s\n", "input", "cut", "turned", "refused", "violations", "longest")
	bad := false
	for _, in := range inputs {
		if !conf.only.MatchString(in.name) {
			continue
		}
		t, err := in.try(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", in.name, err)
		}
		fmt.Printf("%-12s %8d %8d %8d %10d %12v\n", in.name, t.cut, t.turned, t.refused, len(t.wrong), t.longest)
		for _, w := range t.wrong[:min(3, len(t.wrong))] {
			fmt.Println("    " + w)
		}
		bad = bad || len(t.wrong) > 0
	}
	if bad {
		return errViolations
	}
	return nil
}

// An input is a text that is read.
type hostileInput struct {
	name string
	text []byte
	// read reads a changed text. Same is what it means written again, nil if it was
	// refused; broken says what is wrong about it whatever it means.
	read func(text []byte) (same []byte, broken error)
}

// hostileResult is what the trials of an input came to.
type hostileResult struct {
	cut, turned, refused int
	wrong                []string
	longest              time.Duration
}

func (in *hostileInput) try(ctx context.Context) (t hostileResult, err error) {
	for n := range len(in.text) {
		t.cut++
		in.once(&t, fmt.Sprintf("cut at %d", n), in.text[:n])
		if err := ctx.Err(); err != nil {
			return t, err
		}
	}
	changed := bytes.Clone(in.text)
	for i := range 8 * len(in.text) {
		t.turned++
		changed[i/8] ^= 1 << (i % 8)
		in.once(&t, fmt.Sprintf("bit %d turned", i), changed)
		changed[i/8] ^= 1 << (i % 8)
		if err := ctx.Err(); err != nil {
			return t, err
		}
	}
	return t, nil
}

// once reads one changed text.
func (in *hostileInput) once(t *hostileResult, how string, text []byte) {
	begun := time.Now()
	same, err := func() (same []byte, err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("panic: %v", r)
			}
		}()
		return in.read(text)
	}()
	t.longest = max(t.longest, time.Since(begun))
	switch {
	case err != nil:
		t.wrong = append(t.wrong, how+": "+err.Error())
	case same == nil:
		t.refused++
	case !bytes.Equal(same, text):
		t.wrong = append(t.wrong, how+": it was taken for something else")
	}
}

func hostileInputs(ctx context.Context, conf *config, input string) ([]hostileInput, error) {
	tree := filepath.Join(conf.scratch, "small")
	for name, text := range map[string]string{"a": "text", "dir/b": strings.Repeat("x", 40), "dir/c": ""} {
		if err := writeFile(filepath.Join(tree, name), text); err != nil {
			return nil, err
		}
	}
	if err := os.Symlink("dir/b", filepath.Join(tree, "link")); err != nil {
		return nil, err
	}
	var archive bytes.Buffer
	if err := nar.Dump(&archive, tree, nil); err != nil {
		return nil, err
	}
	r := conf.newRig(input)
	defer removeTree(r.dir)
	if err := r.make(ctx, [][]string{{"nix-instantiate", "$INPUT/outputs.nix"}}); err != nil {
		return nil, err
	}
	found, err := filepath.Glob(filepath.Join(r.store(), "nix/store/*-outputs.drv"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("find the derivation: %v, %v", found, err)
	}
	derivation, err := os.ReadFile(found[0])
	if err != nil {
		return nil, err
	}
	drvPath := store.Path("/nix/store/" + filepath.Base(found[0]))
	info := []byte("StorePath: /nix/store/" + strings.Repeat("0", 32) + "-x\nURL: nar/x.nar.xz\nCompression: xz\n" +
		"FileHash: " + nixhash.SumString(nixhash.SHA256, "x").String() + "\nFileSize: 10\nNarHash: " + nixhash.SumString(nixhash.SHA256, "y").String() +
		"\nNarSize: 20\nReferences: " + strings.Repeat("0", 32) + "-x\nSig: k:AAAA\n")
	return []hostileInput{
		{"archive", archive.Bytes(), func(text []byte) ([]byte, error) { return restoreAgain(conf.scratch, text) }},
		{"derivation", derivation, func(text []byte) ([]byte, error) {
			d, err := drv.ParseAt(drvPath, text)
			if err != nil {
				return nil, nil
			}
			again, err := drv.ParseAt(drvPath, d.ATerm())
			if err != nil || !bytes.Equal(again.ATerm(), d.ATerm()) {
				return nil, fmt.Errorf("it is written as something else: %v", err)
			}
			return text, nil // Nix, too, reads what it would have written otherwise
		}},
		{"narinfo", info, func(text []byte) ([]byte, error) {
			if _, err := narinfo.Parse(store.DefaultDir, text); err != nil {
				return nil, nil
			}
			return text, nil // its lines may come in any order
		}},
	}, nil
}

// restoreAgain unpacks an archive in a directory of its own and packs what came of
// it.
func restoreAgain(scratch string, text []byte) (same []byte, broken error) {
	dir, err := os.MkdirTemp(scratch, "restore")
	if err != nil {
		return nil, err
	}
	defer removeTree(dir)
	dest := filepath.Join(dir, "dest")
	refused := nar.Restore(bytes.NewReader(text), dest, nar.RestoreOptions{})
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 1 || len(entries) == 1 && entries[0].Name() != "dest" {
		return nil, fmt.Errorf("there is something beside it: %v, %v", entries, err)
	}
	if refused != nil {
		return nil, nil
	}
	var again bytes.Buffer
	if err := nar.Dump(&again, dest, nil); err != nil {
		return nil, err
	}
	return again.Bytes(), nil
}
