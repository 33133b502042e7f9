// Package applet holds the small Unix tools that the build sandbox's shell
// brings along: cat, sed, find, tar and the like.
//
// An applet is a function. It reads and writes the streams of its [Call] and
// resolves names against the call's directory and environment, never the
// process's, so that several run at once in one process, as the stages of a
// pipeline do. Output, error texts and exit statuses are those of the GNU
// tools in the C locale; flags outside the supported set are refused as GNU
// refuses flags it does not know.
package applet
