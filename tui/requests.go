package tui

// This file is what screens ask of the app shell: each function returns a
// command to be returned from Update or from an action's Run.

import (
	"os/exec"

	tea "charm.land/bubbletea/v2"

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

func send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }

// Goto brings a screen to the front and sends it msg, which may be nil.
func Goto(id ScreenID, msg tea.Msg) tea.Cmd { return send(gotoMsg{id, msg}) }

// Notify shows a notice for a few seconds and keeps it in the messages. Text is
// clean.
func Notify(text string) tea.Cmd { return send(noticeMsg{themes.Info, text}) }

// Warn is [Notify] for a warning.
func Warn(text string) tea.Cmd { return send(noticeMsg{themes.Warning, text}) }

// Fail is [Notify] for an error. Its text is cleaned.
func Fail(err error) tea.Cmd { return send(noticeMsg{themes.Error, err.Error()}) }

// Ran notes the command line that does the same as what was just done, for the
// messages.
func Ran(line string) tea.Cmd { return send(commandMsg{line}) }

// Copy puts text on the clipboard and says so; what names it ("the path").
func Copy(text, what string) tea.Cmd { return send(copyMsg{text, what}) }

// EditFile opens a file in the user's editor, at a line if that is not 0, with
// the interface set aside. Then, which may be nil, makes a message of the end.
func EditFile(file string, line int, then func(error) tea.Msg) tea.Cmd {
	return send(editMsg{file, line, then})
}

// Exec runs a command in the terminal with the interface set aside.
func Exec(cmd *exec.Cmd, then func(error) tea.Msg) tea.Cmd { return send(execMsg{cmd, then}) }

// Confirm shows a plan and asks whether to carry it out.
func Confirm(o confirm.Options) tea.Cmd { return send(confirmMsg{o}) }

// Pick asks to choose from a list.
func Pick(o palette.Options) tea.Cmd { return send(pickMsg{o}) }

// Prompt asks for a line of text at the foot of the screen; live search uses
// its OnChange.
func Prompt(o palette.PromptOptions) tea.Cmd { return send(promptMsg{o}) }

// View shows lines to be read over the screen.
func View(o ViewOptions) tea.Cmd { return send(viewMsg{o}) }

// Broadcast sends msg to all screens.
func Broadcast(msg tea.Msg) tea.Cmd { return send(broadcast{msg}) }

// Act does the action of that ID on that screen, as if its key were pressed
// there.
func Act(id ScreenID, a action.ID) tea.Cmd { return send(actMsg{id, a}) }
