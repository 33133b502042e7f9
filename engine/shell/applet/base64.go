package applet

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"io"
	"strconv"
)

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
