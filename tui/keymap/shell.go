package keymap

import "nixbench/tui/action"

// The scopes of the app shell and of the widgets.
const (
	// Always holds everywhere, also while text is typed.
	Always Scope = "always"
	// Global holds everywhere but where text is typed.
	Global Scope = "global"
	// Screen has what all screens may do; it holds where Global does.
	Screen Scope = "screen"

	Rows    Scope = "rows"
	Log     Scope = "log"
	Edit    Scope = "edit"    // line editing, of the REPL and of prompts
	Vi      Scope = "vi"      // the input in vi's normal mode
	Prompt  Scope = "prompt"  // a line asked for, and the filter of a list
	Confirm Scope = "confirm" // yes or no
	Viewer  Scope = "viewer"  // help and messages
)

// Default returns the bindings that are built in. Each call makes a new Map.
func Default() *Map {
	return &Map{scopes: map[Scope][]Binding{
		Always: always(), Global: global(), Screen: screen(),
		Rows: rows(), Log: log(), Edit: edit(), Vi: vi(),
		Prompt: prompt(), Confirm: confirm(), Viewer: viewer(),
		ReplInput: replInput(), ReplBrowse: replBrowse(),
		Builds: builds(), Closure: closure(), ClosureWhy: closureWhy(),
		Profiles: profiles(), GC: gc(),
	}}
}

func always() []Binding {
	return []Binding{
		{ID: action.Help, Keys: []string{"f1"}},
		{ID: action.Palette, Keys: []string{"f2"}},
		{ID: action.ShowRepl, Keys: []string{"alt+1"}},
		{ID: action.ShowBuilds, Keys: []string{"alt+2"}},
		{ID: action.ShowClosure, Keys: []string{"alt+3"}},
		{ID: action.ShowProfiles, Keys: []string{"alt+4"}},
		{ID: action.ShowGC, Keys: []string{"alt+5"}},
		{ID: action.Back, Keys: []string{"esc"}},
		{ID: action.Interrupt, Keys: []string{"ctrl+c"}},
		{ID: action.Suspend, Keys: []string{"ctrl+z"}},
		{ID: action.Redraw, Keys: []string{"ctrl+l"}},
		{ID: action.Themes, Keys: []string{"alt+t"}},
	}
}

func global() []Binding {
	return []Binding{
		{ID: action.ShowRepl, Keys: []string{"1"}},
		{ID: action.ShowBuilds, Keys: []string{"2"}},
		{ID: action.ShowClosure, Keys: []string{"3"}},
		{ID: action.ShowProfiles, Keys: []string{"4"}},
		{ID: action.ShowGC, Keys: []string{"5"}},
		{ID: action.Help, Keys: []string{"?"}},
		{ID: action.Palette, Keys: []string{":"}},
		{ID: action.Messages, Keys: []string{"@"}},
		{ID: action.Quit, Keys: []string{"q"}},
		{ID: action.Mouse, Keys: []string{"M"}},
		{ID: action.Bookmarks, Keys: []string{"'"}},
		{ID: action.DropBookmark, Keys: []string{"\""}},
	}
}

func screen() []Binding {
	return []Binding{
		{ID: action.NextPane, Keys: []string{"tab"}, Help: "Next pane"},
		{ID: action.PrevPane, Keys: []string{"shift+tab"}, Help: "Previous pane"},
		{ID: action.FindText, Keys: []string{"/"}, Help: "Find in what is shown"},
		{ID: action.FindNext, Keys: []string{"n"}, Help: "Find the next"},
		{ID: action.FindPrev, Keys: []string{"N"}, Help: "Find the previous"},
		{ID: action.Copy, Keys: []string{"y"}, Help: "Copy what is under the cursor"},
		{ID: action.CopyCommand, Keys: []string{"Y"}, Help: "Copy the command that does the same"},
		{ID: action.Edit, Keys: []string{"e"}, Help: "Open in $EDITOR"},
		{ID: action.Grow, Keys: []string{"+"}, Help: "Only the pane with the keys"},
		{ID: action.Shrink, Keys: []string{"-"}, Help: "All panes"},
		{ID: action.Refresh, Keys: []string{"f5"}, Help: "Read again what is shown"},
		{ID: action.DividerLeft, Keys: []string{"<"}},
		{ID: action.DividerRight, Keys: []string{">"}},
		{ID: action.DividerUp, Keys: []string{"{"}},
		{ID: action.DividerDown, Keys: []string{"}"}},
		{ID: action.DividersBack, Keys: []string{"="}},
	}
}

