package nar

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// listingVersion is the version of the listing format.
const listingVersion = 1

// Listing says what is in an archive: the .ls file of a binary cache.
// It has a JSON form.
type Listing struct {
	Root    *Node `json:"root"`
	Version int   `json:"version"`
}

// Node is an object in a listing.
type Node struct {
	Type       Type   // "" in a listing of just names
	Size       int64  // of a regular file, bytes
	Executable bool   // of a regular file
	NarOffset  int64  // of a regular file's contents, bytes from the start of the archive
	Target     string // of a symbolic link
	// Entries holds what is in a directory, by name. It is nil for others.
	Entries map[string]*Node
}

// At returns the node at a clean absolute path below n, "/" for n itself, nil if
// there is none.
func (n *Node) At(path string) *Node {
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name != "" && n != nil {
			n = n.Entries[name]
		}
	}
	return n
}

// Shallow returns the node with the names of what is in it, and nothing about them.
func (n *Node) Shallow() *Node {
	if n.Type != Directory {
		return n
	}
	shallow := *n
	shallow.Entries = make(map[string]*Node, len(n.Entries))
	for name := range n.Entries {
		shallow.Entries[name] = &Node{}
	}
	return &shallow
}

// List reads the archive in r to its end and says what is in it.
// Errors are those of [Reader.Next].
func List(r io.Reader) (*Listing, error) {
	nr := NewReader(r)
	l := &Listing{Version: listingVersion}
	var open []*Node // directories on the way to the last object
	for {
		h, err := nr.Next()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return nil, err
		}
		n := &Node{Type: h.Type, Size: h.Size, Executable: h.Executable, NarOffset: h.ContentOffset, Target: h.Target}
		if h.Type == Directory {
			n.Entries = make(map[string]*Node)
		}
		// The reader's open directories are those above the object, and the
		// object itself if it is one.
		depth := len(nr.dirs)
		if h.Type == Directory {
			depth--
		}
		open = open[:depth]
		if depth == 0 {
			l.Root = n
		} else {
			open[depth-1].Entries[nr.dirs[depth-1].last] = n
		}
		if h.Type == Directory {
			open = append(open, n)
		}
	}
}

// MarshalJSON returns the node with just the fields that its type has.
func (n *Node) MarshalJSON() ([]byte, error) {
	if n.Type == "" {
		return []byte("{}"), nil
	}
	switch n.Type {
	case Directory:
		return json.Marshal(struct {
			Entries map[string]*Node `json:"entries"`
			Type    Type             `json:"type"`
		}{n.Entries, n.Type})
	case Symlink:
		return json.Marshal(struct {
			Target string `json:"target"`
			Type   Type   `json:"type"`
		}{n.Target, n.Type})
	}
	return json.Marshal(struct {
		Executable bool  `json:"executable"`
		NarOffset  int64 `json:"narOffset,omitempty"`
		Size       int64 `json:"size"`
		Type       Type  `json:"type"`
	}{n.Executable, n.NarOffset, n.Size, n.Type})
}
