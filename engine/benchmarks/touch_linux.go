package main

import "golang.org/x/sys/unix"

// touch uses size bytes of memory and gives them back.
func touch(size int) error {
	block, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return err
	}
	_ = unix.Madvise(block, unix.MADV_HUGEPAGE) // it only takes longer without
	for i := 0; i < len(block); i += 4096 {
		block[i] = 1
	}
	return unix.Munmap(block)
}