func rows() []Binding {
	return []Binding{
		{ID: action.RowDown, Keys: []string{"j", "down", "ctrl+n"}, Help: "down"},
		{ID: action.RowUp, Keys: []string{"k", "up", "ctrl+p"}, Help: "up"},
		{ID: action.PageDown, Keys: []string{"pgdown", "ctrl+f"}, Help: "a page down"},
		{ID: action.PageUp, Keys: []string{"pgup", "ctrl+b"}, Help: "a page up"},
		{ID: action.HalfDown, Keys: []string{"ctrl+d"}, Help: "half a page down"},
		{ID: action.HalfUp, Keys: []string{"ctrl+u"}, Help: "half a page up"},
		{ID: action.Top, Keys: []string{"home", "g"}, Help: "to the top"},
		{ID: action.Bottom, Keys: []string{"end", "G"}, Help: "to the end"},
		{ID: action.FoldOpen, Keys: []string{"l", "right"}, Help: "unfold, or into"},
		{ID: action.FoldClose, Keys: []string{"h", "left"}, Help: "fold, or to the parent"},
	}
}

func log() []Binding {
	return []Binding{
		{ID: action.RowDown, Keys: []string{"j", "down", "ctrl+n"}, Help: "a line down"},
		{ID: action.RowUp, Keys: []string{"k", "up", "ctrl+p"}, Help: "a line up"},
		{ID: action.PageDown, Keys: []string{"pgdown", "ctrl+f", "space"}, Help: "a page down"},
		{ID: action.PageUp, Keys: []string{"pgup", "ctrl+b"}, Help: "a page up"},
		{ID: action.HalfDown, Keys: []string{"ctrl+d"}, Help: "half a page down"},
		{ID: action.HalfUp, Keys: []string{"ctrl+u"}, Help: "half a page up"},
		{ID: action.Top, Keys: []string{"home", "g"}, Help: "to the first line"},
		{ID: action.Bottom, Keys: []string{"end", "G"}, Help: "to the end, and follow"},
		{ID: action.LogFollow, Keys: []string{"F"}, Help: "follow the end, or stop"},
		{ID: action.LogWrap, Keys: []string{"w"}, Help: "wrap long lines"},
		{ID: action.LogRight, Keys: []string{"l", "right"}, Help: "scroll right"},
		{ID: action.LogLeft, Keys: []string{"h", "left"}, Help: "scroll left"},
	}
}

