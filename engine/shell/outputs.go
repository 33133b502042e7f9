package shell

import (
	"context"
	"io"
	"os"
	"sync"
)

// outputs are what a program writes to, as files where it needs them. Of a writer that is
// no file, and is behind a descriptor from 3 on, there is one pipe, whichever descriptors
// it is behind, so that it gets what is written in that order and from one goroutine.
type outputs struct {
	stdout, stderr io.Writer
	files          []*os.File // for descriptors from 3 on

	pipes   []*os.File // the program's ends
	readers []*os.File
	copying sync.WaitGroup
}

// outputs returns what the program writes to. The caller must close it.
func (p *process) outputs() (*outputs, error) {
	out := &outputs{stdout: p.stdout, stderr: p.stderr}
	if p.files == nil {
		return out, nil
	}
	files := p.files()
	out.files = make([]*os.File, len(files))
	piped := make(map[io.Writer]*os.File)
	for i, w := range files {
		f, isFile := w.(*os.File)
		if !isFile && w != nil {
			if f = piped[w]; f == nil {
				var err error
				if f, err = out.pipe(w); err != nil {
					out.close(context.Background())
					return nil, err
				}
				piped[w] = f
			}
		}
		out.files[i] = f
	}
	if len(piped) == 0 {
		return out, nil
	}
	if f := piped[written(p.stdout)]; f != nil {
		out.stdout = f
	}
	if f := piped[written(p.stderr)]; f != nil {
		out.stderr = f
	}
	return out, nil
}

// written returns what w writes to.
func written(w io.Writer) io.Writer {
	if stream, ok := w.(writerStream); ok {
		return stream.Writer
	}
	return w
}

// pipe returns a pipe from which is copied to w.
func (out *outputs) pipe(w io.Writer) (*os.File, error) {
	r, pw, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out.pipes, out.readers = append(out.pipes, pw), append(out.readers, r)
	out.copying.Go(func() { io.Copy(w, r) })
	return pw, nil
}

// started leaves the pipes to the program.
func (out *outputs) started() {
	for _, f := range out.pipes {
		f.Close()
	}
	out.pipes = nil
}

// close ends the pipes when all has been copied that the program, and those that it has
// started, write, or ctx ends.
func (out *outputs) close(ctx context.Context) {
	out.started()
	stop := context.AfterFunc(ctx, out.abandon)
	out.copying.Wait()
	stop()
	out.abandon()
}

func (out *outputs) abandon() {
	for _, r := range out.readers {
		r.Close()
	}
}
