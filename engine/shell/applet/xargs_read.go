package applet

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// This file reads the arguments of xargs.

// An xargsItem is one argument that was read.
type xargsItem struct {
	text    string
	lineEnd bool // the last one of its line
}

// line reads a line for -I, without leading blanks and with quotes undone.
func (x *xargs) line(r *bufio.Reader) (string, error) {
	if x.delim >= 0 {
		item, err := x.delimited(r)
		return item.text, err
	}
	for {
		text, err := r.ReadString('\n')
		if text == "" && err != nil {
			return "", err
		}
		text = strings.TrimLeft(strings.TrimSuffix(text, "\n"), " \t")
		if text == "" {
			continue
		}
		return x.unquote(text)
	}
}

func (x *xargs) unquote(text string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch ch := text[i]; ch {
		case '\\':
			if i+1 < len(text) {
				i++
				b.WriteByte(text[i])
			}
		case '\'', '"':
			end := strings.IndexByte(text[i+1:], ch)
			if end < 0 {
				return "", errUnmatched(ch)
			}
			b.WriteString(text[i+1 : i+1+end])
			i += end + 1
		default:
			b.WriteByte(ch)
		}
	}
	return b.String(), nil
}

func errUnmatched(ch byte) error {
	kind := map[byte]string{'\'': "single", '"': "double"}[ch]
	return errors.New("unmatched " + kind + " quote; by default quotes are special to xargs unless you use the -0 option")
}

func (x *xargs) delimited(r *bufio.Reader) (xargsItem, error) {
	text, err := r.ReadString(byte(x.delim))
	if err != nil && text == "" {
		return xargsItem{}, io.EOF
	}
	return xargsItem{strings.TrimSuffix(text, string([]byte{byte(x.delim)})), true}, nil
}

// next reads one argument.
func (x *xargs) next(r *bufio.Reader) (xargsItem, error) {
	if x.delim >= 0 {
		return x.delimited(r)
	}
	var b strings.Builder
	started := false
	for {
		ch, err := r.ReadByte()
		switch {
		case err != nil:
			if !started {
				return xargsItem{}, io.EOF
			}
			return x.item(b.String(), true)
		case ch == '\n':
			if started {
				return x.item(b.String(), true)
			}
		case isBlank(ch):
			if started {
				// A blank before the newline continues the line for -L.
				return x.item(b.String(), false)
			}
		case ch == '\\':
			started = true
			if ch, err = r.ReadByte(); err == nil {
				b.WriteByte(ch)
			}
		case ch == '\'' || ch == '"':
			started = true
			text, err := r.ReadString(ch)
			if err != nil || strings.Contains(text, "\n") {
				return xargsItem{}, errUnmatched(ch)
			}
			b.WriteString(text[:len(text)-1])
		default:
			started = true
			b.WriteByte(ch)
		}
	}
}

func (x *xargs) item(text string, lineEnd bool) (xargsItem, error) {
	if x.endMark != "" && text == x.endMark {
		return xargsItem{}, io.EOF
	}
	return xargsItem{text, lineEnd}, nil
}
