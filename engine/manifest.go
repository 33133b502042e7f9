package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"nixbench/store"
)

// A Manifest lists the packages of a profile.
// Format: Nix manual, "nix profile", manifest.json version 3.
type Manifest struct {
	Version  int                `json:"version"`
	Elements map[string]Element `json:"elements"`
}

// An Element is a package of a profile.
type Element struct {
	Active      bool         `json:"active"`
	AttrPath    string       `json:"attrPath,omitempty"`
	OriginalURL string       `json:"originalUrl,omitempty"`
	URL         string       `json:"url,omitempty"`
	Outputs     []string     `json:"outputs"` // null: the default ones
	Priority    int          `json:"priority"`
	StorePaths  []store.Path `json:"storePaths"`
}

// DefaultPriority is that of a package that says nothing else; lower wins.
const DefaultPriority = 5

// Names returns the names of the elements, sorted.
func (m *Manifest) Names() []string { return slices.Sorted(maps.Keys(m.Elements)) }

// ReadManifest returns the manifest of a profile's generation; a generation
// without one has no elements.
func (e *Engine) ReadManifest(ctx context.Context, p store.Path) (*Manifest, error) {
	st, err := e.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(st.RealPath(p), "manifest.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return &Manifest{Version: 3}, nil
	}
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("read manifest of %s: %v", p, err)
	}
	if m.Version != 3 {
		return nil, fmt.Errorf("read manifest of %s: version is %d, want 3", p, m.Version)
	}
	return m, nil
}
