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
	"strings"

	"nixbench/engine/eval"
	"nixbench/store"
	"nixbench/store/drvname"
)

// A Manifest lists the packages of a profile by name.
// Format: Nix manual, "nix profile", manifest.json version 3.
type Manifest struct {
	Version  int                `json:"version"`
	Elements map[string]Element `json:"elements"`
}

// An Element is a package of a profile.
type Element struct {
	Active     bool
	Priority   int
	StorePaths []store.Path
	// Source is where it came from, nil if that is not recorded.
	Source *Source
}

// A Source is the flake output that an element was made from.
type Source struct {
	OriginalURL string
	URL         string // locked
	AttrPath    string
	Outputs     []store.OutputName // nil: the default ones; ["*"] all
}

// String returns the source as it is written on the command line:
// "nixpkgs#hello^out,dev".
func (s *Source) String() string { return s.OriginalURL + "#" + s.Attribute() }

// Attribute returns the attribute path with the outputs: "hello^out,dev".
func (s *Source) Attribute() string {
	if s.Outputs == nil {
		return s.AttrPath
	}
	return s.AttrPath + "^" + strings.Join(s.Outputs, ",")
}

// elementJSON is an element as manifest.json has it; Uri is of version 1.
type elementJSON struct {
	Active      bool               `json:"active"`
	AttrPath    string             `json:"attrPath"`
	OriginalURI string             `json:"originalUri,omitempty"`
	OriginalURL string             `json:"originalUrl"`
	Outputs     []store.OutputName `json:"outputs"`
	Priority    *int               `json:"priority"`
	StorePaths  []store.Path       `json:"storePaths"`
	URI         string             `json:"uri,omitempty"`
	URL         string             `json:"url"`
}

// MarshalJSON writes the element as Nix does, byte for byte.
func (elem Element) MarshalJSON() ([]byte, error) {
	paths := slices.Clone(elem.StorePaths)
	if slices.Sort(paths); paths == nil {
		paths = []store.Path{}
	}
	if src := elem.Source; src != nil {
		return json.Marshal(elementJSON{
			Active: elem.Active, Priority: &elem.Priority, StorePaths: paths,
			AttrPath: src.AttrPath, OriginalURL: src.OriginalURL, Outputs: src.Outputs, URL: src.URL,
		})
	}
	return json.Marshal(struct {
		Active     bool         `json:"active"`
		Priority   int          `json:"priority"`
		StorePaths []store.Path `json:"storePaths"`
	}{elem.Active, elem.Priority, paths})
}

// UnmarshalJSON reads an element of any version.
func (elem *Element) UnmarshalJSON(data []byte) error {
	var in elementJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*elem = Element{Active: in.Active, Priority: DefaultPriority, StorePaths: in.StorePaths}
	if in.Priority != nil {
		elem.Priority = *in.Priority
	}
	if url := in.URL + in.URI; url != "" {
		elem.Source = &Source{
			OriginalURL: in.OriginalURL + in.OriginalURI, URL: url, AttrPath: in.AttrPath, Outputs: in.Outputs,
		}
	}
	return nil
}

// DefaultPriority is that of a package that says nothing else; lower wins.
const DefaultPriority = 5

// Identifier names the element: its source, or the names of its packages.
func (elem Element) Identifier() string {
	if elem.Source != nil {
		return elem.Source.String()
	}
	return strings.Join(elem.each(func(name, _ string) string { return name }), ", ")
}

// Installables returns what the element can be added by: its source, or its paths.
func (elem Element) Installables() []string {
	if elem.Source != nil {
		return []string{elem.Source.String()}
	}
	paths := make([]string, len(elem.StorePaths))
	for i, p := range elem.StorePaths {
		paths[i] = string(p)
	}
	slices.Sort(paths)
	return paths
}

// Versions lists the versions of the element's packages, "" for one without.
func (elem Element) Versions() []string {
	return elem.each(func(_, version string) string { return version })
}

// each returns what f makes of the name and version of each package, sorted and
// without duplicates.
func (elem Element) each(f func(name, version string) string) []string {
	all := make([]string, len(elem.StorePaths))
	for i, p := range elem.StorePaths {
		all[i] = f(drvname.Split(p.Name()))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Names returns the names of the elements, sorted.
func (m *Manifest) Names() []string { return slices.Sorted(maps.Keys(m.Elements)) }

// Add adds an element under its own name, or if that is taken one with a number.
func (m *Manifest) Add(elem Element) {
	base := elem.Identifier()
	name := base
	for i := 1; ; i++ {
		if _, taken := m.Elements[name]; !taken {
			m.Elements[name] = elem
			return
		}
		name = fmt.Sprintf("%s-%d", base, i)
	}
}

// MarshalJSON writes the manifest as Nix does, byte for byte.
func (m *Manifest) MarshalJSON() ([]byte, error) {
	elements := m.Elements
	if elements == nil {
		elements = map[string]Element{}
	}
	return json.Marshal(struct {
		Elements map[string]Element `json:"elements"`
		Version  int                `json:"version"`
	}{elements, m.Version})
}

// ReadManifest returns the manifest of a profile's generation, also that of
// nix-env; a generation without one has no elements.
func (e *Engine) ReadManifest(ctx context.Context, p store.Path) (*Manifest, error) {
	st, err := e.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	m := &Manifest{Version: 3, Elements: make(map[string]Element)}
	data, err := os.ReadFile(filepath.Join(st.RealPath(p), "manifest.json"))
	switch {
	case err == nil:
		err = m.read(data)
	case errors.Is(err, fs.ErrNotExist):
		err = e.readManifestNix(ctx, p, m)
	}
	if err != nil {
		return nil, fmt.Errorf("read manifest of %s: %w", p, err)
	}
	return m, nil
}

// read reads a manifest.json of version 1, 2 or 3; before 3, elements are a list.
func (m *Manifest) read(data []byte) error {
	var in struct {
		Version  int             `json:"version"`
		Elements json.RawMessage `json:"elements"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	switch in.Version {
	case 1, 2:
		var list []Element
		if err := json.Unmarshal(in.Elements, &list); err != nil {
			return err
		}
		for _, elem := range list {
			m.Add(elem)
		}
		return nil
	case 3:
		return json.Unmarshal(in.Elements, &m.Elements)
	}
	return fmt.Errorf("unsupported version %d", in.Version)
}

// readManifestNix reads what nix-env recorded: an expression, a list of
// derivations.
func (e *Engine) readManifestNix(ctx context.Context, p store.Path, m *Manifest) error {
	if _, err := os.Lstat(filepath.Join(e.realPath(string(p)), "manifest.nix")); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	ev, err := e.NewEvaluator(ctx, EvalOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	v, err := ev.EvalFile(ctx, string(p)+"/manifest.nix")
	if err != nil {
		return err
	}
	return ev.Do(ctx, func(s *eval.State) {
		for _, elem := range s.ForceElems(v, "") {
			out := s.ForceAttr(s.ForceAttrs(elem, ""), eval.Intern("outPath"), "while evaluating the output path of a derivation")
			path, _ := s.CoerceToStorePath(out, 0, "while evaluating the output path of a derivation")
			m.Add(Element{Active: true, Priority: DefaultPriority, StorePaths: []store.Path{path}})
		}
	})
}
