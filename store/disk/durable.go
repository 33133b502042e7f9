package disk

import (
	"errors"
	"os"
)

// Sync makes a file, or the entries of a directory, durable.
func Sync(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// ReplaceLink makes link lead to target in one step, whether there is one already. It does
// so by way of temp, a name in the same directory, of which there must be nothing: else
// errors.Is(err, [fs.ErrExist]). The link is not durable yet.
func ReplaceLink(link, temp, target string) error {
	if err := os.Symlink(target, temp); err != nil {
		return err
	}
	err := os.Rename(temp, link)
	if err != nil {
		os.Remove(temp)
	}
	return err
}