func edit() []Binding {
	return []Binding{
		{ID: action.EditLeft, Keys: []string{"left", "ctrl+b"}, Help: "left"},
		{ID: action.EditRight, Keys: []string{"right", "ctrl+f"}, Help: "right"},
		{ID: action.EditUp, Keys: []string{"up", "ctrl+p"}, Help: "up, or the previous entry"},
		{ID: action.EditDown, Keys: []string{"down", "ctrl+n"}, Help: "down, or the next entry"},
		{ID: action.EditWordLeft, Keys: []string{"alt+b", "alt+left", "ctrl+left"}, Help: "a word left"},
		{ID: action.EditWordRight, Keys: []string{"alt+f", "alt+right", "ctrl+right"}, Help: "a word right"},
		{ID: action.EditLineStart, Keys: []string{"ctrl+a", "home"}, Help: "to the start of the line"},
		{ID: action.EditLineEnd, Keys: []string{"ctrl+e", "end"}, Help: "to the end of the line"},
		{ID: action.EditStart, Keys: []string{"alt+<", "ctrl+home"}, Help: "to the start"},
		{ID: action.EditEnd, Keys: []string{"alt+>", "ctrl+end"}, Help: "to the end"},
		{ID: action.EditBackspace, Keys: []string{"backspace", "ctrl+h", "shift+backspace"}, Help: "delete to the left"},
		{ID: action.EditDelete, Keys: []string{"delete", "ctrl+d"}, Help: "delete to the right"},
		{ID: action.EditKillWordLeft, Keys: []string{"ctrl+w", "alt+backspace"}, Help: "cut the word to the left"},
		{ID: action.EditKillWord, Keys: []string{"alt+d"}, Help: "cut the word to the right"},
		{ID: action.EditKillLeft, Keys: []string{"ctrl+u"}, Help: "cut to the start of the line"},
		{ID: action.EditKillRight, Keys: []string{"ctrl+k"}, Help: "cut to the end of the line"},
		{ID: action.EditYank, Keys: []string{"ctrl+y"}, Help: "paste what was cut"},
		{ID: action.EditYankPop, Keys: []string{"alt+y"}, Help: "paste what was cut before"},
		{ID: action.EditUndo, Keys: []string{"ctrl+_", "ctrl+/", "ctrl+7"}, Help: "undo"},
		{ID: action.EditRedo, Keys: []string{"alt+_", "alt+/"}, Help: "redo"},
		{ID: action.EditTranspose, Keys: []string{"ctrl+t"}, Help: "swap two characters"},
		{ID: action.EditNewline, Keys: []string{"alt+enter", "ctrl+j", "shift+enter"}, Help: "new line"},
	}
}

func vi() []Binding {
	return []Binding{
		{ID: action.ViLeft, Keys: []string{"h", "backspace"}, Help: "left"},
		{ID: action.ViRight, Keys: []string{"l", "space"}, Help: "right"},
		{ID: action.ViWord, Keys: []string{"w"}, Help: "to the next word"},
		{ID: action.ViWordBig, Keys: []string{"W"}, Help: "to the next word between blanks"},
		{ID: action.ViBack, Keys: []string{"b"}, Help: "a word back"},
		{ID: action.ViBackBig, Keys: []string{"B"}, Help: "back to a blank"},
		{ID: action.ViEnd, Keys: []string{"e"}, Help: "to the end of the word"},
		{ID: action.ViEndBig, Keys: []string{"E"}, Help: "to the end before a blank"},
		{ID: action.ViStart, Keys: []string{"0"}, Help: "to the start of the line"},
		{ID: action.ViFirst, Keys: []string{"^"}, Help: "to the first letter of the line"},
		{ID: action.ViLineEnd, Keys: []string{"$"}, Help: "to the end of the line"},
		{ID: action.ViTop, Keys: []string{"g g"}, Help: "to the start"},
		{ID: action.ViBottom, Keys: []string{"G"}, Help: "to the last line"},
		{ID: action.ViFind, Keys: []string{"f"}, Help: "to the next of a character"},
		{ID: action.ViFindBack, Keys: []string{"F"}, Help: "to the one before"},
		{ID: action.ViTill, Keys: []string{"t"}, Help: "before the next of a character"},
		{ID: action.ViTillBack, Keys: []string{"T"}, Help: "behind the one before"},
		{ID: action.ViAgain, Keys: []string{";"}, Help: "to the character again"},
		{ID: action.ViAgainBack, Keys: []string{","}, Help: "to it the other way"},
		{ID: action.ViBracket, Keys: []string{"%"}, Help: "to the bracket that matches"},
		{ID: action.ViDelete, Keys: []string{"d"}, Help: "cut, with a motion"},
		{ID: action.ViChange, Keys: []string{"c"}, Help: "change, with a motion"},
		{ID: action.ViYank, Keys: []string{"y"}, Help: "copy, with a motion"},
		{ID: action.ViDeleteChar, Keys: []string{"x"}, Help: "cut the character"},
		{ID: action.ViDeleteBack, Keys: []string{"X"}, Help: "cut the character before"},
		{ID: action.ViDeleteEnd, Keys: []string{"D"}, Help: "cut to the end of the line"},
		{ID: action.ViChangeEnd, Keys: []string{"C"}, Help: "change to the end of the line"},
		{ID: action.ViSubst, Keys: []string{"s"}, Help: "change the character"},
		{ID: action.ViSubstLine, Keys: []string{"S"}, Help: "change the line"},
		{ID: action.ViInsert, Keys: []string{"i"}, Help: "insert"},
		{ID: action.ViInsertLine, Keys: []string{"I"}, Help: "insert at the start of the line"},
		{ID: action.ViAppend, Keys: []string{"a"}, Help: "insert behind the character"},
		{ID: action.ViAppendLine, Keys: []string{"A"}, Help: "insert at the end of the line"},
		{ID: action.ViOpen, Keys: []string{"o"}, Help: "insert a line below"},
		{ID: action.ViOpenAbove, Keys: []string{"O"}, Help: "insert a line above"},
		{ID: action.ViPut, Keys: []string{"p"}, Help: "paste behind"},
		{ID: action.ViPutBefore, Keys: []string{"P"}, Help: "paste before"},
		{ID: action.ViUndo, Keys: []string{"u"}, Help: "undo"},
		{ID: action.ViReplace, Keys: []string{"r"}, Help: "replace the character"},
		{ID: action.ViCase, Keys: []string{"~"}, Help: "upper or lower case"},
		{ID: action.ViJoin, Keys: []string{"J"}, Help: "join with the next line"},
		{ID: action.EditUp, Keys: []string{"k"}, Help: "up, or the previous entry"},
		{ID: action.EditDown, Keys: []string{"j"}, Help: "down, or the next entry"},
		{ID: action.ReplHistory, Keys: []string{"/"}, Help: "earlier inputs"},
	}
}

