package applet

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"nixbench/engine/shell/regex"
)

func exprMain(_ context.Context, c *Call) int {
	args := c.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		c.missing("operand")
		return exitTrouble
	}
	e := &exprParser{args: args}
	v, err := e.or()
	if err == nil && len(e.args) > 0 {
		err = fmt.Errorf("syntax error: unexpected argument %s", quote(e.args[0]))
	}
	if err != nil {
		c.errorf("%v", err)
		return exitTrouble
	}
	puts(c, v, "\n")
	if isNull(v) {
		return exitFailure
	}
	return exitOK
}

// isNull reports whether a value counts as false: empty or zero.
func isNull(v string) bool {
	return strings.Trim(strings.TrimPrefix(v, "-"), "0") == "" && v != "-"
}

// An exprParser evaluates while it parses. Its methods go from the loosest
// binding operator to the tightest.
type exprParser struct {
	args []string
	last string // the argument before args
}

var errNonInteger = errors.New("non-integer argument")

func (e *exprParser) peek(ops ...string) bool {
	if len(e.args) == 0 {
		return false
	}
	for _, op := range ops {
		if e.args[0] == op {
			return true
		}
	}
	return false
}

func (e *exprParser) take() string {
	e.last = e.args[0]
	e.args = e.args[1:]
	return e.last
}

func (e *exprParser) or() (string, error) {
	left, err := e.and()
	for err == nil && e.peek("|") {
		e.take()
		var right string
		if right, err = e.and(); err == nil && isNull(left) {
			if left = right; isNull(right) {
				left = "0"
			}
		}
	}
	return left, err
}

func (e *exprParser) and() (string, error) {
	left, err := e.compare()
	for err == nil && e.peek("&") {
		e.take()
		var right string
		if right, err = e.compare(); err == nil && (isNull(left) || isNull(right)) {
			left = "0"
		}
	}
	return left, err
}

func (e *exprParser) compare() (string, error) {
	left, err := e.sum()
	for err == nil && e.peek("<", "<=", "=", "==", "!=", ">=", ">") {
		op := e.take()
		var right string
		if right, err = e.sum(); err != nil {
			break
		}
		order := strings.Compare(left, right)
		if a, b, ok := integers(left, right); ok {
			order = a.Cmp(b)
		}
		holds := map[string]bool{
			"<": order < 0, "<=": order <= 0, "=": order == 0, "==": order == 0,
			"!=": order != 0, ">=": order >= 0, ">": order > 0,
		}[op]
		left = "0"
		if holds {
			left = "1"
		}
	}
	return left, err
}

func integers(a, b string) (x, y *big.Int, ok bool) {
	x, ok1 := new(big.Int).SetString(a, 10)
	y, ok2 := new(big.Int).SetString(b, 10)
	return x, y, ok1 && ok2 && a[0] != '+' && b[0] != '+'
}

func (e *exprParser) sum() (string, error) {
	left, err := e.product()
	for err == nil && e.peek("+", "-") {
		left, err = e.arith(left, e.take(), e.product)
	}
	return left, err
}

func (e *exprParser) product() (string, error) {
	left, err := e.matching()
	for err == nil && e.peek("*", "/", "%") {
		left, err = e.arith(left, e.take(), e.matching)
	}
	return left, err
}

func (e *exprParser) arith(left, op string, operand func() (string, error)) (string, error) {
	right, err := operand()
	if err != nil {
		return "", err
	}
	a, b, ok := integers(left, right)
	if !ok {
		return "", errNonInteger
	}
	switch op {
	case "+":
		a.Add(a, b)
	case "-":
		a.Sub(a, b)
	case "*":
		a.Mul(a, b)
	default:
		if b.Sign() == 0 {
			return "", errors.New("division by zero")
		}
		if op == "/" {
			a.Quo(a, b)
		} else {
			a.Rem(a, b)
		}
	}
	return a.String(), nil
}

func (e *exprParser) matching() (string, error) {
	left, err := e.primary()
	for err == nil && e.peek(":") {
		e.take()
		var pattern string
		if pattern, err = e.primary(); err == nil {
			left, err = exprMatch(left, pattern)
		}
	}
	return left, err
}

// exprMatch matches at the start of s and returns the first group, or the
// length of the match if the pattern has no group.
func exprMatch(s, pattern string) (string, error) {
	re, err := regex.Compile(pattern, 0)
	if err != nil {
		return "", err
	}
	m := re.Find([]byte(s))
	if m != nil && m[0] != 0 {
		m = nil
	}
	switch {
	case re.Groups() > 0 && (m == nil || m[2] < 0):
		return "", nil
	case re.Groups() > 0:
		return s[m[2]:m[3]], nil
	case m == nil:
		return "0", nil
	}
	return fmt.Sprint(m[1]), nil
}

func (e *exprParser) primary() (string, error) {
	if len(e.args) == 0 {
		return "", fmt.Errorf("syntax error: missing argument after %s", quote(e.last))
	}
	word := e.take()
	switch word {
	case "(":
		v, err := e.or()
		if err != nil {
			return "", err
		}
		if len(e.args) == 0 {
			return "", fmt.Errorf("syntax error: expecting ')' after %s", quote(e.last))
		}
		if !e.peek(")") {
			return "", fmt.Errorf("syntax error: expecting ')' instead of %s", quote(e.args[0]))
		}
		e.take()
		return v, nil
	case ")":
		return "", errors.New("syntax error: unexpected ')'")
	case "+":
		if len(e.args) == 0 {
			return "", fmt.Errorf("syntax error: missing argument after %s", quote(word))
		}
		return e.take(), nil
	case "match", "index", "substr", "length":
		return e.function(word)
	}
	return word, nil
}

func (e *exprParser) function(name string) (string, error) {
	count := map[string]int{"match": 2, "index": 2, "substr": 3, "length": 1}[name]
	var args []string
	for range count {
		v, err := e.primary()
		if err != nil {
			return "", err
		}
		args = append(args, v)
	}
	switch name {
	case "match":
		return exprMatch(args[0], args[1])
	case "index":
		return fmt.Sprint(strings.IndexAny(args[0], args[1]) + 1), nil
	case "length":
		return fmt.Sprint(len(args[0])), nil
	}
	pos, size, ok := integers(args[1], args[2])
	if !ok || pos.Sign() <= 0 || size.Sign() <= 0 {
		return "", nil
	}
	s := args[0]
	if !pos.IsInt64() || pos.Int64() > int64(len(s)) {
		return "", nil
	}
	s = s[pos.Int64()-1:]
	if size.IsInt64() && size.Int64() < int64(len(s)) {
		s = s[:size.Int64()]
	}
	return s, nil
}
