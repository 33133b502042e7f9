package builds

import (
	"context"
	"os"
	"path/filepath"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/style"
	"nixbench/tui/widget/confirm"
)

// This file looks into logs and into what a failed build has left.

// errorIn goes to the next error in the log.
func (s *Screen) errorIn(dir int) func() tea.Cmd {
	return func() tea.Cmd { return s.log.NextError(dir) }
}

// times shows when lines were written, as far as we watched.
func (s *Screen) times() tea.Cmd { return s.log.Update(action.Intent{ID: action.LogTimes}) }

// writtenAt is how long after the build began a byte of its log was written.
func (s *Screen) writtenAt(offset int64) (time.Duration, bool) {
	if n := s.nodeOf(s.logOf); n != nil {
		return n.writtenAt(offset)
	}
	return 0, false
}

// copied is a log that was copied for the editor.
type copied struct{ file string }

// edit opens the log in the user's editor.
func (s *Screen) edit() tea.Cmd {
	act, _ := s.selected()
	drv, backend := store.Path(act.Built()), s.env.Backend
	return tui.Ask(s.env, &s.copying, func(ctx context.Context) (copied, error) {
		file, err := backend.CopyLog(ctx, drv)
		return copied{file}, err
	})
}

// opened shows the copy of a log in the editor, and removes it afterwards.
func (s *Screen) opened(msg tui.Answer[copied]) tea.Cmd {
	if !msg.For(&s.copying) {
		return nil
	}
	if msg.Err != nil {
		return s.env.Fail(msg.Err)
	}
	line := 0
	if !s.log.Following() {
		line = s.log.Line() + 1
	}
	return s.env.EditFile(msg.Value.file, line, func(err error) tea.Msg {
		os.RemoveAll(filepath.Dir(msg.Value.file))
		return edited{s, err}
	})
}

// edited is the end of the editor.
type edited struct {
	s   *Screen
	err error
}

// shell opens a shell where the build failed; it asks before building once more.
func (s *Screen) shell() tea.Cmd {
	act, _ := s.selected()
	cmd, isAgain, err := s.env.Backend.ShellCommand(act)
	if err != nil {
		return s.env.Fail(err)
	}
	run := func() tea.Cmd {
		return s.env.Exec(cmd, func(err error) tea.Msg { return left{s} })
	}
	if !isAgain {
		s.env.Ran("cd " + tui.Word(cmd.Dir))
		return run()
	}
	name := text.SanitiseName(act.Name)
	return s.env.Confirm(confirm.Options{
		Title: "shell", Plan: [][]style.Span{
			{{Text: "its directory was not kept (K builds again and keeps it)"}},
			{{Text: name, Token: themes.DrvName}, {Text: " is built once more, and if it fails again a shell"}},
			{{Text: "opens in its sandbox, as the builder left it; 'exit' leaves it"}},
		},
		Question: "build " + name + " and open a shell?", Yes: "build it",
		OnYes: func() tea.Cmd {
			s.env.Ran("nixbench build --no-link --print-build-logs --shell-on-failure " + tui.Word(act.Subject+"^*"))
			return run()
		},
	})
}

// left is the end of a shell; what its commands printed has been read by then.
type left struct{ s *Screen }
