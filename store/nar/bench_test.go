package nar

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// benchTree makes a tree like that of a source: files small and large.
func benchTree(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	data := bytes.Repeat([]byte("package nar // contents of a file\n"), 300_000)
	for i := range 20 {
		sub := filepath.Join(dir, fmt.Sprintf("dir%02d", i))
		if err := os.Mkdir(sub, 0o755); err != nil {
			b.Fatal(err)
		}
		for j := range 40 {
			size := 2000 + j*500
			if j == 0 {
				size = 4 << 20
			}
			if err := os.WriteFile(filepath.Join(sub, fmt.Sprintf("file%02d", j)), data[:size], 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	return dir
}

func BenchmarkDumpHash(b *testing.B) {
	dir := benchTree(b)
	b.SetBytes(int64(len(dumpBytes(b, dir, nil))))
	b.ReportAllocs()
	for b.Loop() {
		if err := Dump(sha256.New(), dir, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHash is what BenchmarkDumpHash cannot beat.
func BenchmarkHash(b *testing.B) {
	data := make([]byte, 1<<20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		sha256.Sum256(data)
	}
}

func BenchmarkList(b *testing.B) {
	archive := dumpBytes(b, benchTree(b), nil)
	b.SetBytes(int64(len(archive)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := List(bytes.NewReader(archive)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRestore(b *testing.B) {
	archive := dumpBytes(b, benchTree(b), nil)
	b.SetBytes(int64(len(archive)))
	for b.Loop() {
		dest := filepath.Join(b.TempDir(), "dest")
		if err := Restore(bytes.NewReader(archive), dest, RestoreOptions{}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := filepath.WalkDir(dest, func(path string, e os.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				err = os.Chmod(path, 0o755)
			}
			return err
		}); err != nil {
			b.Fatal(err)
		}
		if err := os.RemoveAll(dest); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func BenchmarkWriteSmall(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := DumpContents(io.Discard, []byte("small")); err != nil {
			b.Fatal(err)
		}
	}
}
