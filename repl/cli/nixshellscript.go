package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"nixbench/engine/uri"
	"nixbench/store"
)

// This file makes nix-shell an interpreter of scripts: a file that begins with "#!" and
// names it gets the flags that stand in the lines of the form "#! nix-shell FLAGS" behind
// the first one, and is run in the shell by what -i says.
//
// Behaviour: nix-shell, nix-build.cc.

// ofScript returns the arguments that a script has for nix-shell, and adds the flag to
// cmd that only scripts have. Arguments whose first one is no script stay as they are.
func (inv *invocation) ofScript(cmd *command, argv []string) ([]string, error) {
	if len(argv) == 0 {
		return argv, nil
	}
	text, err := os.ReadFile(inv.abs(argv[0]))
	if err != nil {
		return argv, nil // it may be a flag, or what is told of later
	}
	lines := strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "#!") {
		return argv, nil
	}
	var flags []string
	for _, line := range lines[1:] {
		if found := interpreted().FindStringSubmatch(strings.TrimRight(line, blanks)); found != nil {
			words, err := shellWords(found[1])
			if err != nil {
				return nil, err
			}
			flags = append(flags, words...)
		}
	}
	inv.shell.script = argv
	cmd.flags = append(cmd.flags[:len(cmd.flags):len(cmd.flags)], flag{
		[]string{"-i"}, []string{"INTERPRETER"}, "run the script by INTERPRETER",
		func(inv *invocation, args []string) error {
			inv.shell.command, inv.shell.leaves = interpret(args[0], inv.shell.script), true
			return nil
		},
	})
	return flags, nil
}

// interpreted are the lines of a script that are for nix-shell.
var interpreted = uri.Pattern(`^#![\s\v]*nix-shell[\s\v]+(.*)$`)

// blanks are the characters that part words.
const blanks = " \t\n\v\f\r"

// startShell lets names and expressions start from where the script is, if there is one,
// and see that they are for a shell. The shell itself starts where nix-shell does.
func (inv *invocation) startShell() {
	env, environment := *inv.env, inv.env.Environment
	inv.shell.dir = env.Dir
	if len(inv.shell.script) > 0 {
		env.Dir = filepath.Dir(inv.abs(inv.shell.script[0]))
	}
	env.Environment = func(name string) string {
		if name == inNixShell {
			return inv.shell.purity()
		}
		return environment(name)
	}
	inv.env = &env
}

// inNixShell is the variable that says whether a shell is pure.
const inNixShell = "IN_NIX_SHELL"

func (o *shellOptions) purity() string {
	if o.pure {
		return "pure"
	}
	return "impure"
}

// interpret is the command that runs a script, which is followed by its arguments. Perl
// and Ruby follow the first line of a script to nix-shell again, but for a Perl that is
// called otherwise and for what a Ruby loads.
func interpret(interpreter string, script []string) string {
	command := "exec "
	if strings.Contains(interpreter, "perl") {
		command += "-a PERL "
	}
	command += interpreter
	if strings.Contains(interpreter, "ruby") {
		command += " -e 'load(ARGV.shift)' --"
	}
	for _, arg := range script {
		command += " " + store.QuoteWord(arg)
	}
	return command
}

// shellWords splits a line as Perl's shellwords does: quotes of both kinds hold words
// together, and a backslash takes the next character for itself, but in single quotes.
func shellWords(line string) ([]string, error) {
	var words []string
	var word []byte
	var quote byte // 0 outside of quotes
	for i := 0; i < len(line); i++ {
		if rest := strings.TrimLeft(line[i:], blanks); quote == 0 && len(rest) < len(line)-i {
			words, word = append(words, string(word)), nil
			if i = len(line) - len(rest); rest == "" {
				return words, nil
			}
		}
		switch c := line[i]; {
		case c == '\'' && quote != '"', c == '"' && quote != '\'':
			quote ^= c
		case c == '\\' && quote != '\'':
			if i++; i < len(line) {
				word = append(word, line[i])
			}
		default:
			word = append(word, c)
		}
	}
	if quote != 0 {
		return nil, errors.New("unterminated quote in shebang line")
	}
	return append(words, string(word)), nil
}
