package cli

import (
	"regexp"
	"strings"
	"sync"
	"syscall"

	"nixbench/engine/syntax"
	"nixbench/store"
)

// painted are the parts of a message that have a colour on a terminal. Each alternative
// stands for what messages of Nix have in common; what its group holds is painted, and
// an alternative without a group is for what stays as it is.
var painted = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)` + strings.Join([]string{
		`^ *> .*$`,     // of a log
		`^\[json\..*$`, // of the JSON library
		`^build of (?P<magenta>'.*') failed$`,
		`(?:^|[\s(])'nix(?:bench|-[a-z]+)?(?: [^'\n]*)?'`, // commands that are advised
		`not enough arguments to '[^'\n]*'`,
		`(?:expect|expected something like|should be|use|using|must pass) '.*$`,
		`argument '--(?P<magenta>[^'\n]*)'`,
		`\s'--extra-experimental-features (?P<magenta>[^'\n]*)'`,
		`(?:^|[\s(])'(?P<magenta>[^'\n]*)'`,
		`(?P<magenta>"[^"\n]*")`, // paths of files
		`requires (?P<magenta>\d+) argument`,
		`but only (?P<magenta>\d+) were`,
		`profile version (?P<magenta>\d+) does`,
		`than the current \((?P<magenta>\d+)\)`,
		`^cannot (?P<magenta>[a-z]+) to socket`,
		`: (?P<magenta>` + systemErrors() + `)(?:$|\s\()`,
		`^ *Reason: (?P<red>.*?)\.?$`,
		`^ +(?P<magenta>/\S+)$`,
		`^ *(?:specified|got): +(?P<magenta>\S+)$`,
		`^  (?P<bold>nix(?:-store -l|bench log| log) \S+)$`,
	}, "|"))
})

// systemErrors is a pattern of what the system calls its errors, as C's library writes it.
func systemErrors() string {
	var words []string
	for errno := range syscall.Errno(134) { // the last of Linux's is EHWPOISON
		if errno != 0 {
			words = append(words, regexp.QuoteMeta(store.Capital(errno.Error())))
		}
	}
	return strings.Join(words, "|")
}

// paint returns the words of an error that has no colours of its own, such as those of
// stores and of flags, in the colours that Nix has for what it fills in. It goes by the
// quotes and by the phrases: the words are the same with colours and without.
//
// Source: HintFmt in Nix's fmt.hh; derivation-building-goal.cc.
func paint(message string) string {
	var b strings.Builder
	end := 0
	for _, at := range painted().FindAllStringSubmatchIndex(message, -1) {
		for i, name := range painted().SubexpNames() {
			if from, to := at[2*i], at[2*i+1]; name != "" && from >= 0 {
				b.WriteString(message[end:from])
				b.WriteString(colours[name].Paint(message[from:to]))
				end = to
			}
		}
	}
	return b.String() + message[end:]
}

// colours are those that the groups of painted are named for.
var colours = map[string]syntax.Colour{"magenta": syntax.Magenta, "red": syntax.Red, "bold": syntax.Bold}
