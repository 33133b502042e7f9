package shell

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A commandLine is what the arguments of the shell ask for.
type commandLine struct {
	command  string // -c
	hasC     bool
	hasS     bool     // the script comes from standard input
	file     string   // script, "" for standard input
	name     string   // $0
	params   []string // $1 …
	settings []string // options for set, such as -e or -o pipefail
}

// How the shell treats an option of set.
type treatment int

const (
	unknown treatment = iota
	passed            // the interpreter has it
	ignored           // without meaning here
	refused
)

// treatFlag classifies an option letter of set.
func treatFlag(letter byte) treatment {
	switch letter {
	case 'a', 'e', 'f', 'n', 'u', 'x':
		return passed
	case 'b', 'h', 'k', 'm', 'p', 'v', 'B', 'E', 'H', 'P', 'T':
		return ignored
	case 'C', 'r', 't':
		return refused
	}
	return unknown
}

// treatOption classifies a long option name of set -o.
func treatOption(name string) treatment {
	switch name {
	case "allexport", "errexit", "noexec", "noglob", "nounset", "xtrace", "pipefail":
		return passed
	case "braceexpand", "emacs", "errtrace", "functrace", "hashall", "histexpand", "history", "ignoreeof",
		"interactive-comments", "keyword", "monitor", "nolog", "notify", "physical", "posix", "privileged",
		"verbose", "vi":
		return ignored
	case "noclobber", "onecmd":
		return refused
	}
	return unknown
}

// setArgs goes through the options at the start of args as set takes them and
// returns those that the interpreter has, and what is left.
func setArgs(args []string) (settings, rest []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		if len(arg) < 2 || arg[0] != '-' && arg[0] != '+' || arg == "--" {
			break
		}
		args = args[1:]
		for i, letter := range []byte(arg[1:]) {
			if letter == 'o' {
				if len(args) == 0 {
					settings = append(settings, arg[:1]+"o")
					return settings, nil, nil
				}
				if args, settings, err = setLong(arg[:1], args, settings); err != nil {
					return nil, nil, err
				}
				continue
			}
			switch treatFlag(letter) {
			case passed:
				settings = append(settings, arg[:1]+string(letter))
			case refused:
				return nil, nil, fmt.Errorf("%s: not supported by this shell", arg[:1]+arg[i+1:i+2])
			case unknown:
				return nil, nil, fmt.Errorf("%s: invalid option", arg[:1]+arg[i+1:i+2])
			}
		}
	}
	return settings, args, nil
}

func setLong(sign string, args, settings []string) (rest, _ []string, err error) {
	name := args[0]
	switch treatOption(name) {
	case passed:
		settings = append(settings, sign+"o", name)
	case refused:
		if sign == "-" {
			return nil, nil, fmt.Errorf("%s: not supported by this shell", name)
		}
	case unknown:
		return nil, nil, fmt.Errorf("%s: invalid option name", name)
	}
	return args[1:], settings, nil
}

// parseCommandLine reads the arguments of the shell. done says that the shell
// ends at once with the given status.
func parseCommandLine(args []string, stdout, stderr io.Writer) (cl commandLine, status int, done bool) {
	self := args[0]
	cl.name = self
	fail := func(format string, a ...any) (commandLine, int, bool) {
		fmt.Fprintf(stderr, self+": "+format+"\n", a...)
		return cl, 2, true
	}
	args = args[1:]
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			break
		}
		if strings.HasPrefix(arg, "--") {
			answer, ok := longOption(arg)
			switch {
			case !ok:
				return fail("%s: invalid option", arg)
			case answer != "":
				fmt.Fprint(stdout, answer)
				return cl, 0, true
			}
			continue
		}
		var err error
		if args, err = cl.takeLetters(arg, args); err != nil {
			return fail("%v", err)
		}
	}
	switch {
	case cl.hasC:
		if len(args) == 0 {
			return fail("-c: option requires an argument")
		}
		cl.command, args = args[0], args[1:]
		if len(args) > 0 {
			cl.name, args = args[0], args[1:]
		}
	case !cl.hasS && len(args) > 0:
		cl.file, cl.name, args = args[0], args[0], args[1:]
	}
	cl.params = args
	return cl, 0, false
}

// longOption returns what the shell answers to an option of two dashes before it ends, ""
// for one without meaning here. ok is false for others than bash has.
func longOption(arg string) (answer string, ok bool) {
	switch arg {
	case "--help":
		return usage(), true
	case "--version":
		return "nixbench sh\n", true
	case "--norc", "--noprofile", "--posix", "--login", "--noediting":
		return "", true
	}
	return "", false
}

// takeLetters takes options of one letter, those in arg, and returns what is left of the
// arguments after it.
func (cl *commandLine) takeLetters(arg string, args []string) (rest []string, err error) {
	letters := slices.DeleteFunc([]byte(arg[1:]), func(b byte) bool {
		switch b {
		case 'c':
			cl.hasC = true
		case 's':
			cl.hasS = true
		case 'l':
		default:
			return false
		}
		return true
	})
	if slices.Contains(letters, 'i') {
		return nil, errors.New("-i: this shell is not interactive")
	}
	if len(letters) == 0 {
		return args, nil
	}
	value := optionArg(letters, args)
	settings, left, err := setArgs(append([]string{arg[:1] + string(letters)}, value...))
	if err != nil {
		return nil, err
	}
	cl.settings = append(cl.settings, settings...)
	return args[len(value)-len(left):], nil
}

// optionArg returns the name that follows -o, if letters ask for one.
func optionArg(letters []byte, args []string) []string {
	if slices.Contains(letters, 'o') && len(args) > 0 {
		return args[:1]
	}
	return nil
}

func usage() string {
	return `Usage: sh [-aefnux] [-o option] [-c command [name [argument]...]] [-s] [file [argument]...]
A shell like bash, without interaction and job control.
Commands it brings along: ` + strings.Join(Applets(), " ") + "\n"
}