func prompt() []Binding {
	return []Binding{
		{ID: action.OverlayAccept, Keys: []string{"enter"}, Help: "take it"},
		{ID: action.OverlayClose, Keys: []string{"esc", "ctrl+c", "ctrl+g"}, Help: "close"},
		{ID: action.RowDown, Keys: []string{"down", "ctrl+n", "tab"}, Help: "down"},
		{ID: action.RowUp, Keys: []string{"up", "ctrl+p", "shift+tab"}, Help: "up"},
		{ID: action.PageDown, Keys: []string{"pgdown"}, Help: "a page down"},
		{ID: action.PageUp, Keys: []string{"pgup"}, Help: "a page up"},
	}
}

func confirm() []Binding {
	return []Binding{
		{ID: action.OverlayYes, Keys: []string{"y"}, Help: "do it"},
		{ID: action.OverlayNo, Keys: []string{"n", "esc", "q", "ctrl+c", "enter"}, Help: "leave it"},
		{ID: action.RowDown, Keys: []string{"j", "down"}, Help: "down"},
		{ID: action.RowUp, Keys: []string{"k", "up"}, Help: "up"},
		{ID: action.PageDown, Keys: []string{"pgdown", "space"}, Help: "a page down"},
		{ID: action.PageUp, Keys: []string{"pgup"}, Help: "a page up"},
	}
}

func viewer() []Binding {
	return []Binding{
		{ID: action.OverlayClose, Keys: []string{"esc", "q", "ctrl+c", "enter", "?", "f1", "@"}, Help: "close"},
		{ID: action.CopyCommand, Keys: []string{"Y"}, Help: "copy the last command (in messages)"},
		{ID: action.FindText, Keys: []string{"/"}, Help: "show only lines with a text"},
		{ID: action.RowDown, Keys: []string{"j", "down"}, Help: "down"},
		{ID: action.RowUp, Keys: []string{"k", "up"}, Help: "up"},
		{ID: action.PageDown, Keys: []string{"pgdown", "ctrl+d", "space"}, Help: "a page down"},
		{ID: action.PageUp, Keys: []string{"pgup", "ctrl+u"}, Help: "a page up"},
		{ID: action.Top, Keys: []string{"home", "g"}, Help: "to the top"},
		{ID: action.Bottom, Keys: []string{"end", "G"}, Help: "to the end"},
	}
}
