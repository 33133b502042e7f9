package applet

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	bzip2w "github.com/dsnet/compress/bzip2"
	"github.com/therootcompany/xz"
)

// A codec is a compression format.
type codec struct {
	name     string // as in messages
	suffixes []string
	tars     []string // suffixes that decompress to .tar
	magic    string
	reader   func(io.Reader) (io.Reader, error)
	writer   func(w io.Writer, level int, header gzip.Header) (io.WriteCloser, error) // nil: not supported
}

func gzipCodec() *codec {
	return &codec{
		name: "gzip", suffixes: []string{".gz", "-gz", ".z", "-z", "_z", ".Z"}, tars: []string{".tgz", ".taz"}, magic: "\x1f\x8b",
		reader: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		writer: func(w io.Writer, level int, header gzip.Header) (io.WriteCloser, error) {
			gw, err := gzip.NewWriterLevel(w, level)
			if err != nil {
				return nil, err
			}
			header.OS = 3 // Unix
			gw.Header = header
			return gw, nil
		},
	}
}

func bzip2Codec() *codec {
	return &codec{
		name: "bzip2", suffixes: []string{".bz2", ".bz"}, tars: []string{".tbz2", ".tbz"}, magic: "BZh",
		reader: func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil },
		writer: func(w io.Writer, level int, _ gzip.Header) (io.WriteCloser, error) {
			return bzip2w.NewWriter(w, &bzip2w.WriterConfig{Level: level})
		},
	}
}

func xzCodec() *codec {
	return &codec{
		name: "xz", suffixes: []string{".xz", ".lzma"}, tars: []string{".txz", ".tlz"}, magic: "\xfd7zXZ\x00",
		reader: func(r io.Reader) (io.Reader, error) { return xz.NewReader(r, 0) },
	}
}

type compressor struct {
	c                          *Call
	codec                      *codec
	decompress, stdout, test   bool
	force, keep, quiet, noName bool
	verbose, recursive         bool
	level                      int
	suffix                     string
	status                     int
}

