package applet

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"strconv"
	"strings"
)

// newHash returns the hash of an applet such as sha256sum, and its name for
// --tag.
func newHash(name string) (hash.Hash, string) {
	switch name {
	case "md5sum":
		return md5.New(), "MD5"
	case "sha1sum":
		return sha1.New(), "SHA1"
	case "sha224sum":
		return sha256.New224(), "SHA224"
	case "sha384sum":
		return sha512.New384(), "SHA384"
	case "sha512sum":
		return sha512.New(), "SHA512"
	}
	return sha256.New(), "SHA256"
}

type summer struct {
	c                                      *Call
	binary, tag, quiet, statusOnly, strict bool
	warn, ignoreMissing                    bool
	eol                                    string
}

// sumMain is md5sum, sha1sum and so on.
func sumMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "bctwz",
		long:  "binary=b check=c tag text=t zero=z ignore-missing quiet status strict warn=w",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	s := &summer{c: c, eol: "\n"}
	check := false
	for _, o := range opts {
		switch o.name {
		case "b":
			s.binary = true
		case "c":
			check = true
		case "tag":
			s.tag = true
		case "t":
			s.binary = false
		case "z":
			s.eol = "\x00"
		case "ignore-missing":
			s.ignoreMissing = true
		case "quiet":
			s.quiet = true
		case "status":
			s.statusOnly = true
		case "strict":
			s.strict = true
		case "w":
			s.warn = true
		}
	}
	if check {
		return s.check(files)
	}
	return c.each(files, func(name string, r io.Reader) error {
		sum, err := s.sum(r)
		if err != nil {
			return err
		}
		s.print(sum, name)
		return nil
	})
}

func (s *summer) sum(r io.Reader) (string, error) {
	h, _ := newHash(s.c.name())
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (s *summer) print(sum, name string) {
	escaped := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(name)
	mark := ""
	if escaped != name && s.eol == "\n" {
		mark, name = `\`, escaped
	}
	if s.tag {
		_, tag := newHash(s.c.name())
		puts(s.c, mark, tag, " (", name, ") = ", sum, s.eol)
		return
	}
	kind := "  "
	if s.binary {
		kind = " *"
	}
	puts(s.c, mark, sum, kind, name, s.eol)
}

// parseSumLine reads a line of a check file.
func (s *summer) parseSumLine(line string) (sum, name string, ok bool) {
	h, tag := newHash(s.c.name())
	size := h.Size() * 2
	unescape := false
	if line, unescape = strings.CutPrefix(strings.TrimLeft(line, " \t"), `\`); unescape {
		defer func() { name = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(name) }()
	}
	if rest, found := strings.CutPrefix(line, tag+" ("); found {
		at := strings.LastIndex(rest, ") = ")
		if at < 0 {
			return "", "", false
		}
		sum, name = rest[at+4:], rest[:at]
	} else {
		if len(line) < size+3 || line[size] != ' ' {
			return "", "", false
		}
		sum, name = line[:size], line[size+1:]
		if name[0] == ' ' || name[0] == '*' {
			name = name[1:]
		}
	}
	_, err := hex.DecodeString(sum)
	return strings.ToLower(sum), name, err == nil && len(sum) == size
}

func (s *summer) check(lists []string) int {
	c := s.c
	if len(lists) == 0 {
		lists = []string{"-"}
	}
	status := exitOK
	for _, list := range lists {
		bad, unreadable, malformed, matched, lines := 0, 0, 0, 0, 0
		err := c.with(list, func(_ string, r io.Reader) error {
			return eachLine(r, '\n', func(line []byte, _ bool) error {
				lines++
				want, name, ok := s.parseSumLine(strings.TrimSuffix(string(line), "\r"))
				if !ok {
					if len(bytes.TrimSpace(line)) > 0 && line[0] != '#' {
						malformed++
						if s.warn {
							_, tag := newHash(c.name())
							c.errorf("%s: %d: improperly formatted %s checksum line", shown(list), lines, tag)
						}
					}
					return nil
				}
				switch s.checkOne(want, name) {
				case sumOK:
					matched++
				case sumBad:
					bad++
				case sumUnreadable:
					unreadable++
				}
				return nil
			})
		})
		if err != nil {
			status = c.fail("%s: %s", shown(list), errText(err))
			continue
		}
		if s.report(list, bad, unreadable, malformed, matched) {
			status = exitFailure
		}
	}
	return status
}

// What became of checking one file.
const (
	sumOK = iota
	sumBad
	sumUnreadable
	sumMissing
)

func (s *summer) checkOne(want, name string) int {
	c := s.c
	var got string
	err := c.with(name, func(_ string, r io.Reader) (err error) {
		got, err = s.sum(r)
		return err
	})
	switch {
	case err != nil && s.ignoreMissing && os.IsNotExist(err):
		return sumMissing
	case err != nil:
		c.errorf("%s: %s", shown(name), errText(err))
		if !s.statusOnly {
			puts(c, name, ": FAILED open or read\n")
		}
		return sumUnreadable
	case got != want:
		if !s.statusOnly {
			puts(c, name, ": FAILED\n")
		}
		return sumBad
	}
	if !s.quiet && !s.statusOnly {
		puts(c, name, ": OK\n")
	}
	return sumOK
}

// report prints the warnings about a list and says whether it failed.
func (s *summer) report(list string, bad, unreadable, malformed, matched int) bool {
	c := s.c
	if bad+unreadable+matched == 0 && malformed > 0 {
		c.errorf("%s: no properly formatted checksum lines found", shown(list))
		return true
	}
	warn := func(n int, one, many string) {
		if n == 0 || s.statusOnly {
			return
		}
		text := many
		if n == 1 {
			text = one
		}
		c.errorf("WARNING: %s", strings.Replace(text, "%d", strconv.Itoa(n), 1))
	}
	warn(malformed, "%d line is improperly formatted", "%d lines are improperly formatted")
	warn(unreadable, "%d listed file could not be read", "%d listed files could not be read")
	warn(bad, "%d computed checksum did NOT match", "%d computed checksums did NOT match")
	if s.ignoreMissing && matched == 0 && bad == 0 {
		c.errorf("%s: no file was verified", shown(list))
		return true
	}
	return bad+unreadable > 0 || s.strict && malformed > 0
}
