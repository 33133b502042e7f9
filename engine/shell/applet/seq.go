package applet

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

func seqMain(_ context.Context, c *Call) int {
	c.Args = negativeOperands(c.Args)
	opts, nums, status, ok := c.options(flagSpec{
		short: "+f:s:w",
		long:  "format:=f separator:=s equal-width=w",
		usage: "[OPTION]... [FIRST [INCREMENT]] LAST",
	})
	if !ok {
		return status
	}
	sep, format, equal := "\n", "", false
	for _, o := range opts {
		switch o.name {
		case "f":
			format = o.value
		case "s":
			sep = o.value
		case "w":
			equal = true
		}
	}
	switch {
	case len(nums) == 0:
		return c.missing("operand")
	case len(nums) > 3:
		return c.extra(nums[3])
	case format != "" && equal:
		return c.usageErr("format string may not be specified when printing equal width strings")
	}
	s := seqRange{first: big.NewRat(1, 1), step: big.NewRat(1, 1)}
	for i, num := range nums {
		v, ok := new(big.Rat).SetString(strings.TrimPrefix(num, "+"))
		if !ok {
			return c.usageErr("invalid floating point argument: %s", quote(num))
		}
		switch {
		case i == len(nums)-1:
			s.last = v
		case i == 0:
			s.first = v
			s.decimals = max(s.decimals, decimalsOf(num))
		default:
			s.step = v
			s.decimals = max(s.decimals, decimalsOf(num))
		}
		if i == len(nums)-1 && equal {
			s.lastDecimals = decimalsOf(num)
		}
	}
	if s.step.Sign() == 0 {
		return c.usageErr("invalid Zero increment value: %s", quote(nums[1]))
	}
	print, msg := s.printer(format, equal)
	if msg != "" {
		return c.fail("%s", msg)
	}
	s.print(c, print, sep)
	return exitOK
}

// negativeOperands puts -- before the first operand if that is a negative
// number, so that -5 is not taken for an option.
func negativeOperands(args []string) []string {
	for i, arg := range args[1:] {
		switch {
		case arg == "--":
			return args
		case len(arg) > 1 && arg[0] == '-' && (isDigit(arg[1]) || arg[1] == '.'):
			return slices.Insert(slices.Clone(args), i+1, "--")
		case !strings.HasPrefix(arg, "-") && args[i] != "-s" && args[i] != "-f":
			return args
		}
	}
	return args
}

type seqRange struct {
	first, step, last      *big.Rat
	decimals, lastDecimals int
}

func decimalsOf(num string) int {
	if strings.ContainsAny(num, "eE") {
		return 0
	}
	if _, frac, ok := strings.Cut(num, "."); ok {
		return len(frac)
	}
	return 0
}

// printer returns the function that formats one value.
func (s *seqRange) printer(format string, equal bool) (func(*big.Rat) string, string) {
	if format != "" {
		spec, msg := parseSeqFormat(format)
		if msg != "" {
			return nil, msg
		}
		return func(v *big.Rat) string {
			f, _ := v.Float64()
			return spec.before + formatFloat(spec.directive, f) + spec.after
		}, ""
	}
	width := 0
	if equal {
		width = max(len(s.first.FloatString(s.decimals)), len(s.last.FloatString(s.decimals)))
	}
	return func(v *big.Rat) string {
		text := v.FloatString(s.decimals)
		if pad := width - len(text); pad > 0 {
			sign := ""
			if strings.HasPrefix(text, "-") {
				sign, text = "-", text[1:]
			}
			text = sign + strings.Repeat("0", pad) + text
		}
		return text
	}, ""
}

func (s *seqRange) print(c *Call, format func(*big.Rat) string, sep string) {
	printed := false
	v := new(big.Rat).Set(s.first)
	for ; s.step.Sign() > 0 && v.Cmp(s.last) <= 0 || s.step.Sign() < 0 && v.Cmp(s.last) >= 0; v.Add(v, s.step) {
		if printed {
			puts(c, sep)
		}
		printed = true
		if _, err := c.out.WriteString(format(v)); err != nil {
			return
		}
	}
	if printed {
		c.out.WriteByte('\n')
	}
}

