package tui

// This file keeps what a user left: the screen in front, what each screen showed,
// and bookmarks, which lead back to such places.

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/widget/palette"
)

// A Keeper is a screen that leads back to where the user was, in this session or in a
// later one.
type Keeper interface {
	// Place is where the user is: a title for the list of bookmarks, clean, "" if there
	// is nothing to come back to, and what Return needs, which is written as JSON.
	Place() (title string, state any)
	// Return goes to a place that Place told. What is there no more is passed over
	// without an error. It reads nothing before the screen is shown.
	Return(state json.RawMessage) tea.Cmd
}

// A Rester is a Keeper that the next session does not find where it is, but as Rest says,
// which is what Return needs.
type Rester interface{ Rest() (state any) }

// A Session is what is kept from one run to the next.
type Session struct {
	Front string `json:"front,omitempty"` // the title of a screen
	// Theme is what was chosen from the list of themes, Configured the theme that the
	// configuration had then: a new one there counts more.
	Theme      string                     `json:"theme,omitempty"`
	Configured string                     `json:"configured,omitempty"`
	Screens    map[string]json.RawMessage `json:"screens,omitempty"` // by title
	Bookmarks  []Bookmark                 `json:"bookmarks,omitempty"`

	// Of the bookmarks, those that were added and removed since the session began: others
	// may have done so, too.
	added, dropped []Bookmark
}

// A Bookmark leads to a place on a screen.
type Bookmark struct {
	Screen string          `json:"screen"`
	Title  string          `json:"title"`
	State  json.RawMessage `json:"state"`
}

func (b Bookmark) same(other Bookmark) bool {
	return b.Screen == other.Screen && b.Title == other.Title
}

// merged are the bookmarks that are kept, with what this session has changed.
func (s *Session) merged(kept []Bookmark) []Bookmark {
	out := slices.DeleteFunc(slices.Clone(kept), func(b Bookmark) bool { return slices.ContainsFunc(s.dropped, b.same) })
	for _, b := range s.added {
		if !slices.ContainsFunc(out, b.same) {
			out = append(out, b)
		}
	}
	return out
}

// maxSession is the size of the largest session file that is read, in bytes.
const maxSession = 4 << 20

// ReadSession reads a session from a file. One that is not there is as good as an
// empty one.
func ReadSession(file string) (*Session, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &Session{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSession))
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	s := &Session{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, fmt.Errorf("read session %s: %v", file, err)
	}
	return s, nil
}

// Write puts the session into a file, in one step. Bookmarks that other sessions have put
// there stay.
func (s *Session) Write(file string) error {
	if _, err := os.Lstat(file); err == nil {
		if kept, err := ReadSession(file); err == nil {
			s.Bookmarks = s.merged(kept.Bookmarks)
		}
	}
	data, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return fmt.Errorf("write session: %v", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".session")
	if err != nil {
		return fmt.Errorf("write session: %w", err)
	}
	_, err = tmp.Write(append(data, '\n'))
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // it has not become the session
		return fmt.Errorf("write session: %w", err)
	}
	return nil
}

// Session returns what is to be kept.
func (m *Model) Session() *Session {
	s := &Session{
		Front: m.front.String(), Configured: m.o.Configured,
		Screens: map[string]json.RawMessage{}, Bookmarks: m.bookmarks,
		added: slices.Clone(m.added), dropped: slices.Clone(m.dropped),
	}
	if m.picked {
		s.Theme = autoTheme
		if m.chosen {
			s.Theme = m.o.Theme.Name
		}
	}
	for i, screen := range m.screens {
		if state := restOf(screen); state != nil {
			s.Screens[ScreenID(i).String()] = state
		}
	}
	return s
}

// stateOf is where a screen is, nil if it does not tell.
func stateOf(s Screen) json.RawMessage {
	k, ok := s.(Keeper)
	if !ok {
		return nil
	}
	_, state := k.Place()
	return kept(state)
}

// restOf is where the next session finds a screen, nil if nowhere.
func restOf(s Screen) json.RawMessage {
	if r, ok := s.(Rester); ok {
		return kept(r.Rest())
	}
	return stateOf(s)
}

// kept is a state as it is written, nil if there is nothing to come back to.
func kept(state any) json.RawMessage {
	data, err := json.Marshal(state)
	if err != nil || string(data) == "null" {
		return nil
	}
	return data
}

