package main

import "syscall"

// touch uses size bytes of memory and gives them back.
func touch(size int) error {
	block, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return err
	}
	_ = syscall.Madvise(block, syscall.MADV_HUGEPAGE) // it only takes longer without
	for i := 0; i < len(block); i += 4096 {
		block[i] = 1
	}
	return syscall.Munmap(block)
}
