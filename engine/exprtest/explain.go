package exprtest

import (
	"regexp"
	"slices"
	"strings"
)

// A rule knows one reason for answers to differ that is no fault of ours: the
// real Nix that is asked is older than the behaviour that is wanted, or cannot
// do better. What ours matches here, and theirs there, is the same thing.
type rule struct {
	name         string
	ours, theirs *regexp.Regexp
}

func newRule(name, ours, theirs string) rule {
	return rule{name, regexp.MustCompile(ours), regexp.MustCompile(theirs)}
}

var rules = []rule{
	newRule("2.34 words reading a directory as the system does",
		`(?:file )?'[^']*' is not a regular file`, `read of \d+ bytes: Is a directory`),
	newRule("2.34 says otherwise that a directory is none",
		`'[^\n«»]*' is not a directory`, `cannot read directory "[^\n«»]*": Not a directory|path '[^\n«»]*' does not exist|file '«unknown»[^\n«»]*' is not a directory`),
	newRule("2.34's store in memory has no files that are read as derivations",
		`'/nix/store/[^']*' is not a regular file`, `derivation '/nix/store/[^']*' is not valid`),
	newRule("2.34's store in memory does not name its files",
		`/nix/store/[0-9a-z]{32}-[^/' ]*/?`, `«unknown»/`),
	newRule("2.34's store in memory takes no derivations that are not made by derivation",
		`(?s)^.*$`, "(?s)^.*\nerror: Do not insert derivation into dummy store with `addToStoreFromDump`$"),
	newRule("2.34's store in memory takes no derivations that are not made by derivation",
		`«error: [^»]*»`, "«error: Do not insert derivation into dummy store with `addToStoreFromDump`»"),
	derivationWarning,
	newRule("the text of derivation has other lines in 2.34",
		`«nix-internal»/derivation-internal\.nix:\d+:\d+`, `«nix-internal»/derivation-internal\.nix:\d+:\d+`),
	newRule("the text of <nix/fetchurl.nix> is another",
		`/nix/store/[0-9a-z]{32}-fetchurl\.nix`, `/nix/store/[0-9a-z]{32}-fetchurl\.nix`),
	newRule("HEAD wants a dash after the digest of a store path",
		`'[^\n«»]*' can't name a store path because the hash part is not followed by a '-'`, `store path '[^\n«»]*' contains illegal base-32 character '[^\n«»]*'`),
	newRule("HEAD wants a dash after the digest of a store path",
		`'[^\n«»]*' can't name a store path because the hash part is not followed by a '-'`, `path '/nix/store/[0-9a-z]{32}[^-\n«»][^\n«»]*' is required, but there is no substituter that can build it`),
	newRule("HEAD wants a dash after the digest of a store path",
		`(?s)^.*can't name a store path because the hash part is not followed by a '-'$`, `(?s)^.*$`),
	newRule("HEAD says otherwise what __toString has to return",
		"`__toString` should return a string, but got [^»]*", `cannot coerce [^»]* to a string: [^»]*`),
	newRule("another store than the system's is asked for its files by name",
		`path '/nix/store/[^']*' does not exist`, `path '[^/']*' is not a valid store path: name '[^']*' contains illegal character '[^']*'`),
	newRule("HEAD wants a dash after the digest of a store path",
		`context key '"/nix/store/[^"]{32}[^-"][^"]*"' is not a store path`,
		`path '/nix/store/[^']*' is required, but there is no substituter that can build it`),
	newRule("HEAD's derivation selects its outputs, with suggestions; 2.34's asks getAttr for them",
		`attribute '"[^"\n]* [^"\n]*"' missing\s+Did you mean [^\n]*`, `attribute '"[^"\n]* [^"\n]*"' missing`),
	newRule("HEAD quotes files whose status cannot be read as other paths",
		`getting status of '([^\n]*)'`, `getting status of "([^\n]*)"`),
	newRule("HEAD names the link that leads to itself, and says which directory may be one",
		`infinite symlink recursion in path '[^\n]*'`, `infinite symlink recursion in path ''`),
	newRule("HEAD names the link that leads to itself, and says which directory may be one",
		`path '([^\n]*)' \(or its ancestor\) is a symlink`, `path '([^\n]*)' is a symlink`),
	newRule("2.34's store in memory builds nothing",
		`(?s)^.*build /nix/store/.*: platform mismatch: .*$`, `(?s)^.*Unable to build with a primary store that isn't a local store.*$`),
	newRule("references to flakes are not compared",
		`(?s)flake reference '.*' is not an absolute path`, `(?s)invalid URI query '.*': leftover`),
	newRule("Nix's break returns what was not evaluated, which nothing can use",
		`(?s)^.*$`, `(?s)^\nerror: .*\ba thunk(?:: «thunk»| to ).*$`),
}

var derivationWarning = newRule("HEAD says in another way which derivation a warning is about",
	`(?m)^\s*… while evaluating derivation '.*'\n\n +([^\n]*)(?:\n +at [^\n]*:\n(?: *\d*\|[^\n]*\n?)*)?`, `(?m)^In (?:a )?derivation (?:named )?'.*'[:,] ([^\n]*)`)

// headRules are the rules for HEAD itself: what its store in memory cannot do, and what
// depends on a text that is another here.
var headRules = append(rulesNamed(
	"2.34's store in memory takes no derivations that are not made by derivation",
	"the text of <nix/fetchurl.nix> is another",
	"Nix's break returns what was not evaluated, which nothing can use",
), newRule("HEAD's store in memory does not name its files", `'/nix/store/[^\n']*' is not a directory`, `file '«unknown»/[^\n']*' is not a directory`))

// rulesNamed returns the rules with some of the names.
func rulesNamed(names ...string) []rule {
	var some []rule
	for _, r := range rules {
		if slices.Contains(names, r.name) {
			some = append(some, r)
		}
	}
	return some
}

// explain returns the name of a rule by which two texts are alike, or of the first
// of several that are needed.
func explain(ours, theirs string, rules []rule) string {
	o, t := ours, theirs
	name := ""
	for i, r := range rules {
		token := "\x00" + string(rune('a'+i))
		if !r.ours.MatchString(o) || !r.theirs.MatchString(t) {
			continue
		}
		if name == "" {
			name = r.name
		}
		o = r.ours.ReplaceAllString(o, token+"$1 ")
		t = r.theirs.ReplaceAllString(t, token+"$1 ")
		if slices.Equal(strings.Fields(o), strings.Fields(t)) {
			return name
		}
	}
	if movedWarnings(ours, theirs) {
		return derivationWarning.name
	}
	return ""
}

// amid is the warning of 2.34, also inside a value that was being printed.
var amid = regexp.MustCompile(`In (?:a )?derivation (?:named )?'.*'[:,] ([^\n]*)\n`)

// movedWarnings reports whether texts are alike but for where warnings about
// derivations come, which the real Nix gives while it prints a value.
func movedWarnings(ours, theirs string) bool {
	o, t := derivationWarning.ours.FindAllStringSubmatch(ours, -1), amid.FindAllStringSubmatch(theirs, -1)
	if len(o) == 0 || len(o) != len(t) {
		return false
	}
	for i := range o {
		if o[i][1] != t[i][1] {
			return false
		}
	}
	ours, theirs = derivationWarning.ours.ReplaceAllString(ours, ""), amid.ReplaceAllString(theirs, "")
	return slices.Equal(strings.Fields(ours), strings.Fields(theirs))
}
