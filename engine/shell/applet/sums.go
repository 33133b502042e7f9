package applet

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
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

// base64Main is base64 and base32.
func base64Main(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "diw:",
		long:  "decode=d ignore-garbage=i wrap:=w",
		usage: "[OPTION]... [FILE]",
	})
	if !ok {
		return status
	}
	decode, garbage, wrap := false, false, 76
	for _, o := range opts {
		switch o.name {
		case "d":
			decode = true
		case "i":
			garbage = true
		case "w":
			n, err := strconv.Atoi(o.value)
			if err != nil || n < 0 {
				return c.fail("invalid wrap size: %s", quote(o.value))
			}
			wrap = n
		}
	}
	if len(files) > 1 {
		return c.extra(files[1])
	}
	invalid := false
	status = c.each(files, func(_ string, r io.Reader) error {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if decode {
			out, ok := decodeBase(c.name(), data, garbage)
			c.out.Write(out)
			invalid = !ok
			return nil
		}
		text := base64.StdEncoding.EncodeToString(data)
		if c.name() == "base32" {
			text = base32.StdEncoding.EncodeToString(data)
		}
		for wrap > 0 && len(text) > wrap {
			puts(c, text[:wrap], "\n")
			text = text[wrap:]
		}
		puts(c, text)
		if wrap > 0 && text != "" {
			puts(c, "\n")
		}
		return nil
	})
	if invalid {
		return c.fail("invalid input")
	}
	return status
}

// decodeBase decodes what can be, and says whether that was all.
func decodeBase(name string, data []byte, garbage bool) ([]byte, bool) {
	keep := data[:0:0]
	for _, ch := range data {
		isCode := classLetter(ch) || isDigit(ch) || ch == '+' || ch == '/' || ch == '='
		if ch != '\n' && (isCode || !garbage) {
			keep = append(keep, ch)
		}
	}
	out := make([]byte, len(keep))
	var n int
	var err error
	if name == "base32" {
		n, err = base32.StdEncoding.Decode(out, keep)
	} else {
		n, err = base64.StdEncoding.Decode(out, keep)
	}
	return out[:n], err == nil
}

// cksumMain prints the CRC of POSIX.
func cksumMain(_ context.Context, c *Call) int {
	_, files, status, ok := c.options(flagSpec{usage: "[FILE]..."})
	if !ok {
		return status
	}
	var table [256]uint32
	for i := range table {
		crc := uint32(i) << 24
		for range 8 {
			if crc&(1<<31) != 0 {
				crc = crc<<1 ^ 0x04c11db7
			} else {
				crc <<= 1
			}
		}
		table[i] = crc
	}
	return c.each(files, func(name string, r io.Reader) error {
		var crc uint32
		var size uint64
		buf := make([]byte, 32768)
		add := func(b byte) { crc = crc<<8 ^ table[byte(crc>>24)^b] }
		for {
			n, err := r.Read(buf)
			for _, b := range buf[:n] {
				add(b)
			}
			size += uint64(n)
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
		}
		for n := size; n > 0; n >>= 8 {
			add(byte(n))
		}
		putf(c, "%d %d", ^crc, size)
		if len(files) > 0 {
			puts(c, " ", name)
		}
		return c.out.WriteByte('\n')
	})
}

// bsdSumMain is sum: a rotating 16-bit sum and the number of blocks.
func bsdSumMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{short: "rs", long: "sysv=s", usage: "[OPTION]... [FILE]..."})
	if !ok {
		return status
	}
	sysv := len(opts) > 0 && opts[len(opts)-1].name == "s"
	return c.each(files, func(name string, r io.Reader) error {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		var sum uint32
		for _, b := range data {
			if sysv {
				sum += uint32(b)
			} else {
				sum = (sum>>1 + sum&1<<15 + uint32(b)) & 0xffff
			}
		}
		if sysv {
			sum = sum&0xffff + sum>>16
			sum = sum&0xffff + sum>>16
			putf(c, "%d %d", sum, (len(data)+511)/512)
		} else {
			putf(c, "%05d %5d", sum, (len(data)+1023)/1024)
		}
		if len(files) > 0 {
			puts(c, " ", name)
		}
		return c.out.WriteByte('\n')
	})
}
