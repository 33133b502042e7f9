package closure_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/screen/closure"
	"nixbench/tui/tuitest"
)

// A store to which no link leads has its newest and its largest paths to begin with.
func TestPlacesWithoutRoots(t *testing.T) {
	b := &unlinked{tuitest.NewBackend(t)}
	d := start(t, b, 140, 40, nil)
	d.Wants("built", "desktop-12", "largest", "locales-5.1", "2.5M")
	d.Lacks("profile")
	d.Keys("enter")
	d.Wants("closure of ")
}

type unlinked struct{ *tuitest.Backend }

func (*unlinked) Places(context.Context) ([]tui.Place, error) { return nil, nil }

// slow is a store whose reading takes until it is cancelled.
type slow struct {
	*tuitest.Backend
	read  chan struct{} // closed when some was read
	ended chan error
}

func (s *slow) Graph(ctx context.Context) (*store.Graph, error) {
	b := store.NewGraphBuilder(5000)
	b.Report(store.ProgressOf(ctx))
	for range 3000 {
		b.AddPath(tuitest.PathNamed("x"), 1, 1)
	}
	close(s.read)
	<-ctx.Done()
	s.ended <- ctx.Err()
	return nil, ctx.Err()
}

// While the store is read one sees how far that is, and can stop it.
func TestReading(t *testing.T) {
	b := &slow{tuitest.NewBackend(t), make(chan struct{}), make(chan error, 1)}
	d := start(t, b.Backend, 100, 30, nil)
	d.Model.Env().Backend = b
	s := closure.New(d.Model.Env())
	shown := func() string { return strings.Join(s.Draw(100, 30), "\n") }
	batch, ok := s.Update(tui.ShownMsg{})().(tea.BatchMsg)
	if !ok {
		t.Fatal("nothing is asked for")
	}
	go batch[0]()
	<-b.read
	if got, want := shown(), "reading the store: 2,048 of 5,000 paths"; !strings.Contains(got, want) {
		t.Errorf("screen lacks %q:\n%s", want, got)
	}
	s.Update(tui.ShowPathMsg{Path: tuitest.PathNamed("desktop-12")})
	if got, want := shown(), "ctrl+c stops"; !strings.Contains(got, want) {
		t.Errorf("screen lacks %q:\n%s", want, got)
	}
	if _, ok := s.Interrupt(); !ok {
		t.Error("the reading cannot be stopped")
	}
	if err := <-b.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the reading ended with %v", err)
	}
	if got, want := shown(), "reading was stopped; f5 reads it"; !strings.Contains(got, want) {
		t.Errorf("screen lacks %q:\n%s", want, got)
	}
}
