package shell

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"nixbench/engine/shell/applet"
)

// call sees every simple command before the interpreter runs it and may
// replace its words: builtins that the interpreter lacks or has in part become
// commands of ours, which exec runs.
func (s *session) call(ctx context.Context, args []string) ([]string, error) {
	if s.signals.pending.Load() != 0 {
		if code := s.signals.take(); code != "" {
			return []string{"eval", code + "\n" + join(args)}, nil
		}
	}
	if s.jobs.killed.Load() > 0 {
		if code := s.jobs.ended(interp.HandlerCtx(ctx).Env); code != 0 && args[0] != prefix+"job" && args[0] != "exit" {
			return []string{"exit", strconv.Itoa(code)}, nil
		}
	}
	if !overridden(args[0]) || s.shadowed(args[0]) {
		return args, nil
	}
	return s.override(interp.HandlerCtx(ctx), args), nil
}

// overridden reports whether override may replace a command of this name.
func overridden(name string) bool {
	switch name {
	case "echo", "printf", "test", "[", "read", "type", "command", "builtin", "hash", "kill", "umask", "ulimit",
		"cd", "set", "shift", "trap", "eval", ".", "source", "times", "wait", "jobs", "disown", "bg", "fg",
		prefix + "builtin":
		return true
	}
	return false
}

// override returns what to run instead of a builtin.
func (s *session) override(hc interp.HandlerContext, args []string) []string {
	switch args[0] {
	case "test", "[":
		if result, ok := quickTest(args); ok {
			return result
		}
		if asksShell(args) {
			return args
		}
		return ours(args)
	case "echo", "printf", "read", "type", "hash", "kill", "umask", "ulimit", "times":
		return ours(args)
	case "cd":
		return s.changeDir(hc, args)
	case "set":
		return s.set(args)
	case "shift":
		return shift(args)
	case "trap":
		return s.trap(args)
	case "eval":
		return s.eval(args)
	case ".", "source":
		return s.sourceFile(hc, args)
	case "command":
		return s.command(hc, args)
	case "builtin":
		if len(args) > 1 && overridden(args[1]) {
			return passFunctions("builtin", s.override(hc, args[1:]))
		}
	case prefix + "builtin":
		return append([]string{"builtin"}, args[1:]...)
	case "wait":
		if len(args) > 1 && (args[1] == "-n" || args[1] == "-f" || args[1] == "-p") {
			return fails(2, "wait: "+args[1]+": not supported by this shell")
		}
		return s.jobs.waitArgs(args)
	case "jobs", "disown":
		return []string{"true"}
	case "bg", "fg":
		return fails(1, args[0]+": no job control")
	}
	return args
}

// ours returns the command of ours that stands for a builtin.
func ours(args []string) []string {
	return append([]string{prefix + args[0]}, args[1:]...)
}

// fails returns a command that prints a message and has the given status.
func fails(status int, message string) []string {
	return []string{prefix + "fail", strconv.Itoa(status), message}
}

// join quotes words so that they can be parsed again.
func join(args []string) string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	return strings.Join(out, " ")
}

// quoteValue quotes a value for an assignment that is handed to eval past the rewriter. There
// the interpreter would leave the backslash of \' where it stands; see unescape.
func quoteValue(value string) string {
	return "'" + strings.ReplaceAll(value, "'", `'"'"'`) + "'"
}

// changeDir is cd: the interpreter takes one directory without options.
func (s *session) changeDir(hc interp.HandlerContext, args []string) []string {
	rest := args[1:]
	physical := false
	for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' {
		flag := rest[0]
		rest = rest[1:]
		if flag == "--" {
			break
		}
		if strings.Trim(flag[1:], "LPe@") != "" {
			return fails(2, "cd: "+flag+": invalid option")
		}
		physical = strings.HasSuffix(flag, "P")
	}
	switch {
	case len(rest) > 1:
		return fails(1, "cd: too many arguments")
	case len(rest) == 0:
		if home := hc.Env.Get("HOME"); home.IsSet() && home.String() != "" {
			return []string{"cd", home.String()}
		}
		return fails(1, "cd: HOME not set")
	case rest[0] == "-":
		if !hc.Env.Get("OLDPWD").IsSet() {
			return fails(1, "cd: OLDPWD not set")
		}
		return []string{"cd", "-"}
	case rest[0] == "":
		return []string{"true"}
	}
	dir := absolute(hc.Dir, rest[0])
	if cdpath := hc.Env.Get("CDPATH").String(); cdpath != "" && !strings.HasPrefix(rest[0], "/") && rest[0][0] != '.' {
		for _, base := range strings.Split(cdpath, ":") {
			if info, err := os.Stat(absolute(hc.Dir, path.Join(base, rest[0]))); err == nil && info.IsDir() && base != "" {
				dir = absolute(hc.Dir, path.Join(base, rest[0]))
				break
			}
		}
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return fails(1, "cd: "+rest[0]+": "+applet.Errno(err))
	case !info.IsDir():
		return fails(1, "cd: "+rest[0]+": Not a directory")
	}
	if physical {
		if real, err := applet.RealPath(dir); err == nil {
			dir = real
		}
	}
	return []string{"cd", dir}
}