// restore goes back to what s kept; front tells whether the screen in front, too.
func (m *Model) restore(s *Session, front bool) tea.Cmd {
	m.bookmarks = s.Bookmarks
	var cmds []tea.Cmd
	for i, screen := range m.screens {
		name := ScreenID(i).String()
		if k, ok := screen.(Keeper); ok && s.Screens[name] != nil {
			cmds = append(cmds, k.Return(s.Screens[name]))
		}
		if front && s.Front == name {
			m.front = ScreenID(i)
		}
	}
	if s.Theme != "" && s.Configured == m.o.Configured {
		m.picked = true
		if s.Theme == autoTheme {
			m.chosen = false
		} else if th, err := m.o.Themes.LoadTheme(s.Theme); err == nil {
			m.o.Theme, m.chosen = th, true
			m.restyle()
		}
	}
	return tea.Batch(cmds...)
}

// save writes the session now.
func (m *Model) save() tea.Cmd {
	if m.o.Save == nil {
		return nil
	}
	s, save := m.Session(), m.o.Save
	s.Bookmarks = slices.Clone(s.Bookmarks)
	return func() tea.Msg {
		if err := save(s); err != nil {
			return noticeMsg{themes.Error, err.Error()}
		}
		return nil
	}
}

// addBookmark is the key of the item that adds a bookmark.
const addBookmark = "add"

// pickBookmark asks for a bookmark to go to, or adds one for where the user is.
func (m *Model) pickBookmark() tea.Cmd {
	var items []palette.Item
	title := ""
	if k, ok := m.screens[m.front].(Keeper); ok {
		title, _ = k.Place()
	}
	here := Bookmark{Screen: m.front.String(), Title: title}
	if title != "" && !slices.ContainsFunc(m.bookmarks, here.same) {
		items = append(items, palette.Item{Key: addBookmark, Title: "+ " + title, Side: "add"})
	}
	m.overlay = newPaletteOverlay(m.env.Styles, palette.Options{
		Title: "bookmarks", Items: append(items, m.bookmarkItems()...), Empty: "no bookmarks; nothing here to come back to",
		OnPick: func(key string) tea.Cmd {
			if key == addBookmark {
				here.State = stateOf(m.screens[m.front])
				m.bookmarks, m.added = append(m.bookmarks, here), append(m.added, here)
				m.dropped = slices.DeleteFunc(m.dropped, here.same)
				return tea.Batch(m.save(), m.notify(themes.Info, "bookmark: "+title))
			}
			return m.follow(m.bookmarks[bookmarkOf(key)])
		},
	})
	return nil
}

// bookmarkOf is the index of the bookmark with that key in a list.
func bookmarkOf(key string) int {
	i, err := strconv.Atoi(key)
	if err != nil {
		panic("tui: unreachable: " + err.Error()) // bookmarkItems made it
	}
	return i
}

// bookmarkItems lists the bookmarks; each has its index for a key.
func (m *Model) bookmarkItems() []palette.Item {
	var items []palette.Item
	for i, b := range m.bookmarks {
		items = append(items, palette.Item{Key: strconv.Itoa(i), Title: text.SanitiseName(b.Title), Side: strings.ToLower(text.SanitiseName(b.Screen))})
	}
	return items
}

// follow goes to a bookmark.
func (m *Model) follow(b Bookmark) tea.Cmd {
	for i, screen := range m.screens {
		if k, ok := screen.(Keeper); ok && ScreenID(i).String() == b.Screen {
			return tea.Batch(k.Return(b.State), m.show(ScreenID(i), nil))
		}
	}
	return nil
}

// dropBookmark asks for a bookmark to remove.
func (m *Model) dropBookmark() tea.Cmd {
	m.overlay = newPaletteOverlay(m.env.Styles, palette.Options{
		Title: "remove a bookmark", Items: m.bookmarkItems(), Empty: "no bookmarks",
		OnPick: func(key string) tea.Cmd {
			i := bookmarkOf(key)
			gone := m.bookmarks[i]
			title := gone.Title
			m.added, m.dropped = slices.DeleteFunc(m.added, gone.same), append(m.dropped, gone)
			m.bookmarks = slices.Delete(slices.Clone(m.bookmarks), i, i+1)
			return tea.Batch(m.save(), m.notify(themes.Info, "removed bookmark: "+text.SanitiseName(title)))
		},
	})
	return nil
}
