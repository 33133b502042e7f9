package shell

import (
	"context"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// kindOf returns what a word is as a command: keyword, alias, function,
// builtin, file, applet or "".
func (in *internalCall) kindOf(ctx context.Context, name string) (kind, file string) {
	if syntax.IsKeyword(name) {
		return "keyword", ""
	}
	in.eval(ctx, prefix+"kind=$("+prefix+"builtin type -t "+join([]string{name})+") || :")
	kind = in.hc.Env.Get(prefix + "kind").String()
	switch {
	case kind == "alias" || kind == "function":
		return kind, ""
	case isDeclaration(name) || kind == "builtin":
		return "builtin", ""
	}
	p := &process{dir: in.hc.Dir, getenv: func(name string) string { return in.hc.Env.Get(name).String() }}
	if file, err := p.find(name); err == nil {
		if !strings.Contains(name, "/") {
			file = strings.TrimPrefix(file, in.hc.Dir+"/./")
		} else {
			file = name
		}
		return "file", file
	}
	if isApplet(name) || isShell(name) && !strings.Contains(name, "/") {
		return "applet", ""
	}
	return "", ""
}

// which is command -v and command -V; the first argument is the letter.
func (in *internalCall) which(ctx context.Context) error {
	code := 0
	for _, name := range in.args[1:] {
		kind, file := in.kindOf(ctx, name)
		switch {
		case kind == "":
			code = 1
			if in.args[0] == "V" {
				in.errorf("command: %s: not found", name)
			}
		case in.args[0] == "V":
			fmt.Fprintln(in.hc.Stdout, describeKind(name, kind, file))
		case kind == "file":
			fmt.Fprintln(in.hc.Stdout, file)
		default:
			fmt.Fprintln(in.hc.Stdout, name)
		}
	}
	return status(code)
}

func describeKind(name, kind, file string) string {
	switch kind {
	case "file":
		return name + " is " + file
	case "keyword":
		return name + " is a shell keyword"
	case "function":
		return name + " is a function"
	case "alias":
		return name + " is an alias"
	}
	return name + " is a shell builtin"
}

// typeOf is the type builtin.
func (in *internalCall) typeOf(ctx context.Context) error {
	mode := ""
	args := in.args
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		flag := args[0]
		args = args[1:]
		if flag == "--" {
			break
		}
		if strings.Trim(flag[1:], "afptP") != "" {
			return in.usage("%s: invalid option", flag)
		}
		mode += flag[1:]
	}
	code := 0
	for _, name := range args {
		kind, file := in.kindOf(ctx, name)
		switch {
		case kind == "":
			code = 1
			if mode == "" || strings.Trim(mode, "af") == "" {
				in.errorf("type: %s: not found", name)
			}
		case strings.Contains(mode, "t"):
			if kind == "applet" {
				kind = "builtin"
			}
			fmt.Fprintln(in.hc.Stdout, kind)
		case strings.ContainsAny(mode, "pP"):
			if kind == "file" {
				fmt.Fprintln(in.hc.Stdout, file)
			} else if kind == "applet" {
				fmt.Fprintln(in.hc.Stdout, name) // by which it is found
			} else if strings.Contains(mode, "P") {
				code = 1
			}
		default:
			fmt.Fprintln(in.hc.Stdout, describeKind(name, kind, file))
		}
	}
	return status(code)
}

// hash only says whether commands exist; nothing is remembered.
func (in *internalCall) hash(ctx context.Context) error {
	args := in.args
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		flag := args[0]
		args = args[1:]
		if flag == "--" {
			break
		}
		if strings.Trim(flag[1:], "rdt") != "" {
			return in.usage("%s: not supported by this shell", flag)
		}
	}
	code := 0
	for _, name := range args {
		if kind, _ := in.kindOf(ctx, name); kind == "" && !strings.Contains(name, "/") {
			in.errorf("hash: %s: not found", name)
			code = 1
		}
	}
	return status(code)
}
