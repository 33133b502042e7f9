package applet

import (
	"archive/tar"
	"cmp"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Archives are written in GNU's format, byte for byte as GNU tar does it.
const (
	tarBlock  = 512
	tarRecord = 20 * tarBlock
)

// A tarWriter writes an archive.
type tarWriter struct {
	w    io.Writer
	root string // owner of the headers for long names, "" with --numeric-owner
	size int64
	err  error
}

func (w *tarWriter) write(b []byte) {
	if w.err == nil {
		var n int
		n, w.err = w.w.Write(b)
		w.size += int64(n)
	}
}

// pad fills up to a multiple of unit.
func (w *tarWriter) pad(unit int64) {
	if rest := w.size % unit; rest != 0 {
		w.write(make([]byte, unit-rest))
	}
}

func (t *tarRun) create() error {
	if len(t.members) == 0 {
		t.c.errorf("Cowardly refusing to create an empty archive")
		t.c.try(tryTar)
		t.status = exitTar
		return nil
	}
	if t.mode == 'r' {
		return t.appendTo()
	}
	out, finish, err := t.output()
	if err != nil {
		return err
	}
	w := &tarWriter{w: out}
	t.addAll(w)
	err = finish()
	return cmp.Or(w.err, err)
}

// appendTo adds members to an archive that is not compressed.
func (t *tarRun) appendTo() error {
	f, err := os.OpenFile(t.c.abs(t.archive), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return fmt.Errorf("%s: Cannot open: %s", t.archive, errText(err))
	}
	defer f.Close()
	tr := tar.NewReader(f)
	var end int64
	for {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		at, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		end = at
		if h.Typeflag == tar.TypeReg {
			end += (h.Size + tarBlock - 1) / tarBlock * tarBlock
		}
	}
	if _, err := f.Seek(end, io.SeekStart); err != nil {
		return err
	}
	w := &tarWriter{w: f, size: end}
	t.addAll(w)
	if w.err == nil {
		w.err = f.Truncate(w.size)
	}
	return w.err
}

func (t *tarRun) addAll(w *tarWriter) {
	t.links = make(map[inode]string)
	if !t.numeric {
		w.root = "root"
	}
	for _, m := range t.members {
		t.add(w, m.dir, m.name)
	}
	w.write(make([]byte, 2*tarBlock))
	w.pad(tarRecord)
}

// add writes a file, and what is below it, under its name.
func (t *tarRun) add(w *tarWriter, dir, name string) {
	file := name
	if !strings.HasPrefix(file, "/") {
		file = dir + "/" + name
	}
	if t.excluded(name) || w.err != nil {
		return
	}
	stat := os.Lstat
	if t.follow {
		stat = os.Stat
	}
	info, err := stat(file)
	if err != nil {
		t.fail("%s: Cannot stat: %s", name, errText(err))
		return
	}
	if t.archive != "-" {
		if self, err := os.Stat(t.c.abs(t.archive)); err == nil && os.SameFile(self, info) {
			t.c.errorf("%s: file is the archive; not dumped", name)
			return
		}
	}
	t.addOne(w, file, name, info)
	if !info.IsDir() || t.noRecurse {
		return
	}
	entries, err := os.ReadDir(file)
	if err != nil {
		t.fail("%s: Cannot open: %s", name, errText(err))
		return
	}
	for _, e := range entries {
		t.add(w, dir, joinName(name, e.Name()))
	}
}

func (t *tarRun) addOne(w *tarWriter, file, name string, info os.FileInfo) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || info.Mode()&os.ModeSocket != 0 {
		t.c.errorf("%s: socket ignored", name)
		return
	}
	if info.IsDir() && !strings.HasSuffix(name, "/") {
		name += "/"
	}
	h := &tar.Header{
		Name: t.memberName(name), Mode: int64(permBits(info)), Uid: int(st.Uid), Gid: int(st.Gid),
		ModTime: info.ModTime(), Typeflag: tarKind(info.Mode()),
	}
	if t.modeChange != nil {
		h.Mode = int64(t.modeChange.apply(uint32(h.Mode), info.IsDir(), umask()))
	}
	t.ownership(h)
	if t.hasMtime {
		h.ModTime = t.mtime
	}
	switch h.Typeflag {
	case tar.TypeSymlink:
		h.Linkname, _ = os.Readlink(file)
	case tar.TypeChar, tar.TypeBlock:
		h.Devmajor, h.Devminor = int64(unix.Major(uint64(st.Rdev))), int64(unix.Minor(uint64(st.Rdev)))
	}
	if st.Nlink > 1 && !info.IsDir() {
		if lead := strings.TrimSuffix(name, h.Name); lead != "" && !t.absolute && t.transform == nil && lead != name {
			t.warnRemoved(lead, "hard link targets")
		}
		if first, seen := t.links[inodeOf(info)]; seen {
			h.Typeflag, h.Linkname = tar.TypeLink, first
		} else {
			t.links[inodeOf(info)] = h.Name
		}
	}
	var f *os.File
	if h.Typeflag == tar.TypeReg {
		var err error
		if f, err = os.Open(file); err != nil {
			t.fail("%s: Cannot open: %s", name, errText(err))
			return
		}
		defer f.Close()
		h.Size = info.Size()
	}
	if t.verbose > 0 {
		t.show(h, name)
	}
	w.header(h)
	if f != nil {
		t.contents(w, f, h.Size, name)
	}
}