type seqFormat struct{ before, directive, after string }

// parseSeqFormat splits a format at its only %f, %e or %g directive.
func parseSeqFormat(format string) (seqFormat, string) {
	var spec seqFormat
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		if strings.HasPrefix(format[i:], "%%") {
			i++
			continue
		}
		end := i + 1
		for end < len(format) && strings.IndexByte("-+ #0'123456789.", format[end]) >= 0 {
			end++
		}
		if end == len(format) || strings.IndexByte("fFeEgGaA", format[end]) < 0 {
			return spec, fmt.Sprintf("format %s has unknown %%%s directive", quote(format), format[end:min(end+1, len(format))])
		}
		if spec.directive != "" {
			return spec, fmt.Sprintf("format %s has too many %% directives", quote(format))
		}
		spec.before, spec.directive, spec.after = format[:i], format[i:end+1], format[end+1:]
	}
	if spec.directive == "" {
		return spec, fmt.Sprintf("format %s has no %% directive", quote(format))
	}
	spec.before = strings.ReplaceAll(spec.before, "%%", "%")
	spec.after = strings.ReplaceAll(spec.after, "%%", "%")
	return spec, ""
}

// formatFloat formats with one C directive of the kinds f, e and g.
func formatFloat(directive string, v float64) string {
	d := strings.ReplaceAll(directive, "'", "")
	verb := d[len(d)-1]
	if verb == 'F' {
		d = d[:len(d)-1] + "f"
	}
	if verb != 'g' && verb != 'G' {
		return fixExponent(fmt.Sprintf(d, v))
	}
	// Go's %g takes the shortest exact form, C's has 6 digits and drops zeros.
	flags := d[1 : len(d)-1]
	precision := 6
	width := flags
	if dot := strings.IndexByte(flags, '.'); dot >= 0 {
		precision, _ = strconv.Atoi(flags[dot+1:])
		width = flags[:dot]
	}
	text := strconv.FormatFloat(v, verb, max(precision, 1), 64)
	if !strings.Contains(flags, "#") {
		text = cGeneral(v, max(precision, 1), verb)
	}
	sign := strings.Contains(width, "+")
	if sign && v >= 0 {
		text = "+" + text
	}
	return padNumber(width, text)
}

// cGeneral is %.{precision}g of C.
func cGeneral(v float64, precision int, verb byte) string {
	e := strconv.FormatFloat(v, 'e', precision-1, 64)
	mantissa, expText, ok := strings.Cut(e, "e")
	if !ok {
		return e // inf, nan
	}
	exp, _ := strconv.Atoi(expText)
	if exp < -4 || exp >= precision {
		if strings.Contains(mantissa, ".") {
			mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
		}
		letter := "e"
		if verb == 'G' {
			letter = "E"
		}
		return fmt.Sprintf("%s%s%+03d", mantissa, letter, exp)
	}
	text := strconv.FormatFloat(v, 'f', precision-1-exp, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// padNumber pads a formatted number to the width in a flag string.
func padNumber(flags, text string) string {
	digits := strings.TrimLeft(flags, "-+ #0")
	width, _ := strconv.Atoi(digits)
	pad := width - len(text)
	if pad <= 0 {
		return text
	}
	switch {
	case strings.Contains(flags[:len(flags)-len(digits)], "-"):
		return text + strings.Repeat(" ", pad)
	case strings.Contains(flags[:len(flags)-len(digits)], "0"):
		sign := ""
		if text[0] == '-' || text[0] == '+' {
			sign, text = text[:1], text[1:]
		}
		return sign + strings.Repeat("0", pad) + text
	}
	return strings.Repeat(" ", pad) + text
}

// fixExponent leaves Go's text as it is: its exponents have two digits, as
// C's, and its infinities differ.
func fixExponent(s string) string {
	s = strings.Replace(s, "+Inf", "inf", 1)
	s = strings.Replace(s, "-Inf", "-inf", 1)
	return strings.Replace(s, "NaN", "nan", 1)
}
