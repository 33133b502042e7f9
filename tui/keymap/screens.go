package keymap

import "nixbench/tui/action"

// The scopes of the five screens.
const (
	ReplInput  Scope = "repl.input"
	ReplBrowse Scope = "repl"
	Builds     Scope = "builds"
	Closure    Scope = "closure"
	ClosureWhy Scope = "closure.why"
	Profiles   Scope = "profiles"
	GC         Scope = "gc"
)

func replInput() []Binding {
	return []Binding{
		{ID: action.ReplSubmit, Keys: []string{"enter"}},
		{ID: action.ReplComplete, Keys: []string{"tab"}},
		{ID: action.ReplPrevComp, Keys: []string{"shift+tab"}},
		{ID: action.ReplHistory, Keys: []string{"ctrl+r"}},
		{ID: action.ReplDoc, Keys: []string{"ctrl+space", "ctrl+@"}},
		{ID: action.ReplEditor, Keys: []string{"ctrl+x ctrl+e"}},
		{ID: action.ReplLeave, Keys: []string{"ctrl+d"}},
		{ID: action.ReplBrowse, Keys: []string{"esc"}},
		{ID: action.ReplInspect, Keys: []string{"alt+i"}},
		{ID: action.PageUp, Keys: []string{"pgup"}, Help: "the transcript a page up"},
		{ID: action.PageDown, Keys: []string{"pgdown"}, Help: "the transcript a page down"},
	}
}

func replBrowse() []Binding {
	return []Binding{
		{ID: action.ReplInsert, Keys: []string{"enter"}},
		{ID: action.ReplUnfold, Keys: []string{"space"}},
		{ID: action.ReplInput, Keys: []string{"i", "a"}},
		{ID: action.ReplNextPiece, Keys: []string{"]"}},
		{ID: action.ReplPrevPiece, Keys: []string{"["}},
		{ID: action.ReplTrace, Keys: []string{"t"}},
		{ID: action.ReplFrame, Keys: []string{"D"}},
		{ID: action.ReplClosure, Keys: []string{"c"}},
		{ID: action.ReplBuild, Keys: []string{"b"}},
		{ID: action.ReplReload, Keys: []string{"r"}},
		{ID: action.ReplInspect, Keys: []string{"v", "alt+i"}},
	}
}

func builds() []Binding {
	return []Binding{
		{ID: action.BuildsLog, Keys: []string{"enter"}},
		{ID: action.BuildsLogs, Keys: []string{"L"}},
		{ID: action.BuildsView, Keys: []string{"t"}},
		{ID: action.BuildsOrder, Keys: []string{"o"}},
		{ID: action.LogFollow, Keys: []string{"F"}},
		{ID: action.LogWrap, Keys: []string{"w"}},
		{ID: action.BuildsNextFailure, Keys: []string{"]"}},
		{ID: action.BuildsPrevFailure, Keys: []string{"["}},
		{ID: action.BuildsCancel, Keys: []string{"x"}},
		{ID: action.BuildsRebuild, Keys: []string{"r"}},
		{ID: action.BuildsKeepFailed, Keys: []string{"K"}},
		{ID: action.BuildsClosure, Keys: []string{"c"}},
		{ID: action.BuildsShell, Keys: []string{"S"}},
		{ID: action.BuildsNextError, Keys: []string{"E"}},
		{ID: action.BuildsPrevError, Keys: []string{"alt+e"}},
		{ID: action.BuildsWhy, Keys: []string{"W"}},
		{ID: action.LogTimes, Keys: []string{"T"}},
	}
}

func closure() []Binding {
	return []Binding{
		{ID: action.ClosureDive, Keys: []string{"enter"}},
		{ID: action.ClosureUp, Keys: []string{"backspace"}},
		{ID: action.ClosureWhy, Keys: []string{"w"}},
		{ID: action.ClosureReferrers, Keys: []string{"r"}},
		{ID: action.ClosureSort, Keys: []string{"s"}},
		{ID: action.ClosureView, Keys: []string{"t"}},
		{ID: action.ClosureBase, Keys: []string{"m"}},
		{ID: action.ClosureDiff, Keys: []string{"d"}},
		{ID: action.ClosureBuildTime, Keys: []string{"b"}},
		{ID: action.ClosureFiles, Keys: []string{"g"}},
		{ID: action.ClosurePick, Keys: []string{"p"}},
		{ID: action.ClosureDups, Keys: []string{"u"}},
		{ID: action.ClosureMark, Keys: []string{"space"}},
		{ID: action.ClosureOpen, Keys: []string{"o"}},
		{ID: action.ClosureDrvDiff, Keys: []string{"D"}},
		{ID: action.ClosureExport, Keys: []string{"E"}},
	}
}

func closureWhy() []Binding {
	return []Binding{
		{ID: action.ClosureWhyFiles, Keys: []string{"f"}},
		{ID: action.ClosureAllPaths, Keys: []string{"a"}},
		{ID: action.ClosureCut, Keys: []string{"x"}},
	}
}

func profiles() []Binding {
	return []Binding{
		{ID: action.ProfilesDiff, Keys: []string{"enter"}},
		{ID: action.ProfilesBase, Keys: []string{"m"}},
		{ID: action.ProfilesRollback, Keys: []string{"R"}},
		{ID: action.ProfilesSwitch, Keys: []string{"S"}},
		{ID: action.ProfilesMark, Keys: []string{"space"}},
		{ID: action.ProfilesDelete, Keys: []string{"D"}},
		{ID: action.ProfilesPin, Keys: []string{"P"}},
		{ID: action.ProfilesLabel, Keys: []string{"L"}},
		{ID: action.ProfilesClosure, Keys: []string{"c"}},
		{ID: action.ProfilesGC, Keys: []string{"g"}},
		{ID: action.ProfilesRebuilds, Keys: []string{"u"}},
		{ID: action.ProfilesPick, Keys: []string{"p"}},
		{ID: action.ProfilesUndo, Keys: []string{"z"}},
		{ID: action.ProfilesView, Keys: []string{"t"}},
	}
}

func gc() []Binding {
	return []Binding{
		{ID: action.GCMark, Keys: []string{"space"}},
		{ID: action.GCMarkAll, Keys: []string{"*"}},
		{ID: action.GCOlder, Keys: []string{"a"}},
		{ID: action.GCKeepLast, Keys: []string{"K"}},
		{ID: action.GCPattern, Keys: []string{"p"}},
		{ID: action.GCPaths, Keys: []string{"v"}},
		{ID: action.GCWhy, Keys: []string{"w"}},
		{ID: action.GCClosure, Keys: []string{"c"}},
		{ID: action.GCDelete, Keys: []string{"X"}},
		{ID: action.GCExport, Keys: []string{"E"}},
		{ID: action.GCExact, Keys: []string{"O"}},
		{ID: action.GCKinds, Keys: []string{"f"}},
		{ID: action.GCSort, Keys: []string{"s"}},
		{ID: action.GCFree, Keys: []string{"F"}},
		{ID: action.GCGroups, Keys: []string{"i"}},
	}
}
