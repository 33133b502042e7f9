package action

// Global actions, done by the app shell wherever the user is.
const (
	ShowRepl     ID = "app.repl"
	ShowBuilds   ID = "app.builds"
	ShowClosure  ID = "app.closure"
	ShowProfiles ID = "app.profiles"
	ShowGC       ID = "app.gc"
	Help         ID = "app.help"
	Palette      ID = "app.palette"
	Messages     ID = "app.messages"
	Back         ID = "app.back"
	Quit         ID = "app.quit"
	Interrupt    ID = "app.interrupt"
	Suspend      ID = "app.suspend"
	Mouse        ID = "app.mouse"
	Bookmarks    ID = "app.bookmarks"
	DropBookmark ID = "app.dropBookmark"
	Redraw       ID = "app.redraw"
	Themes       ID = "app.theme"
)

// Actions that every screen may have; a screen lists those that it has.
const (
	NextPane    ID = "screen.nextPane"
	PrevPane    ID = "screen.prevPane"
	FindText    ID = "screen.find"
	FindNext    ID = "screen.findNext"
	FindPrev    ID = "screen.findPrev"
	Copy        ID = "screen.copy"
	CopyCommand ID = "screen.copyCommand"
	Edit        ID = "screen.edit"
	Grow        ID = "screen.grow"
	Shrink      ID = "screen.shrink"
	Refresh     ID = "screen.refresh"

	DividerLeft  ID = "screen.dividerLeft"
	DividerRight ID = "screen.dividerRight"
	DividerUp    ID = "screen.dividerUp"
	DividerDown  ID = "screen.dividerDown"
	DividersBack ID = "screen.dividersBack"
)

// Intents of lists, trees and tables (tui/widget/rows).
const (
	RowUp     ID = "rows.up"
	RowDown   ID = "rows.down"
	PageUp    ID = "rows.pageUp"
	PageDown  ID = "rows.pageDown"
	HalfUp    ID = "rows.halfUp"
	HalfDown  ID = "rows.halfDown"
	Top       ID = "rows.top"
	Bottom    ID = "rows.bottom"
	FoldOpen  ID = "rows.open"
	FoldClose ID = "rows.close"
	FoldFlip  ID = "rows.flip"
)

// Intents of logs (tui/widget/logview); moving is as in lists.
const (
	LogFollow ID = "log.follow"
	LogWrap   ID = "log.wrap"
	LogLeft   ID = "log.left"
	LogRight  ID = "log.right"
	LogTimes  ID = "log.times"
)

// Intents of text being typed (tui/widget/editor).
const (
	EditLeft         ID = "edit.left"
	EditRight        ID = "edit.right"
	EditUp           ID = "edit.up"
	EditDown         ID = "edit.down"
	EditWordLeft     ID = "edit.wordLeft"
	EditWordRight    ID = "edit.wordRight"
	EditLineStart    ID = "edit.lineStart"
	EditLineEnd      ID = "edit.lineEnd"
	EditStart        ID = "edit.start"
	EditEnd          ID = "edit.end"
	EditBackspace    ID = "edit.backspace"
	EditDelete       ID = "edit.delete"
	EditKillWordLeft ID = "edit.killWordLeft"
	EditKillWord     ID = "edit.killWord"
	EditKillLeft     ID = "edit.killLeft"
	EditKillRight    ID = "edit.killRight"
	EditYank         ID = "edit.yank"
	EditYankPop      ID = "edit.yankPop"
	EditUndo         ID = "edit.undo"
	EditRedo         ID = "edit.redo"
	EditTranspose    ID = "edit.transpose"
	EditNewline      ID = "edit.newline"
	EditVi           ID = "edit.vi"
)

// Intents of overlays: palette, picker, prompt, confirmation, help.
const (
	OverlayAccept ID = "overlay.accept"
	OverlayClose  ID = "overlay.close"
	OverlayYes    ID = "overlay.yes"
	OverlayNo     ID = "overlay.no"
)

// Actions of the REPL.
const (
	ReplSubmit    ID = "repl.submit"
	ReplComplete  ID = "repl.complete"
	ReplPrevComp  ID = "repl.prevCompletion"
	ReplDoc       ID = "repl.doc"
	ReplHistory   ID = "repl.history"
	ReplEditor    ID = "repl.editor"
	ReplLeave     ID = "repl.leave"
	ReplBrowse    ID = "repl.browse"
	ReplInput     ID = "repl.input"
	ReplUnfold    ID = "repl.unfold"
	ReplInsert    ID = "repl.insert"
	ReplTrace     ID = "repl.trace"
	ReplFrame     ID = "repl.frame"
	ReplClosure   ID = "repl.closure"
	ReplBuild     ID = "repl.build"
	ReplReload    ID = "repl.reload"
	ReplInspect   ID = "repl.inspect"
	ReplNextPiece ID = "repl.next"
	ReplPrevPiece ID = "repl.prev"
)

