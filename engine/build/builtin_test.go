package build_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/build"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// fetchURL returns the derivation that <nix/fetchurl.nix> makes.
func fetchURL(address string, method store.IngestionMethod, hash nixhash.Hash, env map[string]string) *drv.Derivation {
	d := script("fetched", "")
	d.Builder, d.System, d.Args = "builtin:fetchurl", "builtin", nil
	d.Env["url"] = address
	for name, value := range env {
		d.Env[name] = value
	}
	return fixed(d, method, hash)
}

func TestFetchURLOfFiles(t *testing.T) {
	r := newPlanRig(t)
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, []byte("contents"), 0o600); err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "file", Path: file}).String()
	hash := nixhash.SumString(nixhash.SHA256, "contents")
	out := r.build(fetchURL(address, store.Flat, hash, nil), nil)["out"]
	if got, want := r.read(out, ""), "contents"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	var archive bytes.Buffer
	if err := nar.DumpContents(&archive, []byte("contents")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, archive.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	tree := r.build(fetchURL(address, store.NAR, nixhash.Sum(nixhash.SHA256, archive.Bytes()), map[string]string{"unpack": "1"}), nil)["out"]
	if got, want := r.read(tree, ""), "contents"; got != want {
		t.Errorf("unpacked: got %q, want %q", got, want)
	}
}

