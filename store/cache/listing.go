package cache

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"

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
			if !buildID.MatchString(first+"/"+rest) || file.Type != nar.Regular {
				continue
			}
			if err := c.link(first, rest, info.URL); err != nil {
				return err
			}
		}
	}
	return nil
}

// buildID is the name of debugging information below lib/debug/.build-id.
var buildID = regexp.MustCompile(`^[0-9a-f]{2}/[0-9a-f]{38}\.debug$`)

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
