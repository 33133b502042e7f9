// Package action says what can be done. A screen lists its [Action]s; the
// footer, the help, the command palette and the documentation are all drawn
// from that list, and the keys that lead to an action are in tui/keymap.
//
//	key --keymap, innermost scope first--> ID
//	ID  --the screen's Actions has it-->   Run, unless Disabled says why not
//	ID  --it has not-->                    Intent, to the screen's Update
//
// An [Intent] is what a widget does by itself, such as moving the cursor.
package action

import tea "charm.land/bubbletea/v2"

// An ID names an action or an intent: "builds.cancel". The part before the
// dot is the screen or the widget that does it.
type ID string

// An Action is something that the user can do on a screen.
type Action struct {
	ID ID
	// Title says what it does, in the palette and the help. It ends in ".."
	// if more is asked before anything happens.
	Title string
	// Short is its word in the footer; empty: it is not shown there.
	Short string
	// Disabled says why it cannot be done now; empty: it can. The action
	// stays in the palette and the help with this reason.
	Disabled string
	// Destructive actions ask before they do anything; see tui/widget/confirm.
	Destructive bool
	// Hidden actions are in the help but not in the palette.
	Hidden bool
	// Run does it. It is called by Update, so it may change the screen's
	// state, and must not wait for anything: that is for the command it
	// returns, which may be nil.
	Run func() tea.Cmd
}

// An Intent is a key's meaning that no action of the screen claims. The screen
// hands it to the widget that has the keys.
type Intent struct{ ID ID }

// Find returns the action of the given ID.
func Find(actions []Action, id ID) (Action, bool) {
	for _, a := range actions {
		if a.ID == id {
			return a, true
		}
	}
	return Action{}, false
}