func TestFetchURLOfExecutables(t *testing.T) {
	r := newPlanRig(t)
	p, err := r.st.AddText(t.Context(), "script", []byte("#!/bin/sh\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	// The NAR hash of an executable file with these contents.
	file := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	hasher := nixhash.New(nixhash.SHA256)
	if err := nar.Dump(hasher, file, nil); err != nil {
		t.Fatal(err)
	}
	d := fetchURL("file://"+string(p), store.NAR, hasher.Sum(), map[string]string{"executable": "1"})
	out := r.build(d, nil)["out"]
	if stat, err := os.Stat(r.st.RealPath(out)); err != nil || stat.Mode().Perm() != 0o555 {
		t.Errorf("got %v, %v; want an executable", stat, err)
	}
}

func TestFetchURLErrors(t *testing.T) {
	r := newPlanRig(t)
	hash := nixhash.SumString(nixhash.SHA256, "x")
	for address, want := range map[string]string{
		"file:///missing":         "no such file or directory",
		"file://elsewhere/x":      "on another machine",
		"file:///":                "not a regular file",
		"https://example.org/x":   `nothing here fetches "https" URLs`,
		"":                        "attribute 'url' is empty",
		"file:///a.nar.xz#unpack": "no such file or directory",
	} {
		env := map[string]string{}
		if address, ok := strings.CutSuffix(address, "#unpack"); ok {
			env["unpack"], env["url"] = "1", address
		}
		p := r.add(fetchURL(address, store.Flat, hash, env), nil)
		res := r.realise(p)
		if err := res.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", address, err, want)
		}
		if !strings.Contains(r.log(p), want) {
			t.Errorf("%s: log: got %q, want %q", address, r.log(p), want)
		}
		if found := r.leftovers(); len(found) > 0 {
			t.Errorf("left over: %v", found)
		}
	}
}

func TestFetchURLByFetcher(t *testing.T) {
	r := newPlanRig(t)
	b := build.New(build.Options{Store: r.st, Fetch: func(_ context.Context, address string, w io.Writer) error {
		_, err := fmt.Fprint(w, "got "+address)
		return err
	}})
	r.b = b
	out := r.build(fetchURL("https://x/y", store.Flat, nixhash.SumString(nixhash.SHA256, "got https://x/y"), nil), nil)["out"]
	if got, want := r.read(out, ""), "got https://x/y"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// pkg adds a tree to the store: names with contents, or "-> target" for links.
func (r *rig) pkg(name string, files map[string]string) store.Path {
	r.t.Helper()
	dir := r.t.TempDir()
	for file, text := range files {
		file = filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			r.t.Fatal(err)
		}
		target, isLink := strings.CutPrefix(text, "-> ")
		var err error
		if isLink {
			err = os.Symlink(target, file)
		} else {
			err = os.WriteFile(file, []byte(text), 0o644)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	p, err := r.st.AddTree(r.t.Context(), name, dir, store.NAR, nixhash.SHA256, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// tree returns what is in a directory of links, sorted.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(file string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(file, dir)
		if target, err := os.Readlink(file); err == nil {
			out = append(out, name+" -> "+target)
		} else if name != "" {
			out = append(out, name+"/")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestBuildProfile(t *testing.T) {
	r := newPlanRig(t)
	lib := r.pkg("lib", map[string]string{"lib/lib.so": "x", "share/lib/doc": "x"})
	a := r.pkg("a", map[string]string{
		"bin/a": "x", "bin/both": "a", "share/man/a.1": "x", "only-a/x/y": "x", ".hidden": "x", "lib": "-> " + string(lib) + "/lib",
		"nix-support/propagated-user-env-packages": string(lib) + "\n", "broken": "-> /nowhere", "manifest.nix": "x", "up": "-> bin/../bin",
	})
	b := r.pkg("b", map[string]string{"bin/b": "x", "bin/both": "b", "share/man/b.1": "x", "lib/b.so": "x"})
	out := filepath.Join(t.TempDir(), "profile")
	var warnings []string
	err := build.BuildProfile(t.Context(), r.st, out, []build.Package{{Path: string(b), Priority: 6}, {Path: string(a), Priority: 5}},
		func(text string) { warnings = append(warnings, text) })
	if err != nil {
		t.Fatal(err)
	}
	A, B, L := string(a), string(b), string(lib)
	want := []string{
		"/bin/", "/bin/a -> " + A + "/bin/a", "/bin/b -> " + B + "/bin/b", "/bin/both -> " + A + "/bin/both",
		"/lib/", "/lib/b.so -> " + B + "/lib/b.so", "/lib/lib.so -> " + L + "/lib/lib.so",
		"/only-a -> " + A + "/only-a",
		"/share/", "/share/lib -> " + L + "/share/lib", "/share/man/",
		"/share/man/a.1 -> " + A + "/share/man/a.1", "/share/man/b.1 -> " + B + "/share/man/b.1",
		"/up -> " + A + "/up",
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, tree(t, out)); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"skipping dangling symlink '" + out + "/broken'"}, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestBuildProfileConflicts(t *testing.T) {
	r := newPlanRig(t)
	a := r.pkg("a", map[string]string{"bin/x": "a", "etc": "file"})
	b := r.pkg("b", map[string]string{"bin/x": "b"})
	c := r.pkg("c", map[string]string{"etc/x": "dir"})
	profile := func(packages ...build.Package) ([]string, error) {
		out := filepath.Join(t.TempDir(), "profile")
		err := build.BuildProfile(t.Context(), r.st, out, packages, func(string) {})
		if err != nil {
			return nil, err
		}
		return tree(t, out), nil
	}
	_, err := profile(build.Package{Path: string(a), Priority: 5}, build.Package{Path: string(b), Priority: 5})
	var conflict *build.ConflictError
	if !errors.As(err, &conflict) || conflict.Priority != 5 {
		t.Errorf("got %v, want a ConflictError", err)
	}
	got, err := profile(build.Package{Path: string(a), Priority: 7}, build.Package{Path: string(b), Priority: 5})
	if err != nil {
		t.Fatal(err)
	}
	if want := "/bin/x -> " + string(b) + "/bin/x"; !slices.Contains(got, want) {
		t.Errorf("got %v, want %s", got, want)
	}
	_, err = profile(build.Package{Path: string(a), Priority: 1}, build.Package{Path: string(c), Priority: 5})
	if err == nil || !strings.Contains(err.Error(), "and non-directory") {
		t.Errorf("got %v", err)
	}
}

// The builtin itself, as nix-env's expressions use it; the profile's
// references are those that its links go to.
func TestBuildEnvDerivation(t *testing.T) {
	r := newPlanRig(t)
	a := r.pkg("a", map[string]string{"bin/a": "x"})
	b := r.pkg("b", map[string]string{"bin/b": "x"})
	manifest, err := r.st.AddText(t.Context(), "env-manifest.nix", []byte("[]"), nil)
	if err != nil {
		t.Fatal(err)
	}
	d := script("user-environment", "")
	d.Builder, d.System, d.Args = "builtin:buildenv", "builtin", nil
	d.Env["derivations"] = fmt.Sprintf("true 5 1 %s false 5 1 /nix/store/inactive true 5 1 %s", a, b)
	d.Env["manifest"] = string(manifest)
	d.InputSrcs = []store.Path{a, b, manifest}
	slices.Sort(d.InputSrcs)
	out := r.build(d, nil)["out"]
	want := []string{"/bin/", "/bin/a -> " + string(a) + "/bin/a", "/bin/b -> " + string(b) + "/bin/b", "/manifest.nix -> " + string(manifest)}
	if diff := cmp.Diff(want, tree(t, r.st.RealPath(out))); diff != "" {
		t.Errorf("profile (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(d.InputSrcs, r.info(out).References); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	d.Env["derivations"] = "true 5 9 x"
	d.Env["out"] = ""
	d.Outputs["out"] = drv.Output{}
	if err := r.realise(r.add(d, nil)).Err(); err == nil || !strings.Contains(err.Error(), "ends too early") {
		t.Errorf("got %v", err)
	}
}

// channel returns the derivation that nix-channel makes of an archive.
func channel(name string, src store.Path) *drv.Derivation {
	d := script("channel", "")
	d.Builder, d.System, d.Args = "builtin:unpack-channel", "builtin", nil
	d.Env["channelName"], d.Env["src"] = name, string(src)
	d.InputSrcs = []store.Path{src}
	return d
}

// tarball adds an archive with files to the store.
func (r *rig) tarball(files ...string) store.Path {
	r.t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, name := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: 1}); err != nil {
			r.t.Fatal(err)
		}
		if _, err := w.Write([]byte("x")); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		r.t.Fatal(err)
	}
	p, err := r.st.AddText(r.t.Context(), "channel.tar", archive.Bytes(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// The one directory of a channel's archive gets the channel's name.
func TestUnpackChannel(t *testing.T) {
	r := newPlanRig(t)
	out := r.build(channel("nixos", r.tarball("nixos-26.11/default.nix", "nixos-26.11/lib/x.nix")), nil)["out"]
	if got := r.read(out, "/nixos/default.nix") + r.read(out, "/nixos/lib/x.nix"); got != "xx" {
		t.Errorf("got %q, want the two files", got)
	}
	same := r.build(channel("nixos", r.tarball("nixos/default.nix")), nil)["out"]
	if got := r.read(same, "/nixos/default.nix"); got != "x" {
		t.Errorf("of a directory that has the name already: got %q, want the file", got)
	}
	for _, test := range []struct {
		name  string
		files []string
		want  string
	}{
		{"a/b", []string{"f/x"}, "channelName is not allowed to contain filesystem separators, got a/b"},
		{"..", []string{"f/x"}, "channelName is not allowed"},
		{"two", []string{"f/x", "g"}, "contains more than one file"},
		{"none", nil, "is empty"},
		{"up", []string{"../x"}, "is outside the archive"},
	} {
		p := r.add(channel(test.name, r.tarball(test.files...)), nil)
		res := r.realise(p)
		if err := res.Err(); err == nil || res.ExitStatus() != 100 || !strings.Contains(r.log(p), test.want) {
			t.Errorf("%s: got %v, exit status %d, log %q; want %q", test.name, err, res.ExitStatus(), r.log(p), test.want)
		}
	}
}

func TestBuiltinErrors(t *testing.T) {
	r := newPlanRig(t)
	for builder, want := range map[string]string{
		"builtin:magic":    "error: unsupported builtin builder 'magic'\n",
		"builtin:fetchurl": "error: 'builtin:fetchurl' must be a fixed-output or impure derivation\n",
		"builtin:buildenv": "error: attribute 'derivations' missing\n",
	} {
		d := script("x", "")
		d.Builder = builder
		p := r.add(d, nil)
		res := r.realise(p)
		if got := r.log(p); got != want || res.ExitStatus() != 100 {
			t.Errorf("%s: log %q, exit status %d; want %q and 100", builder, got, res.ExitStatus(), want)
		}
	}
}
