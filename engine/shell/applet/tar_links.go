package applet

import (
	"archive/tar"
	"os"
	"strings"
)

// A member below a symbolic link of the same archive would be written to where that leads. So
// links that lead out of the directory are made when all else is there; until then an empty
// file has their place.
//
// Behaviour: GNU tar, extract.c.

// A delayedLink is a symbolic link that is made at the end.
type delayedLink struct {
	header *tar.Header
	files  []string    // its names, the first one first
	info   os.FileInfo // of the file in its place
}

// leadsOut reports whether a link may lead out of the directory that it is extracted to.
func leadsOut(target string) bool {
	if strings.HasPrefix(target, "/") {
		return true
	}
	for part := range strings.SplitSeq(target, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

// delay puts an empty file in the place of a symbolic link.
func (x *extractor) delay(h *tar.Header, file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil {
		x.links = append(x.links, &delayedLink{h, []string{file}, info})
	}
	return err
}

// delayToo notes that a file is another name of a link that is made at the end, if it is.
func (x *extractor) delayToo(file string) {
	if len(x.links) == 0 {
		return
	}
	info, err := os.Lstat(file)
	if err != nil {
		return
	}
	for _, l := range x.links {
		if os.SameFile(l.info, info) {
			l.files = append(l.files, file)
		}
	}
}

// makeDelayed makes a link in the place of its files, as far as these are still there.
func (x *extractor) makeDelayed(l *delayedLink) {
	made := ""
	for _, file := range l.files {
		info, err := os.Lstat(file)
		if err != nil || !os.SameFile(l.info, info) {
			continue // another member has its name
		}
		if err = os.Remove(file); err == nil && made != "" {
			err = os.Link(made, file)
		} else if err == nil {
			err = os.Symlink(l.header.Linkname, file)
		}
		if err != nil {
			x.t.fail("%s: Cannot create symlink to %s: %s", file, quote(l.header.Linkname), errText(err))
			continue
		}
		if made == "" {
			made = file
			x.attributes(l.header, file)
		}
	}
}
