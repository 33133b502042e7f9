package applet

import (
	"bytes"
	"context"
	"io"
)

func pasteMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "d:sz",
		long:  "delimiters:=d serial=s zero-terminated=z",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	delims, serial, eol := []string{"\t"}, false, byte('\n')
	for _, o := range opts {
		switch o.name {
		case "d":
			delims = pasteDelims(o.value)
		case "s":
			serial = true
		case "z":
			eol = 0
		}
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	if serial {
		return c.each(files, func(_ string, r io.Reader) error {
			n := 0
			err := eachLine(r, eol, func(line []byte, _ bool) error {
				if n > 0 {
					puts(c, delims[(n-1)%len(delims)])
				}
				n++
				_, err := c.out.Write(line)
				return err
			})
			c.out.WriteByte(eol)
			return err
		})
	}
	return pasteParallel(c, files, delims, eol)
}

func pasteDelims(s string) []string {
	var out []string
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if s[i] == '0' {
				out = append(out, "")
				continue
			}
			out = append(out, string(simpleEscape(s[i])))
			continue
		}
		out = append(out, s[i:i+1])
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

// simpleEscape returns the character that \ch means, or ch itself.
func simpleEscape(ch byte) byte {
	if i := bytes.IndexByte([]byte("abfnrtv"), ch); i >= 0 {
		return "\a\b\f\n\r\t\v"[i]
	}
	return ch
}

func pasteParallel(c *Call, files, delims []string, eol byte) int {
	readers := make([]*lineReader, len(files))
	var stdin *lineReader
	for i, name := range files {
		if name == "-" { // named twice, its lines go to each in turn
			if stdin == nil {
				stdin = newLineReader(c.Stdin, eol)
			}
			readers[i] = stdin
			continue
		}
		r, err := c.open(name)
		if err != nil {
			return c.fail("%s: %s", shown(name), errText(err))
		}
		defer r.Close()
		readers[i] = newLineReader(r, eol)
	}
	for {
		var row bytes.Buffer
		any := false
		for i, lr := range readers {
			if i > 0 {
				row.WriteString(delims[(i-1)%len(delims)])
			}
			if lr == nil {
				continue
			}
			line, _, err := lr.next()
			if err != nil {
				readers[i] = nil
				continue
			}
			any = true
			row.Write(line)
		}
		if !any {
			return exitOK
		}
		c.out.Write(row.Bytes())
		if c.out.WriteByte(eol) != nil {
			return exitOK
		}
	}
}
