package gc

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// This file tells what a root is for from where its link is.

// generationLink is the form of a generation's link.
var generationLink = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(.+)-([0-9]+)-link$`) })

// KindOfLink tells the kind of a root that is a link from its name. Outside says
// that it does not lie in the gcroots directory.
func KindOfLink(link string, outside bool) Kind {
	switch {
	case generationLink().MatchString(filepath.Base(link)) && isProfile(link):
		return KindGeneration
	case strings.Contains(link, "/.direnv/"):
		return KindDirenv
	case outside:
		return KindResult
	default:
		return KindOther
	}
}

// isProfile reports whether a link with the name of a generation lies beside
// the profile's link, or where profiles are.
func isProfile(link string) bool {
	if strings.Contains(link, "/profiles/") {
		return true
	}
	m := generationLink().FindStringSubmatch(filepath.Base(link))
	_, err := os.Readlink(filepath.Join(filepath.Dir(link), m[1]))
	return err == nil
}

// NoteOfLink says of a generation that it is current, and of some links in
// gcroots what they are for; often "".
func NoteOfLink(link string) string {
	switch filepath.Base(link) {
	case "current-system":
		return "running system"
	case "booted-system":
		return "booted system"
	}
	if m := generationLink().FindStringSubmatch(filepath.Base(link)); m != nil {
		text, err := os.Readlink(filepath.Join(filepath.Dir(link), m[1]))
		if err == nil && filepath.Base(text) == filepath.Base(link) {
			return noteCurrent
		}
	}
	return ""
}