// Actions of the builds screen.
const (
	BuildsLog         ID = "builds.log"
	BuildsLogs        ID = "builds.logs"
	BuildsView        ID = "builds.view"
	BuildsOrder       ID = "builds.order"
	BuildsNextFailure ID = "builds.nextFailure"
	BuildsPrevFailure ID = "builds.prevFailure"
	BuildsCancel      ID = "builds.cancel"
	BuildsRebuild     ID = "builds.rebuild"
	BuildsKeepFailed  ID = "builds.rebuildKeepFailed"
	BuildsClosure     ID = "builds.closure"
	BuildsShell       ID = "builds.shell"
	BuildsNextError   ID = "builds.nextError"
	BuildsPrevError   ID = "builds.prevError"
	BuildsWhy         ID = "builds.why"
)

// Actions of the closure browser.
const (
	ClosureOpen      ID = "closure.open"
	ClosureDive      ID = "closure.dive"
	ClosureUp        ID = "closure.up"
	ClosureSort      ID = "closure.sort"
	ClosureView      ID = "closure.view"
	ClosureWhy       ID = "closure.why"
	ClosureReferrers ID = "closure.referrers"
	ClosureBase      ID = "closure.base"
	ClosureDiff      ID = "closure.diff"
	ClosureBuildTime ID = "closure.buildTime"
	ClosureFiles     ID = "closure.files"
	ClosureWhyFiles  ID = "closure.whyFiles"
	ClosureAllPaths  ID = "closure.allPaths"
	ClosurePick      ID = "closure.pick"
	ClosureCut       ID = "closure.cut"
	ClosureMark      ID = "closure.mark"
	ClosureDups      ID = "closure.duplicates"
	ClosureDrvDiff   ID = "closure.derivations"
	ClosureExport    ID = "closure.export"
)

// Actions of the profiles screen.
const (
	ProfilesDiff     ID = "profiles.diff"
	ProfilesBase     ID = "profiles.base"
	ProfilesRollback ID = "profiles.rollback"
	ProfilesSwitch   ID = "profiles.switch"
	ProfilesMark     ID = "profiles.mark"
	ProfilesDelete   ID = "profiles.delete"
	ProfilesPin      ID = "profiles.pin"
	ProfilesLabel    ID = "profiles.label"
	ProfilesClosure  ID = "profiles.closure"
	ProfilesGC       ID = "profiles.gc"
	ProfilesRebuilds ID = "profiles.rebuilds"
	ProfilesPick     ID = "profiles.pick"
	ProfilesUndo     ID = "profiles.undo"
	ProfilesView     ID = "profiles.view"
)

// Actions of the GC screen.
const (
	GCMark     ID = "gc.mark"
	GCMarkAll  ID = "gc.markAll"
	GCOlder    ID = "gc.older"
	GCKeepLast ID = "gc.keepLast"
	GCPattern  ID = "gc.pattern"
	GCPaths    ID = "gc.paths"
	GCWhy      ID = "gc.why"
	GCClosure  ID = "gc.closure"
	GCDelete   ID = "gc.delete"
	GCExport   ID = "gc.export"
	GCExact    ID = "gc.exact"
	GCKinds    ID = "gc.kinds"
	GCSort     ID = "gc.sort"
	GCFree     ID = "gc.free"
	GCGroups   ID = "gc.groups"
)

// Commands of vi's normal mode.
const (
	ViLeft       ID = "vi.left"
	ViRight      ID = "vi.right"
	ViWord       ID = "vi.word"
	ViWordBig    ID = "vi.wordBig"
	ViBack       ID = "vi.back"
	ViBackBig    ID = "vi.backBig"
	ViEnd        ID = "vi.end"
	ViEndBig     ID = "vi.endBig"
	ViStart      ID = "vi.start"
	ViFirst      ID = "vi.first"
	ViLineEnd    ID = "vi.lineEnd"
	ViTop        ID = "vi.top"
	ViBottom     ID = "vi.bottom"
	ViFind       ID = "vi.find"
	ViFindBack   ID = "vi.findBack"
	ViTill       ID = "vi.till"
	ViTillBack   ID = "vi.tillBack"
	ViAgain      ID = "vi.again"
	ViAgainBack  ID = "vi.againBack"
	ViBracket    ID = "vi.bracket"
	ViDelete     ID = "vi.delete"
	ViChange     ID = "vi.change"
	ViYank       ID = "vi.yank"
	ViDeleteChar ID = "vi.deleteChar"
	ViDeleteBack ID = "vi.deleteBack"
	ViDeleteEnd  ID = "vi.deleteEnd"
	ViChangeEnd  ID = "vi.changeEnd"
	ViSubst      ID = "vi.subst"
	ViSubstLine  ID = "vi.substLine"
	ViInsert     ID = "vi.insert"
	ViInsertLine ID = "vi.insertLine"
	ViAppend     ID = "vi.append"
	ViAppendLine ID = "vi.appendLine"
	ViOpen       ID = "vi.open"
	ViOpenAbove  ID = "vi.openAbove"
	ViPut        ID = "vi.put"
	ViPutBefore  ID = "vi.putBefore"
	ViUndo       ID = "vi.undo"
	ViReplace    ID = "vi.replace"
	ViCase       ID = "vi.case"
	ViJoin       ID = "vi.join"
)
