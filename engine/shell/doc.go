// Package shell is the /bin/sh of the build sandbox and the tools that it
// brings along, for when no other shell is configured.
//
// The language is bash's, run by mvdan.cc/sh's interpreter inside this
// process. The tools are the applets of engine/shell/applet: they too run in
// this process, with the interpreter's own streams, directory and environment,
// so that the stages of a pipeline are goroutines. They are found by name
// after the directories of PATH, so that no file of theirs need exist; what
// PATH holds comes first.
//
// What the interpreter lacks is added around it: scripts are rewritten before
// they run (rewrite.go), commands go through [session.call] before the
// interpreter sees them, and files are opened by [session.open]. What cannot
// be added is refused by name.
package shell
