package applet

import (
	"context"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// printfMain is printf as bash has it, without -v, which is the shell's.
func printfMain(_ context.Context, c *Call) int {
	args := c.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		c.errorf("usage: printf [-v var] format [arguments]")
		return exitTrouble
	}
	text, status := Printf(args[0], args[1:], func(msg string) { c.errorf("%s", msg) })
	puts(c, text)
	return status
}

// Printf formats args as the printf command does, reusing the format while
// there are arguments, and returns the text and the exit status. Problems are
// passed to report.
func Printf(format string, args []string, report func(msg string)) (string, int) {
	p := &printfRun{format: format, args: args, report: report}
	for {
		before := len(p.args)
		if stop := p.once(); stop || len(p.args) == 0 || len(p.args) == before {
			return p.b.String(), p.status
		}
	}
}

type printfRun struct {
	format string
	args   []string
	report func(string)
	status int
	b      strings.Builder
}

func (p *printfRun) failf(format string, args ...any) {
	p.report(fmt.Sprintf(format, args...))
	p.status = exitFailure
}

func (p *printfRun) next() (string, bool) {
	if len(p.args) == 0 {
		return "", false
	}
	arg := p.args[0]
	p.args = p.args[1:]
	return arg, true
}

// once runs through the format; stop ends all output.
func (p *printfRun) once() (stop bool) {
	f := p.format
	for i := 0; i < len(f); {
		switch {
		case f[i] == '\\' && i+1 < len(f):
			if f[i+1] == 'c' {
				p.b.WriteString(`\c`)
				i += 2
				continue
			}
			i += oneEscape(&p.b, f[i:], escapeFormat)
		case f[i] == '%':
			n, stop := p.directive(f[i:])
			if stop {
				return true
			}
			i += n
		default:
			p.b.WriteByte(f[i])
			i++
		}
	}
	return false
}

// A directive is a conversion of a format, with * replaced by its value.
type directive struct {
	flags     string
	width     int
	precision int // -1: none
}

// directive formats one conversion and returns its length in the format.
func (p *printfRun) directive(f string) (n int, stop bool) {
	if strings.HasPrefix(f, "%%") {
		p.b.WriteByte('%')
		return 2, false
	}
	i := 1
	for i < len(f) && strings.IndexByte("-+ #0'", f[i]) >= 0 {
		i++
	}
	d := directive{flags: f[1:i], precision: -1}
	d.width, i = p.number(f, i)
	if d.width < 0 {
		d.flags += "-"
		d.width = -d.width
	}
	if i < len(f) && f[i] == '.' {
		d.precision, i = p.number(f, i+1)
	}
	for i < len(f) && strings.IndexByte("hlLjzt", f[i]) >= 0 {
		i++
	}
	if i == len(f) {
		p.failf("`%s': missing format character", f[:i])
		return len(f), true
	}
	return i + 1, p.convert(d, f[i])
}

// number reads a width or precision at i, where * takes an argument.
func (p *printfRun) number(f string, i int) (value, end int) {
	if i < len(f) && f[i] == '*' {
		arg, _ := p.next()
		value, _ := strconv.Atoi(arg)
		return min(max(value, -maxWidth), maxWidth), i + 1
	}
	end = i
	for end < len(f) && isDigit(f[end]) {
		end++
	}
	value, _ = strconv.Atoi(f[i:end])
	return min(value, maxWidth), end
}

// maxWidth bounds widths and precisions.
const maxWidth = 1 << 20

func (p *printfRun) convert(d directive, verb byte) (stop bool) {
	switch verb {
	case 's', 'b', 'q', 'c':
		return p.text(d, verb)
	case 'd', 'i', 'u', 'o', 'x', 'X':
		p.integer(d, verb)
	case 'e', 'E', 'f', 'F', 'g', 'G', 'a', 'A':
		p.float(d, verb)
	default:
		p.failf("`%c': invalid format character", verb)
		return true
	}
	return false
}

func (p *printfRun) text(d directive, verb byte) (stop bool) {
	arg, _ := p.next()
	switch verb {
	case 'c':
		arg = arg[:min(len(arg), 1)]
	case 'b':
		arg, stop = unescape(arg, escapeB)
	case 'q':
		arg = ShellWord(arg)
	}
	if d.precision >= 0 && d.precision < len(arg) && verb != 'c' {
		arg = arg[:d.precision]
	}
	p.pad(d, arg)
	return stop
}

func (p *printfRun) pad(d directive, s string) {
	pad := strings.Repeat(" ", max(d.width-len(s), 0))
	if strings.Contains(d.flags, "-") {
		p.b.WriteString(s + pad)
		return
	}
	p.b.WriteString(pad + s)
}

