package doctor

import "syscall"

// Flags of mounts. Source: statfs(2).
const (
	mountReadOnly = 1
	mountNoExec   = 8
)

func readDisk(dir string) (disk, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return disk{}, err
	}
	block := int64(st.Bsize)
	return disk{
		total: int64(st.Blocks) * block, free: int64(st.Bavail) * block, files: int64(st.Files), left: int64(st.Ffree),
		readOnly: st.Flags&mountReadOnly != 0, noExec: st.Flags&mountNoExec != 0,
	}, nil
}
