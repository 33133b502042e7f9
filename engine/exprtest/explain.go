package exprtest

import (
	"regexp"
	"strings"
)

// A rule knows one reason for answers to differ that is no fault of ours: the
// real Nix that is asked is older than the behaviour that is wanted, or cannot
// do better.
type rule struct {
	name  string
	knows func(a *Answer, ours, theirs *outcome) bool
}

// rules are tried in order.
var rules = []rule{
	{"2.34 words reading a directory as the system does", func(_ *Answer, ours, theirs *outcome) bool {
		return strings.HasSuffix(ours.msg, "' is not a regular file") && theirs.msg == "read of 4096 bytes: Is a directory"
	}},
	{"2.34 says otherwise that a directory is none", func(_ *Answer, ours, theirs *outcome) bool {
		return strings.HasSuffix(ours.msg, "' is not a directory") &&
			(strings.HasPrefix(theirs.msg, "cannot read directory \"") && strings.HasSuffix(theirs.msg, "\": Not a directory") ||
				theirs.msg == "path "+strings.TrimSuffix(ours.msg, "is not a directory")+"does not exist")
	}},
	{"2.34's store in memory does not name its files", func(_ *Answer, ours, theirs *outcome) bool {
		return ours.failed && strings.Contains(theirs.msg, "«unknown»/") && strings.Contains(ours.msg, "/nix/store/")
	}},
	{"HEAD says in another way which derivation a warning is about", func(a *Answer, ours, theirs *outcome) bool {
		return attributeWarning.MatchString(a.Ours) && read(attributeWarning.ReplaceAllString(a.Ours, "In derivation '$1': $2\n")).core() == theirs.core()
	}},
	{"a function that was called where it stands is still shown as a thunk here", func(_ *Answer, ours, theirs *outcome) bool {
		return strings.Contains(ours.core(), thunk) && shownThunks(ours.core()).MatchString(theirs.core())
	}},
	{"the text of derivation has other lines in 2.34", func(a *Answer, ours, theirs *outcome) bool {
		return strings.Contains(a.Ours, internal) && internalPlace.ReplaceAllString(ours.core(), "") == internalPlace.ReplaceAllString(theirs.core(), "")
	}},
	{"toml11's own words", func(_ *Answer, ours, theirs *outcome) bool {
		const intro = "while parsing TOML:"
		return strings.HasPrefix(ours.msg, intro) && strings.HasPrefix(theirs.msg, intro)
	}},
}

const thunk = "«thunk»"

// shownThunks matches what a text is if some thunks in it are shown as functions.
func shownThunks(text string) *regexp.Regexp {
	return regexp.MustCompile("(?s)^" + strings.ReplaceAll(regexp.QuoteMeta(text), thunk, `«(?:thunk|lambda(?: \S+)? @ (?:«string»)?[^»]*)»`) + "$")
}

// attributeWarning is a warning about an attribute of a derivation.
var attributeWarning = regexp.MustCompile(`(?m)^warning:\n +… while evaluating derivation '(.*)'\n\n +warning: ([^\n]*)\n +at [^\n]*:\n(?: *\d*\|[^\n]*\n)*`)

// internal is where derivation is defined.
const internal = "«nix-internal»/derivation-internal.nix:"

var internalPlace = regexp.MustCompile(internal + `\d+:\d+`)
