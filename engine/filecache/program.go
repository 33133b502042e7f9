package filecache

import (
	"debug/elf"
	"errors"
	"fmt"
)

// ID returns what tells this program from every other, as part of keys: another
// version may make something else of the same file. It is "" if there is no cache.
func (c *Cache) ID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.id == "" && !c.off {
		id, err := buildID("/proc/self/exe")
		if err != nil {
			c.give(err)
		}
		c.id = id
	}
	return c.id
}

// buildID returns the build ID of a program, which is a hash of all that it was made
// of.
func buildID(program string) (string, error) {
	f, err := elf.Open(program)
	if err != nil {
		return "", fmt.Errorf("read the program: %v", err)
	}
	defer f.Close()
	section := f.Section(".note.go.buildid")
	if section == nil {
		return "", errors.New("read the program: it has no build ID")
	}
	note, err := section.Data()
	if err != nil {
		return "", fmt.Errorf("read the program: %v", err)
	}
	return string(note), nil
}