// contents writes a file's data, filled up with zeros if it has shrunk.
func (t *tarRun) contents(w *tarWriter, f *os.File, size int64, name string) {
	if w.err != nil {
		return
	}
	n, err := io.CopyN(w.w, f, size)
	w.size += n
	if err == io.EOF {
		t.fail("%s: File shrank by %d bytes; padding with zeros", name, size-n)
		for ; n < size && w.err == nil; n++ {
			w.write([]byte{0})
		}
	} else if err != nil {
		w.err = err
	}
	w.pad(tarBlock)
}

func tarKind(mode os.FileMode) byte {
	switch {
	case mode.IsDir():
		return tar.TypeDir
	case mode&os.ModeSymlink != 0:
		return tar.TypeSymlink
	case mode&os.ModeNamedPipe != 0:
		return tar.TypeFifo
	case mode&os.ModeCharDevice != 0:
		return tar.TypeChar
	case mode&os.ModeDevice != 0:
		return tar.TypeBlock
	}
	return tar.TypeReg
}

// ownership sets owner and group as the flags ask for.
func (t *tarRun) ownership(h *tar.Header) {
	name := func(file string, id int) string {
		if n, known := lookupName(file, id); known {
			return n
		}
		return ""
	}
	h.Uname, h.Gname = name("/etc/passwd", h.Uid), name("/etc/group", h.Gid)
	if t.uid >= 0 {
		h.Uid, h.Uname = t.uid, t.uname
	}
	if t.gid >= 0 {
		h.Gid, h.Gname = t.gid, t.gname
	}
	if t.numeric {
		h.Uname, h.Gname = "", ""
	}
}

// header writes a member's header, preceded by those for long names.
func (w *tarWriter) header(h *tar.Header) {
	if len(h.Linkname) > 100 {
		w.long('K', h.Linkname)
	}
	if len(h.Name) > 100 {
		w.long('L', h.Name)
	}
	w.block(h)
}

// long writes a name that does not fit into a header.
func (w *tarWriter) long(kind byte, name string) {
	w.block(&tar.Header{
		Name: "././@LongLink", Mode: 0o644, Size: int64(len(name) + 1), ModTime: time.Unix(0, 0),
		Typeflag: kind, Uname: w.root, Gname: w.root,
	})
	w.write(append([]byte(name), 0))
	w.pad(tarBlock)
}

func (w *tarWriter) block(h *tar.Header) {
	var b [tarBlock]byte
	copy(b[0:100], h.Name)
	octal(b[100:108], h.Mode)
	octal(b[108:116], int64(h.Uid))
	octal(b[116:124], int64(h.Gid))
	octal(b[124:136], h.Size)
	octal(b[136:148], h.ModTime.Unix())
	copy(b[148:156], "        ")
	b[156] = h.Typeflag
	copy(b[157:257], h.Linkname)
	copy(b[257:265], "ustar  \x00")
	copy(b[265:296], h.Uname)
	copy(b[297:328], h.Gname)
	if h.Typeflag == tar.TypeChar || h.Typeflag == tar.TypeBlock {
		octal(b[329:337], h.Devmajor)
		octal(b[337:345], h.Devminor)
	}
	sum := 0
	for _, ch := range b {
		sum += int(ch)
	}
	copy(b[148:156], fmt.Sprintf("%06o\x00 ", sum))
	w.write(b[:])
}

// octal writes a number into a field: octal and a zero byte, or in base 256
// if that is too small.
func octal(field []byte, v int64) {
	digits := strconv.FormatInt(v, 8)
	if v >= 0 && len(digits) < len(field) {
		copy(field, strings.Repeat("0", len(field)-1-len(digits))+digits)
		return
	}
	for i := len(field) - 1; i > 0; i-- {
		field[i] = byte(v)
		v >>= 8
	}
	field[0] = 0x80
	if v < 0 {
		field[0] = 0xff
	}
}
