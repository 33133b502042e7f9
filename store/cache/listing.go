package cache

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"nixbench/store/nar"
	"nixbench/store/narinfo"
)

// This file is what is written beside archives about what is in them.
//
// Behaviour: Nix, BinaryCacheStore::uploadData in binary-cache-store.cc.

const (
	listingSuffix = ".ls"
	debugInfo     = "debuginfo"
	buildIDs      = "lib/debug/.build-id"
)

// listed returns a reader of the same archive, and a function that says what was in it once
// that has been read to its end.
func listed(archive io.Reader) (io.Reader, func() (*nar.Listing, error)) {
	r, w := io.Pipe()
	var listing *nar.Listing
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		listing, err = nar.List(r)
		io.Copy(io.Discard, r) // the archive is read to its end, whatever is wrong with it
	}()
	return io.TeeReader(archive, w), func() (*nar.Listing, error) {
		w.Close()
		<-done
		return listing, err
	}
}

// describe writes what is asked for about what is in an archive.
func (c *Cache) describe(info *narinfo.Info, listing *nar.Listing) error {
	if c.opts.Listings {
		text, err := json.Marshal(listing)
		if err != nil {
			return err
		}
		if err := c.write(info.Path.Digest()+listingSuffix, text); err != nil {
			return err
		}
	}
	if !c.opts.DebugInfo {
		return nil
	}
	ids := listing.Root.At(buildIDs)
	if ids == nil {
		return nil
	}
	for first, dir := range ids.Entries {
		for rest, file := range dir.Entries {
			if !isBuildID(first, rest) || file.Type != nar.Regular {
				continue
			}
			if err := c.link(first, rest, info.URL); err != nil {
				return err
			}
		}
	}
	return nil
}

// isBuildID reports whether a directory below lib/debug/.build-id and a name in it are those of
// debugging information.
func isBuildID(first, rest string) bool {
	rest, ok := strings.CutSuffix(rest, ".debug")
	return ok && len(first) == 2 && len(rest) == 38 && strings.Trim(first+rest, "0123456789abcdef") == ""
}

// link says in which archive the debugging information of a build is, unless that is known.
func (c *Cache) link(first, rest, url string) error {
	name := filepath.Join(debugInfo, first+rest)
	if _, err := os.Lstat(filepath.Join(c.dir, name)); err == nil {
		return nil
	}
	text, err := json.Marshal(map[string]string{"archive": "../" + url, "member": buildIDs + "/" + first + "/" + rest})
	if err != nil {
		return err
	}
	return c.write(name, text)
}
