package tui

// This file is what screens ask of the app shell. A request is carried out as
// soon as the screen returns, before the next key is looked at, so that what is
// typed right after a key that opens a prompt goes into the prompt. The methods
// return a nil command, so that they can end an Update or a Run:
//
//	return s.env.Notify("rolled back to generation 4")

import (
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/widget/confirm"
	"nixbench/tui/widget/palette"
)

type (
	gotoMsg struct {
		id  ScreenID
		msg tea.Msg
	}
	noticeMsg struct {
		level themes.Token
		text  string
	}
	commandMsg struct{ line string }
	copyMsg    struct{ text, what string }
	editMsg    struct {
		file string
		line int
		then func(error) tea.Msg
	}
	execMsg struct {
		cmd  *exec.Cmd
		then func(error) tea.Msg
	}
	confirmMsg struct{ options confirm.Options }
	pickMsg    struct{ options palette.Options }
	promptMsg  struct{ options palette.PromptOptions }
	viewMsg    struct{ options ViewOptions }
	broadcast  struct{ msg tea.Msg }
	actMsg     struct {
		screen ScreenID
		id     action.ID
	}
)

// request notes what the shell is to do when the screen returns.
func (e *Env) request(msg tea.Msg) tea.Cmd {
	e.requests = append(e.requests, msg)
	return nil
}

// Goto brings a screen to the front and sends it msg, which may be nil.
func (e *Env) Goto(id ScreenID, msg tea.Msg) tea.Cmd { return e.request(gotoMsg{id, msg}) }

// Notify shows a notice for a few seconds and keeps it in the messages.
func (e *Env) Notify(text string) tea.Cmd { return e.request(noticeMsg{themes.Info, text}) }

// Warn is [Env.Notify] for a warning.
func (e *Env) Warn(text string) tea.Cmd { return e.request(noticeMsg{themes.Warning, text}) }

// Fail is [Env.Notify] for an error.
func (e *Env) Fail(err error) tea.Cmd { return e.request(noticeMsg{themes.Error, err.Error()}) }

// Ran notes the command line that does the same as what was just done, for the
// messages.
func (e *Env) Ran(line string) tea.Cmd { return e.request(commandMsg{e.OnStore(line)}) }

// OnStore is a command line of nixbench, or of one of Nix's commands, that works on the
// store of the workbench wherever it is carried out.
func (e *Env) OnStore(line string) string { return onStore(e.Backend.Info().StoreURI, line) }

func onStore(uri, line string) string {
	program, rest, _ := strings.Cut(line, " ")
	if uri == "" || program != "nixbench" && !strings.HasPrefix(program, "nix-") {
		return line
	}
	return strings.TrimRight(program+" --store "+Word(uri)+" "+rest, " ")
}

// Word is text as a word of a shell's command, between quotes where it needs them.
func Word(text string) string {
	needs := strings.ContainsFunc(text, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("/._-:+=,@%", c))
	})
	if needs || text == "" {
		return store.QuoteWord(text)
	}
	return text
}

// CopyCommand puts a command line on the clipboard, with the store.
func (e *Env) CopyCommand(line string) tea.Cmd { return e.Copy(e.OnStore(line), "the command") }

// Copy puts text on the clipboard and says so; what names it ("the path").
func (e *Env) Copy(text, what string) tea.Cmd { return e.request(copyMsg{text, what}) }

// EditFile opens a file in the user's editor, at a line if that is not 0, with
// the interface set aside. Then, which may be nil, makes a message of the end.
func (e *Env) EditFile(file string, line int, then func(error) tea.Msg) tea.Cmd {
	return e.request(editMsg{file, line, then})
}

// Exec runs a command in the terminal with the interface set aside.
func (e *Env) Exec(cmd *exec.Cmd, then func(error) tea.Msg) tea.Cmd {
	return e.request(execMsg{cmd, then})
}

// Confirm shows a plan and asks whether to carry it out.
func (e *Env) Confirm(o confirm.Options) tea.Cmd { return e.request(confirmMsg{o}) }

// Pick asks to choose from a list.
func (e *Env) Pick(o palette.Options) tea.Cmd { return e.request(pickMsg{o}) }

// Prompt asks for a line of text at the foot of the screen; live search uses
// its OnChange.
func (e *Env) Prompt(o palette.PromptOptions) tea.Cmd { return e.request(promptMsg{o}) }

// View shows lines to be read over the screen.
func (e *Env) View(o ViewOptions) tea.Cmd { return e.request(viewMsg{o}) }

// Broadcast sends msg to all screens.
func (e *Env) Broadcast(msg tea.Msg) tea.Cmd { return e.request(broadcast{msg}) }

// Act does the action of that ID on that screen, as if its key were pressed
// there.
func (e *Env) Act(id ScreenID, a action.ID) tea.Cmd { return e.request(actMsg{id, a}) }
