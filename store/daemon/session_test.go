package daemon_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/daemon"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// sessionLink is the root that a session makes.
const sessionLink = "/tmp/nixbench-daemon-session/result"

var sessionSettings = daemon.Settings{Verbosity: 3, MaxJobs: 1, Cores: 1, Overrides: map[string]string{"timeout": "600"}}

// A session does everything once that can be asked of a daemon, and reports what
// came of it, without what differs from time to time.
type session struct {
	st       *daemon.Store
	dir      string // for files
	makeLink func(store.Path)

	report strings.Builder
	added  []store.Path
	hashes map[store.Path]string
}

func (s *session) say(format string, args ...any) { fmt.Fprintf(&s.report, format+"\n", args...) }

// run returns the first error.
func (s *session) run(ctx context.Context) error {
	s.hashes = make(map[store.Path]string)
	for _, step := range []func(context.Context) error{s.add, s.ask, s.build, s.collect} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// script is a derivation with a script.
func script(name, text string, inputs ...store.Path) *drv.Derivation {
	return &drv.Derivation{
		Name: name, System: "x86_64-linux", Builder: "/bin/sh", Args: []string{"-c", text},
		Outputs: map[store.OutputName]drv.Output{"out": {}}, InputDrvs: map[store.Path][]store.OutputName{},
		InputSrcs: inputs, Env: map[string]string{"out": "", "name": name},
	}
}

func (s *session) add(ctx context.Context) error {
	info, err := s.st.Connect(ctx)
	if err != nil {
		return err
	}
	if info.Trust == daemon.NotTrusted {
		s.say("not trusted")
	}
	text, err := s.st.AddText(ctx, "greeting", []byte("hello\n"), nil)
	if err != nil {
		return err
	}
	file, tree := filepath.Join(s.dir, "file"), filepath.Join(s.dir, "tree")
	err = errors.Join(
		os.WriteFile(file, []byte("a file\n"), 0o644), os.MkdirAll(filepath.Join(tree, "sub"), 0o755),
		os.WriteFile(filepath.Join(tree, "sub", "big"), []byte(strings.Repeat("0123456789", 1000)), 0o755),
		os.Symlink(string(text), filepath.Join(tree, "link")))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	treePath, err := s.st.AddTree(ctx, "tree", tree, store.NAR, nixhash.SHA256, nil)
	if err != nil {
		return err
	}
	flat, err := s.st.AddTree(ctx, "flat", file, store.Flat, nixhash.SHA1, nil)
	if err != nil {
		return err
	}
	referring, err := s.st.AddText(ctx, "referring", []byte(text), []store.Path{text})
	if err != nil {
		return err
	}
	s.added = []store.Path{text, treePath, flat, referring}
	good := script("good", "echo one; echo two; echo x > $out", text)
	bad := script("bad", "echo no luck; exit 3", referring)
	for _, d := range []*drv.Derivation{good, bad} {
		if err := (&drv.Modulo{Dir: store.DefaultDir}).FillOutputs(d); err != nil {
			return err
		}
		p, err := s.st.AddDerivation(ctx, d)
		if err != nil {
			return err
		}
		s.added = append(s.added, p)
	}
	return s.st.Flush(ctx)
}

func (s *session) ask(ctx context.Context) error {
	all, err := s.st.AllPaths(ctx)
	if err != nil {
		return err
	}
	infos, err := s.st.Infos(ctx, append(all, "/nix/store/00000000000000000000000000000000-none"))
	if err != nil {
		return err
	}
	for _, info := range infos {
		if info == nil {
			s.say("not valid")
			continue
		}
		s.hashes[info.Path] = info.NarHash.String()
		s.say("%s %d %v %s", info.Path, info.NarSize, info.References, info.CA)
	}
	valid, err := s.st.QueryValid(ctx, []store.Path{s.added[1], "/nix/store/00000000000000000000000000000000-none"})
	if err != nil {
		return err
	}
	s.say("valid %v", valid)
	found, err := s.st.PathFromHashPart(ctx, s.added[2].Digest())
	if err != nil {
		return err
	}
	none, err := s.st.PathFromHashPart(ctx, strings.Repeat("0", 32))
	if err != nil {
		return err
	}
	s.say("digest %s %q", found, none)
	referrers, err := s.st.Referrers(ctx, s.added[0])
	if err != nil {
		return err
	}
	s.say("referrers %v", referrers)
	return nil
}

func (s *session) build(ctx context.Context) error {
	targets := []store.DerivedPath{{Path: s.added[4], Outputs: []string{"out"}}, {Path: s.added[5], Outputs: []string{"*"}}}
	missing, err := s.st.QueryMissing(ctx, targets)
	if err != nil {
		return err
	}
	s.say("missing %v", missing)
	roots := s.st.NewTempRoots()
	defer roots.Release()
	settings := sessionSettings
	settings.KeepGoing = true
	var lines []string
	results, err := s.st.Build(ctx, targets, daemon.Normal, settings, roots, func(m *daemon.Message) {
		if m.Kind == daemon.ActivityResult && m.Type == daemon.ResultLogLine {
			lines = append(lines, m.TextAt(0))
		}
	})
	if err != nil {
		return err
	}
	slices.Sort(lines) // the builds may come in any order
	s.say("log %q", lines)
	for _, r := range results {
		s.say("result %s %d %v %v", r.Target, r.Status, r.Outputs, strings.Contains(r.Message, "exit code 3"))
	}
	outputs, err := s.st.DerivationOutputs(ctx, s.added[4])
	if err != nil {
		return err
	}
	derivers, err := s.st.Derivers(ctx, outputs["out"])
	if err != nil {
		return err
	}
	s.say("outputs %v, derivers %v", outputs, derivers)
	g, err := s.st.Graph(ctx)
	if err != nil {
		return err
	}
	i, _ := g.Index(s.added[4])
	s.say("graph %d, %d outputs", g.Len(), len(g.Outputs(i)))
	return nil
}

func (s *session) collect(ctx context.Context) error {
	s.makeLink(s.added[3])
	if err := s.st.AddIndirectRoot(ctx, sessionLink); err != nil {
		return err
	}
	roots, err := s.st.FindRoots(ctx)
	if err != nil {
		return err
	}
	s.say("a root: %v", slices.Contains(roots, daemon.Root{Link: sessionLink, Path: s.added[3]}))
	linked, freed, err := s.st.Optimise(ctx, nil)
	if err != nil {
		return err
	}
	s.say("optimised %d %d", linked, freed)
	bad, err := s.st.Verify(ctx, true, false, nil)
	if err != nil {
		return err
	}
	s.say("damaged %v", bad)
	// The processes of connections keep what was added over them.
	if err := s.st.ReleaseConnections(); err != nil {
		return err
	}
	var told []store.Path
	outputs, err := s.st.DerivationOutputs(ctx, s.added[4])
	if err != nil {
		return err
	}
	gone, _, err := s.st.Delete(ctx, []store.Path{s.added[1], s.added[4], outputs["out"]}, func(p store.Path) { told = append(told, p) })
	if err != nil {
		return err
	}
	slices.Sort(gone)
	slices.Sort(told)
	s.say("gone %v, told %v", gone, told)
	gone, _, err = s.st.Delete(ctx, []store.Path{s.added[0]}, nil)
	var alive *daemon.AliveError
	if err != nil && !errors.As(err, &alive) {
		return err
	}
	s.say("alive stays: %v", len(gone) == 0 && (alive == nil || alive.Path == s.added[0]))
	s.added = slices.DeleteFunc(s.added, func(p store.Path) bool { return p == s.added[1] || p == s.added[4] })
	return nil
}