// compressMain is gzip, bzip2 and xz with their un… and …cat names.
func compressMain(_ context.Context, c *Call) int {
	z := &compressor{c: c, level: 6}
	name := c.name()
	switch {
	case strings.Contains(name, "bz"), strings.HasPrefix(name, "bun"):
		z.codec, z.level = bzip2Codec(), 9
	case strings.Contains(name, "xz"):
		z.codec = xzCodec()
	default:
		z.codec = gzipCodec()
	}
	if z.codec.name == "gzip" {
		c.Args = append([]string{"gzip"}, c.Args[1:]...) // as the scripts of GNU gzip do
	}
	z.decompress = strings.HasPrefix(name, "un") || strings.HasPrefix(name, "gun") || strings.HasPrefix(name, "bun")
	if strings.HasSuffix(name, "cat") {
		z.decompress, z.stdout = true, true
	}
	opts, files, status, ok := c.options(flagSpec{
		short: "0123456789cdeT:fhkLlnNqrS:tvVz",
		long: "stdout=c to-stdout=c decompress=d uncompress=d force=f keep=k list=l no-name=n name=N quiet=q recursive=r " +
			"suffix:=S test=t verbose=v fast=1 best=9 compress=z threads:=T rsyncable extreme=e",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	for _, o := range opts {
		z.option(o)
	}
	if !z.decompress && !z.test && z.codec.writer == nil {
		return c.fail("compression is not supported by this applet")
	}
	if z.level == 0 {
		z.level = 1
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, file := range files {
		z.file(file)
	}
	return z.status
}

func (z *compressor) option(o option) {
	switch o.name {
	case "c":
		z.stdout = true
	case "d":
		z.decompress = true
	case "f":
		z.force = true
	case "k":
		z.keep = true
	case "n":
		z.noName = true
	case "q":
		z.quiet = true
	case "r":
		z.recursive = true
	case "S":
		z.suffix = o.value
	case "t":
		z.test = true
	case "v":
		z.verbose = true
	case "z":
		z.decompress = false
	default:
		if isDigit(o.name[0]) {
			z.level = int(o.name[0] - '0')
		}
	}
}

func (z *compressor) fail(format string, args ...any) {
	z.c.errorf(format, args...)
	z.status = exitFailure
}

// failed reports an error of the data. gzip begins a new line for it.
func (z *compressor) failed(name string, err error) {
	if z.codec.name == "gzip" && !isBrokenPipe(err) {
		z.c.out.Flush()
		z.c.Stderr.Write([]byte("\n"))
	}
	z.fail("%s: %s", name, z.errText(err))
}

func (z *compressor) warn(format string, args ...any) {
	if !z.quiet {
		z.c.errorf(format, args...)
	}
	if z.status == exitOK {
		z.status = 2
	}
}

func (z *compressor) file(name string) {
	if name == "-" {
		if err := z.copy(z.c.out, z.c.Stdin, gzip.Header{}); err != nil {
			z.failed("stdin", err)
		}
		return
	}
	in, info, ok := z.open(name)
	if !ok {
		return
	}
	defer in.Close()
	if z.stdout || z.test {
		if err := z.copy(z.c.out, in, z.header(name, info)); err != nil {
			z.failed(name, err)
		}
		return
	}
	target, ok := z.target(name)
	if !ok {
		return
	}
	z.replace(in, info, name, target)
}

// open opens an operand, which for decompression may lack its suffix.
func (z *compressor) open(name string) (*os.File, os.FileInfo, bool) {
	f, err := os.Open(z.c.abs(name))
	if os.IsNotExist(err) && z.decompress {
		if g, err2 := os.Open(z.c.abs(name + z.codec.suffixes[0])); err2 == nil {
			f, err = g, nil
		}
	}
	if err != nil {
		if z.decompress && !strings.HasSuffix(name, z.codec.suffixes[0]) {
			name += z.codec.suffixes[0]
		}
		z.fail("%s: %s", name, errText(err))
		return nil, nil, false
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		f.Close()
		if err == nil && z.recursive {
			entries, _ := os.ReadDir(z.c.abs(name))
			for _, e := range entries {
				z.file(joinName(name, e.Name()))
			}
			return nil, nil, false
		}
		z.warn("%s is a directory -- ignored", name)
		return nil, nil, false
	}
	return f, info, true
}

// target returns the name of the file to write.
func (z *compressor) target(name string) (string, bool) {
	suffixes := z.codec.suffixes
	if z.suffix != "" {
		suffixes = []string{z.suffix}
	}
	if !z.decompress {
		for _, s := range suffixes {
			if strings.HasSuffix(name, s) && !z.force {
				z.c.errorf("%s already has %s suffix -- unchanged", name, s)
				return "", false
			}
		}
		return name + suffixes[0], true
	}
	for _, s := range z.codec.tars {
		if base, ok := strings.CutSuffix(name, s); ok {
			return base + ".tar", true
		}
	}
	for _, s := range suffixes {
		if base, ok := strings.CutSuffix(name, s); ok && base != "" {
			return base, true
		}
	}
	if _, err := os.Stat(z.c.abs(name)); err != nil {
		return name, true // opened with the suffix added
	}
	z.warn("%s: unknown suffix -- ignored", name)
	return "", false
}

func (z *compressor) replace(in *os.File, info os.FileInfo, name, target string) {
	flag := os.O_CREATE | os.O_EXCL
	if z.force {
		flag = os.O_CREATE | os.O_TRUNC
	}
	out, err := z.c.create(target, flag, fileMode(permBits(info)&0o777))
	if err != nil {
		if os.IsExist(err) {
			z.c.errorf("%s already exists;\tnot overwritten", target)
			z.status = 2
			return
		}
		z.fail("%s: %s", target, errText(err))
		return
	}
	err = z.copy(out, in, z.header(name, info))
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(z.c.abs(target))
		z.failed(name, err)
		return
	}
	os.Chmod(z.c.abs(target), fileMode(permBits(info)))
	setTimes(z.c.abs(target), info.ModTime(), info.ModTime(), false)
	if !z.keep {
		os.Remove(in.Name())
	}
	if z.verbose {
		verb := "created"
		if !z.keep {
			verb = "replaced with"
		}
		z.c.Stderr.Write([]byte(name + ":\t -- " + verb + " " + target + "\n"))
	}
}

func (z *compressor) header(name string, info os.FileInfo) gzip.Header {
	if z.noName {
		return gzip.Header{}
	}
	return gzip.Header{Name: baseName(name), ModTime: info.ModTime()}
}

// copy compresses or decompresses.
func (z *compressor) copy(w io.Writer, r io.Reader, header gzip.Header) error {
	if z.test {
		w = io.Discard
	}
	if z.decompress || z.test {
		head := make([]byte, len(z.codec.magic))
		n, _ := io.ReadFull(r, head)
		all := io.MultiReader(bytes.NewReader(head[:n]), r)
		if string(head[:n]) != z.codec.magic {
			if z.force && z.stdout { // zcat -f copies what is not compressed
				_, err := io.Copy(w, all)
				return err
			}
			if n == 0 {
				return io.ErrUnexpectedEOF
			}
			return gzip.ErrHeader
		}
		zr, err := z.codec.reader(all)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, zr)
		return err
	}
	zw, err := z.codec.writer(w, z.level, header)
	if err != nil {
		return err
	}
	if _, err := io.Copy(zw, r); err != nil {
		return err
	}
	return zw.Close()
}

func (z *compressor) errText(err error) string {
	switch {
	case errors.Is(err, gzip.ErrHeader):
		return "not in " + z.codec.name + " format"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "unexpected end of file"
	case errors.Is(err, gzip.ErrChecksum):
		return "invalid compressed data--crc error"
	}
	return errText(err)
}
