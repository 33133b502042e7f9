package daemon

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// This file is the other end of an older protocol: what nix-store --serve says, to
// whom ssh:// stores talk.
//
// Format: Nix, serve-protocol.hh.

// The magic numbers, and the newest version that we speak: major and minor number.
const (
	serveMagicClient = 0x390c9deb
	serveMagicServer = 0x5452eecb
	serveVersion     = 2<<8 | 8
)

// The requests.
const (
	serveQueryValidPaths = 1
	serveQueryPathInfos  = 2
	serveDumpStorePath   = 3
	serveImportPaths     = 4
	serveBuildPaths      = 6
	serveQueryClosure    = 7
	serveBuildDerivation = 8
	serveAddToStoreNar   = 9
)

// Served is the store that is served.
type Served interface {
	Dir() store.Dir
	QueryValid(ctx context.Context, paths []store.Path) ([]store.Path, error)
	// PathInfo errors so that errors.Is(err, store.ErrInvalidPath) for paths that are
	// not valid.
	PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error)
	DumpPath(ctx context.Context, w io.Writer, p store.Path) error
	Closure(ctx context.Context, paths []store.Path, includeOutputs bool) ([]store.Path, error)
	AddTempRoot(ctx context.Context, p store.Path) error
	AddNAR(ctx context.Context, info *store.PathInfo, archive io.Reader) error
	// Import reads no more than belongs to what is imported.
	Import(ctx context.Context, r *bufio.Reader) error
	// Build builds what is named "DRV!OUTPUT,…", and returns the exit status of
	// nix-build, with a message unless it is 0.
	Build(ctx context.Context, targets []string, o ServeOptions) (status int, msg string)
	// BuildDerivation builds all outputs of d, which need not be in the store.
	BuildDerivation(ctx context.Context, drvPath store.Path, d *drv.Derivation, o ServeOptions) BuildResult
}

// ServeOptions are what a client asks of builds; 0 is no limit.
type ServeOptions struct {
	MaxSilent, Timeout uint64 // seconds
	MaxLogSize         uint64 // bytes
	KeepFailed         bool
}

// A server serves one client.
type server struct {
	ctx      context.Context // of the one call that it lives for
	st       Served
	writable bool
	version  uint64
	in       *decoder
	out      *bufio.Writer
}

// Serve answers requests until there are no more, or ctx ends. Only if writable may the client
// change the store.
func Serve(ctx context.Context, in io.Reader, out io.Writer, st Served, writable bool) error {
	s := &server{
		ctx: ctx, st: st, writable: writable,
		in:  &decoder{r: bufio.NewReaderSize(store.InterruptReader(ctx, in), piece), dir: st.Dir()},
		out: bufio.NewWriterSize(out, piece),
	}
	err := s.serve()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("unexpected end-of-file")
	}
	return err
}

func (s *server) serve() error {
	if magic := s.in.number(); s.in.err != nil {
		return s.in.err
	} else if magic != serveMagicClient {
		return errors.New("protocol mismatch")
	}
	if err := s.send(new(encoder).number(serveMagicServer).number(serveVersion)); err != nil {
		return err
	}
	s.version = min(s.in.number(), serveVersion)
	for s.in.err == nil {
		if _, err := s.in.r.Peek(1); errors.Is(err, io.EOF) {
			return nil
		}
		request := s.in.number()
		if s.in.err == nil {
			s.in.fail(s.answer(request))
		}
		s.in.fail(s.out.Flush())
	}
	return s.in.err
}

// send writes an answer.
func (s *server) send(e *encoder) error {
	if _, err := s.out.Write(e.b); err != nil {
		return err
	}
	return s.out.Flush()
}

// answer answers one request.
func (s *server) answer(request uint64) error {
	if !s.writable {
		switch request {
		case serveImportPaths, serveAddToStoreNar:
			return errors.New("importing paths is not allowed")
		case serveBuildPaths, serveBuildDerivation:
			return errors.New("building paths is not allowed")
		}
	}
	switch request {
	case serveQueryValidPaths:
		return s.queryValid()
	case serveQueryPathInfos:
		return s.queryInfos()
	case serveDumpStorePath:
		p := s.in.path()
		if s.in.err != nil {
			return s.in.err
		}
		return s.st.DumpPath(s.ctx, s.out, p)
	case serveImportPaths:
		if err := s.st.Import(s.ctx, s.in.r); err != nil {
			return err
		}
		return s.send(new(encoder).number(1))
	case serveBuildPaths:
		return s.build()
	case serveQueryClosure:
		includeOutputs, paths := s.in.flag(), s.in.paths()
		if s.in.err != nil {
			return s.in.err
		}
		closure, err := s.st.Closure(s.ctx, paths, includeOutputs)
		if err != nil {
			return err
		}
		return s.send(new(encoder).paths(closure))
	case serveBuildDerivation:
		return s.buildDerivation()
	case serveAddToStoreNar:
		return s.addNAR()
	}
	return fmt.Errorf("unknown serve command %d", request)
}

func (s *server) queryValid() error {
	lock := s.in.flag()
	s.in.flag() // to substitute them: there is nothing to do it from
	paths := s.in.paths()
	if s.in.err != nil {
		return s.in.err
	}
	if lock && s.writable {
		for _, p := range paths {
			if err := s.st.AddTempRoot(s.ctx, p); err != nil {
				return err
			}
		}
	}
	valid, err := s.st.QueryValid(s.ctx, paths)
	if err != nil {
		return err
	}
	return s.send(new(encoder).paths(valid))
}

func (s *server) queryInfos() error {
	paths := s.in.paths()
	if s.in.err != nil {
		return s.in.err
	}
	for _, p := range paths {
		info, err := s.st.PathInfo(s.ctx, p)
		if errors.Is(err, store.ErrInvalidPath) {
			continue
		}
		if err != nil {
			return err
		}
		e := new(encoder).path(p).path(info.Deriver).paths(info.References)
		e.number(uint64(info.NarSize)).number(uint64(info.NarSize)) // what is sent is the archive
		if s.version >= 2<<8|4 {
			e.text(info.NarHash.String()).text(info.CA).words(info.Sigs)
		}
		if err := s.send(e); err != nil {
			return err
		}
	}
	return s.send(new(encoder).text(""))
}

// addNAR adds an object. The archive is read to its end even if the object is there.
func (s *server) addNAR() error {
	info := &store.PathInfo{Path: s.in.path(), Deriver: s.in.optionalPath()}
	hash := s.in.text("a hash", maxWord)
	info.References = s.in.paths()
	info.RegistrationTime = s.in.amount("a time")
	info.NarSize = s.in.amount("a size")
	info.Ultimate = s.in.flag()
	info.Sigs = s.in.words("a signature")
	info.CA = s.in.text("a content address", maxWord)
	if s.in.err != nil {
		return s.in.err
	}
	var err error
	if info.NarHash, err = nixhash.Parse(hash, nixhash.SHA256); err != nil {
		return err
	}
	if info.NarSize == 0 {
		return errors.New("narInfo is too old and missing the narSize field")
	}
	archive := io.LimitReader(s.in.r, info.NarSize)
	if err := s.st.AddNAR(s.ctx, info, archive); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, archive); err != nil {
		return err
	}
	return s.send(new(encoder).number(1))
}
