package applet

import (
	"fmt"
	"slices"
	"strings"
)

// An option is one flag of a command line, as getopt found it.
// Name is the letter of a short option or of the long one that means the
// same, or the long name itself.
type option struct {
	name  string
	value string
	given bool // value was given (for optional ones)
	arg   int  // position of the argument that it was in
}

// turnsOn sets the switch that the option is, and reports whether it is one.
func (o option) turnsOn(switches map[string]*bool) bool {
	on := switches[o.name]
	if on != nil {
		*on = true
	}
	return on != nil
}

// A flagSpec says which flags an applet takes.
type flagSpec struct {
	// short is as for getopt(3): a letter followed by : takes a value, by ::
	// an optional one, attached. A leading + stops at the first operand.
	short string
	// long holds names separated by spaces: "force=f" means the same as -f,
	// "suffix:=S" takes a value, "color::" an optional one.
	long string
	// status is the exit status for a bad flag; 0 means 1.
	status int
	// usage is the synopsis that --help prints after the name.
	usage string
	// remind says to print the synopsis with every error.
	remind bool
	// try replaces the line that points to --help.
	try string
}

// options parses c.Args in GNU's way, where operands and options may be
// mixed. ok is false if the call ends here with the given status: an error was
// reported or --help answered.
func (c *Call) options(spec flagSpec) (opts []option, operands []string, status int, ok bool) {
	p := &optParser{spec: spec, rest: c.Args[1:]}
	p.stopEarly = strings.HasPrefix(spec.short, "+")
	if err := p.parse(); err != "" {
		status := max(spec.status, exitFailure)
		c.errorf("%s", err)
		if spec.remind {
			fmt.Fprintf(c.Stderr, "Usage: %s %s\n", c.name(), spec.usage)
		}
		c.try(spec.try)
		return nil, nil, status, false
	}
	for _, o := range p.opts {
		switch o.name {
		case "help":
			fmt.Fprintf(c.out, "Usage: %s %s\n%s", c.name(), spec.usage, p.help())
			return nil, nil, exitOK, false
		case "version":
			fmt.Fprintf(c.out, "%s (nixbench)\n", c.name())
			return nil, nil, exitOK, false
		}
	}
	return p.opts, p.operands, exitOK, true
}

// try points to --help.
func (c *Call) try(line string) {
	if line == "" {
		line = "Try '" + c.name() + " --help' for more information."
	}
	fmt.Fprintln(c.Stderr, line)
}

type optParser struct {
	spec      flagSpec
	rest      []string
	stopEarly bool
	arg       int // position of the argument that is looked at
	opts      []option
	operands  []string
}

func (p *optParser) parse() (err string) {
	for len(p.rest) > 0 {
		arg := p.rest[0]
		p.rest = p.rest[1:]
		p.arg++
		switch {
		case arg == "--":
			p.operands = append(p.operands, p.rest...)
			return ""
		case strings.HasPrefix(arg, "--"):
			err = p.long(arg[2:])
		case len(arg) > 1 && arg[0] == '-':
			err = p.shorts(arg[1:])
		default:
			p.operands = append(p.operands, arg)
			if p.stopEarly {
				p.operands = append(p.operands, p.rest...)
				return ""
			}
		}
		if err != "" {
			return err
		}
	}
	return ""
}

func (p *optParser) shorts(s string) (err string) {
	for i := 0; i < len(s); i++ {
		at := strings.IndexByte(p.spec.short, s[i])
		if at < 0 || s[i] == ':' || s[i] == '+' {
			return fmt.Sprintf("invalid option -- '%c'", s[i])
		}
		o := option{name: s[i : i+1], arg: p.arg}
		after := p.spec.short[at+1:]
		if !strings.HasPrefix(after, ":") {
			p.opts = append(p.opts, o)
			continue
		}
		optional := strings.HasPrefix(after, "::")
		switch {
		case i+1 < len(s):
			o.value, o.given = s[i+1:], true
		case optional:
		case len(p.rest) > 0:
			o.value, o.given = p.rest[0], true
			p.rest = p.rest[1:]
		default:
			return fmt.Sprintf("option requires an argument -- '%c'", s[i])
		}
		p.opts = append(p.opts, o)
		return ""
	}
	return ""
}

// A longFlag is one word of flagSpec.long, taken apart.
type longFlag struct {
	name, means string
	arg         int // 0 none, 1 required, 2 optional
}

func parseLong(word string) longFlag {
	name, means, found := strings.Cut(word, "=")
	f := longFlag{name: strings.TrimRight(name, ":"), means: means}
	f.arg = len(name) - len(f.name)
	if !found {
		f.means = f.name
	}
	return f
}

// longFlags returns the flags of the specification that begin with prefix.
func (p *optParser) longFlags(prefix string) []longFlag {
	var found []longFlag
	for _, word := range strings.Fields(p.spec.long + " help version") {
		if strings.HasPrefix(word, prefix) {
			f := parseLong(word)
			if f.name == prefix {
				return []longFlag{f}
			}
			found = append(found, f)
		}
	}
	return found
}

func (p *optParser) long(arg string) (err string) {
	name, value, given := strings.Cut(arg, "=")
	found := p.longFlags(name)
	same := func(f longFlag) bool { return f.means == found[0].means && f.arg == found[0].arg }
	switch {
	case len(found) == 0:
		return fmt.Sprintf("unrecognized option '--%s'", arg)
	case !slices.ContainsFunc(found, func(f longFlag) bool { return !same(f) }):
	default:
		var names []string
		for _, f := range found {
			names = append(names, fmt.Sprintf("'--%s'", f.name))
		}
		return fmt.Sprintf("option '--%s' is ambiguous; possibilities: %s", name, strings.Join(names, " "))
	}
	f := found[0]
	switch {
	case f.arg == 0 && given:
		return fmt.Sprintf("option '--%s' doesn't allow an argument", f.name)
	case f.arg == 1 && !given:
		if len(p.rest) == 0 {
			return fmt.Sprintf("option '--%s' requires an argument", f.name)
		}
		value, given = p.rest[0], true
		p.rest = p.rest[1:]
	}
	p.opts = append(p.opts, option{name: f.means, value: value, given: given, arg: p.arg})
	return ""
}

// help lists the flags of the specification.
func (p *optParser) help() string {
	var words []string
	short := strings.TrimPrefix(p.spec.short, "+")
	for i := 0; i < len(short); i++ {
		if short[i] != ':' {
			words = append(words, "-"+short[i:i+1])
		}
	}
	for _, word := range strings.Fields(p.spec.long) {
		words = append(words, "--"+parseLong(word).name)
	}
	if len(words) == 0 {
		return ""
	}
	return "Options: " + strings.Join(words, " ") + "\n"
}

// missing reports absent operands.
func (c *Call) missing(what string) int {
	c.errorf("missing %s", what)
	fmt.Fprintf(c.Stderr, "Try '%s --help' for more information.\n", c.name())
	return exitFailure
}

// extra reports an operand too many.
func (c *Call) extra(operand string) int {
	return c.usageErr("extra operand %s", quote(operand))
}

// usageErr reports a misuse and points to --help.
func (c *Call) usageErr(format string, args ...any) int {
	c.errorf(format, args...)
	fmt.Fprintf(c.Stderr, "Try '%s --help' for more information.\n", c.name())
	return exitFailure
}
