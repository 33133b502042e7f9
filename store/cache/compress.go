package cache

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"slices"

	"github.com/andybalholm/brotli"
	"github.com/dsnet/compress/bzip2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"nixbench/store/cores"
)

// This file compresses archives.
//
// Behaviour: Nix, compression.cc; libarchive's filters, which it uses.

const usualCompression = "xz"

// extensions are how the names of files end that are compressed in the ways in which we
// compress, after ".nar".
var extensions = map[string]string{
	"br": ".br", "compress": "", "none": "", "gzip": "", "bzip2": ".bz2", "lz4": ".lz4", "lzip": ".lzip", "lzma": "", "xz": ".xz", "zstd": ".zst",
}

// external are compressions for which Nix's library says that it needs a program, and is
// not used.
var external = []string{"grzip", "lrzip", "lzop"}

// usualLevel stands for the level that a compression usually has.
const usualLevel = -1

// check says what is wrong with how archives are to be compressed.
func (o *Options) check() error {
	name := cmp.Or(o.Compression, usualCompression)
	switch _, ok := extensions[name]; {
	case slices.Contains(external, name):
		return fmt.Errorf("couldn't initialize compression (Using external %[1]s program for %[1]s compression)", name)
	case !ok:
		return fmt.Errorf("couldn't initialize compression (nothing here compresses with %s)", name)
	case name == "none" || name == "zstd" || name == "br":
		return nil
	case name == "compress" && (o.Parallel || o.Level != nil && *o.Level != usualLevel):
		return fmt.Errorf("failed to compress (Unknown module name: `compress')")
	case o.Parallel && !slices.Contains([]string{"xz", "lzma", "lzip"}, name):
		return fmt.Errorf("failed to compress (Undefined option: `%s:threads=0')", name)
	case o.Level != nil && *o.Level != usualLevel && (*o.Level < 0 || *o.Level > 9 || *o.Level == 0 && name == "lz4"):
		return fmt.Errorf("failed to compress (compression-level invalid)")
	}
	return nil
}

// CheckCompression says what is wrong with how archives are to be compressed.
func (c *Cache) CheckCompression() error { return c.opts.check() }

// compressor returns a writer that compresses to w. It has to be closed.
func (o *Options) compressor(w io.Writer) (io.WriteCloser, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	level := usualLevel
	if o.Level != nil {
		level = *o.Level
	}
	switch cmp.Or(o.Compression, usualCompression) {
	case "none":
		return uncompressed{w}, nil
	case "gzip":
		return gzip.NewWriterLevel(w, level)
	case "bzip2":
		if level == usualLevel {
			level = bzip2.BestCompression
		}
		return bzip2.NewWriter(w, &bzip2.WriterConfig{Level: max(level, bzip2.BestSpeed)})
	case "zstd":
		opts := []zstd.EOption{zstd.WithEncoderConcurrency(1)}
		if level != usualLevel {
			opts = append(opts, zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(level)))
		}
		return zstd.NewWriter(w, opts...)
	case "br":
		return brotli.NewWriterLevel(w, brotli.BestCompression), nil // whatever is asked for, as in Nix
	case "compress":
		return newLZWWriter(w), nil
	case "lz4":
		l := lz4.NewWriter(w)
		return l, l.Apply(lz4.CompressionLevelOption(lz4Level(level)))
	case "lzip":
		return newLzipWriter(w, xzWindow(level))
	case "lzma":
		return lzma.WriterConfig{DictCap: xzWindow(level), EOSMarker: true}.NewWriter(w)
	}
	// Where Nix uses all cores only if that is asked for, one of ours has a third of the speed.
	return newParallelXZ(w, xz.WriterConfig{DictCap: xzWindow(level)}), nil
}

// lz4Level returns the library's name of a level: below 3 it is what is usual.
func lz4Level(level int) lz4.CompressionLevel {
	if level < 3 {
		return lz4.Fast
	}
	return lz4.Level1 << (level - 1)
}

type uncompressed struct{ io.Writer }

func (uncompressed) Close() error { return nil }

// xzWindow returns how far back, in bytes, a level of xz looks for what comes again.
func xzWindow(level int) int {
	if level == usualLevel {
		level = 6
	}
	return []int{256 << 10, 1 << 20, 2 << 20, 4 << 20, 4 << 20, 8 << 20, 8 << 20, 16 << 20, 32 << 20, 64 << 20}[level]
}

// A parallelXZ compresses several parts at a time, each to a stream of its own: what is made
// of streams in a row is those of what they are made of.
type parallelXZ struct {
	w      io.Writer
	config xz.WriterConfig
	part   []byte // what is not yet being compressed
	size   int    // of a part, in bytes

	running []chan packedPart // in the order in which they are written
}

type packedPart struct {
	text []byte
	err  error
}

// newParallelXZ returns one with parts as large as those that xz makes.
func newParallelXZ(w io.Writer, config xz.WriterConfig) *parallelXZ {
	return &parallelXZ{w: w, config: config, size: max(3*config.DictCap, 1<<20)}
}

func (p *parallelXZ) Write(text []byte) (n int, err error) {
	for rest := text; len(rest) > 0; {
		fits := min(len(rest), p.size-len(p.part))
		p.part, rest = append(p.part, rest[:fits]...), rest[fits:]
		if len(p.part) == p.size {
			if err := p.begin(); err != nil {
				return 0, err
			}
		}
	}
	return len(text), nil
}

// begin compresses the part, once there are few enough others.
func (p *parallelXZ) begin() error {
	if len(p.running) >= cores.Usable() {
		if err := p.finish(); err != nil {
			return err
		}
	}
	part, done := p.part, make(chan packedPart, 1)
	p.part, p.running = nil, append(p.running, done)
	go func() {
		var packed bytes.Buffer
		w, err := p.config.NewWriter(&packed)
		if err == nil {
			_, err = w.Write(part)
			err = cmp.Or(err, w.Close())
		}
		done <- packedPart{packed.Bytes(), err}
	}()
	return nil
}

// finish writes the first part that is being compressed.
func (p *parallelXZ) finish() error {
	packed := <-p.running[0]
	p.running = p.running[1:]
	if packed.err != nil {
		return packed.err
	}
	_, err := p.w.Write(packed.text)
	return err
}

// Close writes what is left: one stream at least.
func (p *parallelXZ) Close() error {
	err := p.begin()
	for err == nil && len(p.running) > 0 {
		err = p.finish()
	}
	return err
}