// absolute joins a name to a directory without resolving anything.
func absolute(dir, name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return dir + "/" + name
}

// set takes the options of set that have no meaning here away.
func (s *session) set(args []string) []string {
	if len(args) == 1 {
		return []string{prefix + "list", "set", ""}
	}
	settings, rest, err := setArgs(args[1:])
	if err != nil {
		return fails(2, "set: "+err.Error())
	}
	out := append([]string{"set"}, settings...)
	switch {
	case len(rest) > 0 && rest[0] != "-" && rest[0] != "--":
		out = append(append(out, "--"), rest...)
	default:
		out = append(out, rest...)
	}
	if len(out) == 1 {
		return []string{"true"}
	}
	return out
}

// shift refuses to shift by more than there are parameters, as bash does.
func shift(args []string) []string {
	n := "1"
	if len(args) > 1 {
		n = args[1]
	}
	if v, err := strconv.Atoi(n); err != nil || v < 0 {
		return args
	}
	return []string{"eval", "if [[ $# -ge " + n + " ]]; then " + prefix + "builtin shift " + n + "; else false; fi"}
}

// eval rewrites the text that eval runs.
func (s *session) eval(args []string) []string {
	words := args[1:]
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	src := strings.Join(words, " ")
	if text, ok := s.rewritten([]byte(src), ""); ok {
		return []string{"eval", text}
	}
	return append([]string{"eval"}, words...)
}

// rewritten returns a script after rewriting; ok is false if that changes
// nothing, or if the script is not well-formed.
func (s *session) rewritten(src []byte, name string) (text string, ok bool) {
	escaped := escapeHashes(src)
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(bytes.NewReader(escaped), name)
	if err != nil || !s.rewrite(file) && bytes.Equal(escaped, src) {
		return "", false
	}
	var b strings.Builder
	if syntax.NewPrinter().Print(&b, file) != nil {
		return "", false
	}
	return b.String(), true
}

// sourceFile finds the file that . names and has it rewritten.
func (s *session) sourceFile(hc interp.HandlerContext, args []string) []string {
	if len(args) > 1 && args[1] == "--" {
		args = append(args[:1:1], args[2:]...)
	}
	if len(args) < 2 {
		return fails(2, args[0]+": filename argument required")
	}
	file := absolute(hc.Dir, args[1])
	if !strings.Contains(args[1], "/") {
		for _, dir := range strings.Split(hc.Env.Get("PATH").String(), ":") {
			found := absolute(hc.Dir, path.Join(dir, args[1]))
			if info, err := os.Stat(found); err == nil && info.Mode().IsRegular() {
				file = found
				break
			}
		}
	}
	src, err := os.ReadFile(s.streamName(hc, file))
	if err != nil {
		if strings.HasPrefix(file, "/dev/") {
			return args
		}
		return fails(1, args[1]+": "+applet.Errno(err))
	}
	if isBinary(src) {
		return fails(126, args[0]+": "+args[1]+": cannot execute binary file")
	}
	text, ok := s.rewritten(src, args[1])
	if !ok {
		return append([]string{".", file}, args[2:]...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := sourceDir + strconv.Itoa(len(s.sources))
	s.sources[name] = text
	return append([]string{".", name}, args[2:]...)
}

// streamName leaves the names of standard streams, which open handles, as
// something that does not exist.
func (s *session) streamName(_ interp.HandlerContext, file string) string {
	if file == "/dev/stdin" || strings.HasPrefix(file, "/dev/fd/") {
		return file + "/"
	}
	return file
}

// command is the command builtin.
func (s *session) command(hc interp.HandlerContext, args []string) []string {
	rest := args[1:]
	for len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' {
		flag := rest[0]
		switch {
		case flag == "--":
			rest = rest[1:]
		case strings.Trim(flag[1:], "pvV") != "":
			return fails(2, fmt.Sprintf("command: %s: invalid option", flag))
		case strings.ContainsAny(flag, "vV"):
			verb := "v"
			if strings.Contains(flag, "V") {
				verb = "V"
			}
			return append([]string{prefix + "which", verb}, rest[1:]...)
		default:
			rest = rest[1:]
			continue
		}
		break
	}
	if len(rest) == 0 {
		return []string{"true"}
	}
	switch {
	case isDeclaration(rest[0]):
		return []string{"eval", rest[0] + " " + join(rest[1:])}
	case overridden(rest[0]):
		return passFunctions("command", s.override(hc, rest))
	}
	return append([]string{"command", "--"}, rest...)
}

// passFunctions keeps a builtin's name from being looked up as a function.
func passFunctions(by string, args []string) []string {
	if strings.HasPrefix(args[0], prefix) || args[0] == by {
		return args
	}
	return append([]string{by}, args...)
}

// isDeclaration reports whether a word is a builtin that the parser treats as
// a keyword.
func isDeclaration(name string) bool {
	switch name {
	case "declare", "export", "local", "nameref", "readonly", "typeset":
		return true
	}
	return false
}
