package closure

// This file has the places to begin at, and what is shown while the store is read.

import (
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/widget/rows"
)

// offered is how many of the newest and of the largest paths are offered as places.
const offered = 12

func newPlaces(env *tui.Env) *frame {
	f := &frame{kind: kindPlaces, name: "the closure of what?", env: env, st: env.Styles}
	f.list = rows.New(env.Styles,
		rows.Column{Title: "KIND", Min: 8},
		rows.Column{Title: "PLACE", Min: 16, Flex: 1, Max: 48, Dirs: true},
		rows.Column{Title: "PATH", Min: 20, Flex: 1, Rank: 1},
		rows.Column{Title: "OWN", Min: 7, Right: true, Rank: 3},
		rows.Column{Title: "AGE", Min: 5, Right: true, Rank: 2})
	f.list.Empty = "looking for places .."
	return f
}

// setPlaces fills the list of places; looking tells that there may be more.
func (s *Screen) setPlaces(places []tui.Place, looking bool, err error) {
	f := s.frames[0]
	f.err = err
	switch {
	case err != nil:
		f.list.Empty = "the places could not be listed; f5 tries again"
	case looking:
		f.list.Empty = "looking for places .."
	default:
		f.list.Empty = "nothing to browse yet: build something (:b in the REPL), or p and a path"
	}
	f.places = places
	f.list.SetSource(&rows.Func{
		N: func() int { return len(places) },
		KeyOf: func(i int) string {
			return places[i].Kind + rows.Sep + places[i].Name + rows.Sep + string(places[i].Path)
		},
		TextOf: func(i int) string { return places[i].Kind + " " + places[i].Name + " " + places[i].Path.Name() },
		RowOf: func(i int) rows.Row {
			p := places[i]
			own := ""
			if n, ok := s.index(p.Path); ok {
				own = text.Size(s.graph.NarSize[n])
			}
			return rows.Row{Base: f.markBase(p.Path), Cells: []rows.Cell{
				rows.Text(themes.Muted, text.SanitiseName(p.Kind)), rows.Text(themes.Root, text.SanitiseName(p.Name)),
				rows.Text(themes.DrvName, cleanName(p.Path)), rows.Text(themes.Size, own),
				rows.Text(themes.Muted, text.Age(f.env.Now, p.Time)),
			}}
		},
	})
}

// placesIn are the places that a store itself has.
func placesIn(g *store.Graph) []tui.Place {
	var places []tui.Place
	add := func(kind string, list []int32) {
		for _, i := range list {
			places = append(places, tui.Place{Kind: kind, Name: g.Paths[i].Name(), Path: g.Paths[i], Time: time.Unix(g.Registered[i], 0)})
		}
	}
	add("built", closure.Newest(g, offered))
	add("largest", closure.Largest(g, offered))
	return places
}

// readingMsg comes while the store is read, for what is drawn of that.
type readingMsg struct{ s *Screen }

// readingEvery is how often it comes.
const readingEvery = 100 * time.Millisecond

func (s *Screen) watchReading() tea.Cmd {
	return s.env.After(readingEvery, func(time.Time) tea.Msg { return readingMsg{s} })
}

// errStopped stands for a graph whose reading was cancelled.
var errStopped = errors.New("reading was stopped; f5 reads it")

// stopReading cancels the reading of the store.
func (s *Screen) stopReading() {
	s.graphing.Cancel()
	if s.graph == nil {
		s.err = errStopped
	}
}

// reading says how far the reading of the store is, "" if it is not read for the first
// time.
func (s *Screen) reading() string {
	if s.graph != nil || !s.graphing.Pending() {
		return ""
	}
	said := "reading the store .."
	n, of := s.progress.Paths()
	if of > 0 {
		said = "reading the store: " + text.Count(int(n)) + " of " + text.Plural(int(of), "path")
	}
	if refs, all := s.progress.References(); all > 0 {
		said += ", " + text.Count(int(refs)) + " of " + text.Plural(int(all), "reference")
	}
	return said
}

// placed takes places: those that are found without the graph of the store, or those
// that it tells of.
func (s *Screen) placed(msg tui.Answer[[]tui.Place]) tea.Cmd {
	switch {
	case msg.For(&s.placing):
		s.places, s.placesErr, s.placesKnown = msg.Value, msg.Err, true
	case msg.For(&s.looking):
		s.inStore = msg.Value // its only error is that it was not wanted any more
	default:
		return nil
	}
	s.listPlaces()
	return s.moved()
}

// listPlaces shows the places that are known; those of the graph not before the others,
// as the cursor would stay on one of them.
func (s *Screen) listPlaces() {
	if !s.placesKnown {
		return
	}
	looking := s.placing.Pending() || s.graphing.Pending() || s.looking.Pending()
	s.setPlaces(slices.Concat(s.places, s.inStore), looking, s.placesErr)
}
