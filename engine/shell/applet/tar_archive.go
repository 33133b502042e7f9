package applet

import (
	"archive/tar"
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// openArchive opens the archive for reading.
func (t *tarRun) openArchive() (io.ReadCloser, error) {
	if t.archive == "-" {
		return stdinCloser{t.c.Stdin}, nil
	}
	f, err := os.Open(t.c.abs(t.archive))
	if err != nil {
		return nil, fmt.Errorf("%s: Cannot open: %s", t.archive, errText(err))
	}
	return f, nil
}

// decompress returns the archive's contents, compressed in the way that it
// begins with. finish waits for the program of -I.
func (t *tarRun) decompress(in io.Reader) (r io.Reader, finish func(), err error) {
	if t.program != "" {
		return t.pipeFrom(in)
	}
	br := bufio.NewReaderSize(in, 32768)
	head, _ := br.Peek(6)
	for _, k := range []*codec{gzipCodec(), bzip2Codec(), xzCodec()} {
		if !bytes.HasPrefix(head, []byte(k.magic)) {
			continue
		}
		r, err := k.reader(br)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %v", k.name, err)
		}
		return r, func() {}, nil
	}
	if bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")) {
		return nil, nil, errors.New("archives compressed by zstd are not supported")
	}
	return br, func() {}, nil
}

// pipeFrom runs the program of -I with -d on the archive.
func (t *tarRun) pipeFrom(in io.Reader) (io.Reader, func(), error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	done := make(chan int, 1)
	go func() {
		args := append(strings.Fields(t.program), "-d")
		done <- t.c.Run(t.ctx, Command{Args: args, Stdin: in, Stdout: w, Stderr: t.c.Stderr})
		w.Close()
	}()
	return r, func() {
		r.Close()
		if <-done != 0 {
			t.fail("Child returned status 1")
		}
	}, nil
}

// output opens the archive for writing, through the compressor that -z and
// the like ask for. finish completes it, and closes it in any case.
func (t *tarRun) output() (w io.Writer, finish func() error, err error) {
	if t.auto && t.codec == nil {
		t.codec = codecFor(t.archive)
	}
	if t.program == "" && t.codec != nil && t.codec.writer == nil {
		return nil, nil, fmt.Errorf("compression by %s is not supported", t.codec.name)
	}
	var out io.WriteCloser
	if t.archive == "-" {
		out = nopWriteCloser{t.c.Stdout}
	} else {
		f, err := os.Create(t.c.abs(t.archive))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: Cannot open: %s", t.archive, errText(err))
		}
		out = f
	}
	buffered := bufio.NewWriterSize(out, 65536)
	closeAll := func() error {
		err := buffered.Flush()
		return cmp.Or(err, out.Close())
	}
	switch {
	case t.program != "":
		w, finish, err = t.pipeTo(buffered, closeAll)
	case t.codec == nil:
		return buffered, closeAll, nil
	default:
		w, finish, err = t.compressTo(buffered, closeAll)
	}
	if err != nil {
		out.Close()
	}
	return w, finish, err
}

// compressTo compresses what is written.
func (t *tarRun) compressTo(out io.Writer, closeAll func() error) (io.Writer, func() error, error) {
	level := t.level
	if t.codec.name == "bzip2" {
		level = 9
	}
	w, err := t.codec.writer(out, level, gzip.Header{})
	if err != nil {
		return nil, nil, err
	}
	return w, func() error {
		err := w.Close()
		return cmp.Or(err, closeAll())
	}, nil
}

// pipeTo runs the program of -I on what is written.
func (t *tarRun) pipeTo(out io.Writer, closeAll func() error) (io.Writer, func() error, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	done := make(chan int, 1)
	go func() { // finish waits for it
		done <- t.c.Run(t.ctx, Command{Args: strings.Fields(t.program), Stdin: r, Stdout: out, Stderr: t.c.Stderr})
		r.Close()
	}()
	return w, func() error {
		w.Close()
		status := <-done
		err := closeAll()
		if status != 0 {
			return errors.New("Child returned status 1")
		}
		return err
	}, nil
}

func codecFor(name string) *codec {
	for _, k := range []*codec{gzipCodec(), bzip2Codec(), xzCodec()} {
		for _, s := range append(k.suffixes, k.tars...) {
			if strings.HasSuffix(name, s) && strings.HasPrefix(s, ".") {
				return k
			}
		}
	}
	return nil
}

// show prints a member as -t and -v do.
func (t *tarRun) show(h *tar.Header, name string) {
	out := io.Writer(t.c.out)
	if t.mode == 'c' && t.archive == "-" || t.toStdout {
		out = t.c.Stderr
	}
	if t.verbose == 0 || t.verbose == 1 && t.mode != 't' {
		fmt.Fprintln(out, tarQuote(name))
		return
	}
	owner := h.Uname
	if owner == "" || t.numeric {
		owner = fmt.Sprint(h.Uid)
	}
	group := h.Gname
	if group == "" || t.numeric {
		group = fmt.Sprint(h.Gid)
	}
	size := fmt.Sprint(h.Size)
	if h.Typeflag == tar.TypeChar || h.Typeflag == tar.TypeBlock {
		size = fmt.Sprintf("%d,%d", h.Devmajor, h.Devminor)
	}
	names := owner + "/" + group
	t.width = max(t.width, len(names)+1+len(size), 19)
	text := tarQuote(name)
	switch h.Typeflag {
	case tar.TypeSymlink:
		text += " -> " + tarQuote(h.Linkname)
	case tar.TypeLink:
		text += " link to " + tarQuote(h.Linkname)
	}
	when := strftime("%Y-%m-%d %H:%M", h.ModTime.In(location(t.c)))
	fmt.Fprintf(out, "%c%s %s %*s %s %s\n", tarLetter(h.Typeflag), permString(uint32(h.Mode)&bitsAll), names,
		t.width-1-len(names), size, when, text)
}

func tarLetter(kind byte) byte {
	switch kind {
	case tar.TypeDir:
		return 'd'
	case tar.TypeSymlink:
		return 'l'
	case tar.TypeLink:
		return 'h'
	case tar.TypeChar:
		return 'c'
	case tar.TypeBlock:
		return 'b'
	case tar.TypeFifo:
		return 'p'
	}
	return '-'
}

// tarQuote escapes what would upset a listing.
func tarQuote(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 127 || r == '\\' }) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		switch {
		case name[i] == '\\':
			b.WriteString(`\\`)
		case name[i] < ' ' || name[i] == 127:
			b.WriteString(cEscape(name[i]))
		default:
			b.WriteByte(name[i])
		}
	}
	return b.String()
}
