package nixjson

import (
	"fmt"
	"strconv"
)

// A Handler gets the parts of a JSON text in their order.
// Values inside a list come between BeginList and End; members of an object
// come between BeginObject and End, each as a Key and a value.
type Handler interface {
	Null()
	Bool(b bool)
	Int(i int64)
	Float(f float64)
	String(s string)
	Key(s string)
	BeginList()
	BeginObject()
	End()
}

// An unsignedHandler takes integers that do not fit an int64, which are an error
// otherwise.
type unsignedHandler interface{ Uint(u uint64) }

// A ParseError says why a text is not JSON, in the words of Nix.
type ParseError struct {
	Msg string
	// TooLarge is the number that is larger than Nix's integers; "" of errors of the
	// syntax.
	TooLarge string
}

func (e *ParseError) Error() string { return e.Msg }

// Parse reads a JSON text. Nesting is unlimited.
// Its errors are *[ParseError].
func Parse(src string, h Handler) error {
	p := &parser{lx: lexer{src: src}, h: h}
	p.lx.skipBOM()
	p.next()
	if err := p.value(); err != nil {
		return err
	}
	if p.next(); p.tok != tokEOF {
		return p.unexpected("value", tokEOF)
	}
	return nil
}

// A parser turns tokens into calls of its handler.
type parser struct {
	lx  lexer
	h   Handler
	tok token
}

func (p *parser) next() { p.tok = p.lx.next() }

// value reads a value with all that is in it; its first token is in tok,
// and so is its last one afterwards.
func (p *parser) value() error {
	var open []bool // for each list or object around: is it a list
	for {
		opened, err := p.start()
		if err != nil {
			return err
		}
		if opened {
			isList := p.tok == tokBeginList
			if p.next(); isList && p.tok != tokEndList {
				open = append(open, true)
				continue
			} else if !isList && p.tok != tokEndObject {
				open = append(open, false)
				if err := p.key(); err != nil {
					return err
				}
				continue
			}
			p.h.End()
		}
		if open, err = p.close(open); err != nil || len(open) == 0 {
			return err
		}
	}
}

// start handles the first token of a value.
// It reports whether that opened a list or an object.
func (p *parser) start() (opened bool, err error) {
	switch p.tok {
	case tokBeginList:
		p.h.BeginList()
		return true, nil
	case tokBeginObject:
		p.h.BeginObject()
		return true, nil
	case tokNull:
		p.h.Null()
	case tokTrue, tokFalse:
		p.h.Bool(p.tok == tokTrue)
	case tokString:
		p.h.String(p.lx.str)
	case tokNumber:
		return false, p.number()
	case tokEOF:
		if p.lx.read == 1 {
			return false, p.errorf("attempting to parse an empty input; check that your input string or stream contains the expected JSON")
		}
		return false, p.unexpected("value", tokValue)
	case tokError:
		return false, p.unexpected("value", tokNone)
	default:
		return false, p.unexpected("value", tokValue)
	}
	return false, nil
}

// close handles what follows a value: the ends of what is around it, or a comma
// and the first token of the next value, which is then in tok.
func (p *parser) close(open []bool) ([]bool, error) {
	for len(open) > 0 {
		p.next()
		isList := open[len(open)-1]
		switch {
		case p.tok == tokComma && isList:
			p.next()
			return open, nil
		case p.tok == tokComma:
			p.next()
			return open, p.key()
		case isList && p.tok == tokEndList, !isList && p.tok == tokEndObject:
			p.h.End()
			open = open[:len(open)-1]
		case isList:
			return open, p.unexpected("array", tokEndList)
		default:
			return open, p.unexpected("object", tokEndObject)
		}
	}
	return open, nil
}

// key reads a key, its colon and the first token of its value.
func (p *parser) key() error {
	if p.tok != tokString {
		return p.unexpected("object key", tokString)
	}
	p.h.Key(p.lx.str)
	if p.next(); p.tok != tokColon {
		return p.unexpected("object separator", tokColon)
	}
	p.next()
	return nil
}

// number handles a number: an integer if it has neither fraction nor exponent
// and fits, otherwise a float.
func (p *parser) number() error {
	text := p.lx.text()
	if p.lx.integer {
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			p.h.Int(i)
			return nil
		}
		if u, err := strconv.ParseUint(text, 10, 64); err == nil {
			if h, ok := p.h.(unsignedHandler); ok {
				h.Uint(u)
				return nil
			}
			return &ParseError{Msg: fmt.Sprintf("unsigned json number %d outside of Nix integer range", u), TooLarge: text}
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return &ParseError{Msg: fmt.Sprintf("[json.exception.out_of_range.406] number overflow parsing '%s'", text)}
	}
	p.h.Float(f)
	return nil
}

// unexpected returns the error for the token that was just read.
// What is tokNone if there are several possibilities.
func (p *parser) unexpected(context string, want token) error {
	msg := "syntax error while parsing " + context + " - "
	if p.tok == tokError {
		msg += p.lx.problem + "; last read: '" + p.lx.printable() + "'"
	} else {
		msg += "unexpected " + p.tok.String()
	}
	if want != tokNone {
		msg += "; expected " + want.String()
	}
	return p.errorf("%s", msg)
}

func (p *parser) errorf(format string, args ...any) error {
	return &ParseError{Msg: fmt.Sprintf("[json.exception.parse_error.101] parse error at line %d, column %d: ", p.lx.line+1, p.lx.column) +
		fmt.Sprintf(format, args...)}
}