// integerOf parses a numeric argument: decimal, 0x, octal, or a quote and a
// character.
func (p *printfRun) integerOf() *big.Int {
	arg, given := p.next()
	if !given {
		return new(big.Int)
	}
	s := strings.TrimLeft(arg, " \t\n")
	if len(s) > 0 && (s[0] == '\'' || s[0] == '"') {
		for _, r := range s[1:] {
			return big.NewInt(int64(r))
		}
		return new(big.Int)
	}
	num := strings.TrimPrefix(s, "+")
	v, ok := new(big.Int).SetString(num, 0)
	if ok && !strings.Contains(num, "_") && !strings.HasPrefix(strings.TrimPrefix(num, "-"), "0b") && !strings.HasPrefix(strings.TrimPrefix(num, "-"), "0o") {
		return v
	}
	p.failf("%s: invalid number", arg)
	end := 0
	for end < len(num) && (isDigit(num[end]) || end == 0 && num[end] == '-') {
		end++
	}
	if v, ok = new(big.Int).SetString(num[:end], 10); ok {
		return v
	}
	return new(big.Int)
}

func (p *printfRun) integer(d directive, verb byte) {
	v := p.integerOf()
	negative := v.Sign() < 0
	if negative && verb != 'd' && verb != 'i' { // as 64-bit two's complement
		v = new(big.Int).Add(v, new(big.Int).Lsh(big.NewInt(1), 64))
		negative = false
	}
	var digits, prefix string
	abs := new(big.Int).Abs(v)
	switch verb {
	case 'd', 'i', 'u':
		digits = abs.Text(10)
	case 'o':
		digits = abs.Text(8)
		if strings.Contains(d.flags, "#") && digits[0] != '0' {
			digits = "0" + digits
		}
	case 'x', 'X':
		digits = abs.Text(16)
		if strings.Contains(d.flags, "#") && v.Sign() != 0 {
			prefix = "0x"
		}
		if verb == 'X' {
			digits, prefix = strings.ToUpper(digits), strings.ToUpper(prefix)
		}
	}
	if d.precision == 0 && v.Sign() == 0 {
		digits = ""
	}
	digits = strings.Repeat("0", max(d.precision-len(digits), 0)) + digits
	switch {
	case negative:
		prefix = "-"
	case verb != 'd' && verb != 'i':
	case strings.Contains(d.flags, "+"):
		prefix = "+"
	case strings.Contains(d.flags, " "):
		prefix = " "
	}
	if strings.Contains(d.flags, "0") && !strings.Contains(d.flags, "-") && d.precision < 0 {
		digits = strings.Repeat("0", max(d.width-len(digits)-len(prefix), 0)) + digits
	}
	p.pad(d, prefix+digits)
}

func (p *printfRun) float(d directive, verb byte) {
	arg, given := p.next()
	v := 0.0
	if given {
		s := strings.TrimSpace(arg)
		if len(s) > 1 && (s[0] == '\'' || s[0] == '"') {
			v = float64([]rune(s[1:])[0])
		} else if parsed, err := strconv.ParseFloat(s, 64); err == nil || strings.Contains(err.Error(), "range") {
			v = parsed
		} else {
			p.failf("%s: invalid number", arg)
			v, _ = floatPrefix([]byte(s))
		}
	}
	spec := "%" + strings.ReplaceAll(d.flags, "'", "")
	if d.width > 0 {
		spec += strconv.Itoa(d.width)
	}
	if d.precision >= 0 {
		spec += "." + strconv.Itoa(d.precision)
	}
	if verb == 'a' || verb == 'A' {
		p.pad(d, strings.Replace(strconv.FormatFloat(v, 'x'-'a'+verb, d.precision, 64), "p+0", "p+", 1))
		return
	}
	p.b.WriteString(formatFloat(spec+string(verb), v))
}

// ShellWord quotes s with backslashes so that a shell reads it as one word,
// as printf's %q does.
func ShellWord(s string) string {
	if s == "" {
		return "''"
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 127 }) {
		var b strings.Builder
		b.WriteString("$'")
		for i := 0; i < len(s); i++ {
			switch {
			case s[i] == '\'' || s[i] == '\\':
				b.WriteString(`\` + s[i:i+1])
			case s[i] == 0x1b:
				b.WriteString(`\E`)
			case s[i] < ' ' || s[i] == 127:
				b.WriteString(cEscape(s[i]))
			default:
				b.WriteByte(s[i])
			}
		}
		b.WriteByte('\'')
		return b.String()
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(" !\"$&'()*,;<>?[\\]^`{|}", s[i]) >= 0 || i == 0 && (s[i] == '#' || s[i] == '~') {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
