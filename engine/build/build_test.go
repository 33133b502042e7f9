package build_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine/build"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/local"
	"nixbench/store/nixhash"
)

// A chain of three with two outputs in the middle: the references are those
// that are in the files, metadata is canonical, and the database agrees.
func TestBuildChain(t *testing.T) {
	r := newRig(t)
	lib := script("lib", "mkdir $out/lib\nwrite $out/lib/a.so code")
	tool := script("tool", "mkdir $out/bin\nexe $out/bin/tool\nwrite $out/uses $lib\nwrite $out/me $out\nwrite $dev see $out", "out", "dev")
	top := script("top", "write $out $tool")
	r.add(lib, nil)
	r.add(tool, map[string]*drv.Derivation{"lib": lib})
	out := r.build(top, map[string]*drv.Derivation{"tool": tool})["out"]

	libOut, toolOut, toolDev := lib.OutputPath("out"), tool.OutputPath("out"), tool.OutputPath("dev")
	toolRefs := []store.Path{libOut, toolOut}
	slices.Sort(toolRefs)
	for p, want := range map[store.Path][]store.Path{
		libOut: nil, toolOut: toolRefs, toolDev: {toolOut}, out: {toolOut},
	} {
		if diff := cmp.Diff(want, r.info(p).References); diff != "" {
			t.Errorf("references of %s (-want +got):\n%s", p.Name(), diff)
		}
	}
	info := r.info(toolOut)
	drvPath, _ := tool.Path(r.st.Dir())
	if info.Deriver != drvPath || !info.Ultimate || info.NarSize == 0 {
		t.Errorf("info of tool: %+v", info)
	}
	for file, want := range map[string]os.FileMode{"": 0o555, "/bin": 0o555, "/bin/tool": 0o555, "/me": 0o444} {
		stat, err := os.Lstat(r.st.RealPath(toolOut) + file)
		if err != nil {
			t.Fatal(err)
		}
		if stat.Mode().Perm() != want || stat.ModTime().Unix() != 1 {
			t.Errorf("%s: mode %v, time %d; want %v and 1", file, stat.Mode(), stat.ModTime().Unix(), want)
		}
	}
	if found := r.leftovers(); len(found) > 0 {
		t.Errorf("left over: %v", found)
	}
	if err := r.st.Verify(t.Context(), local.VerifyOptions{CheckContents: true}, func(f local.Finding) { t.Errorf("verify: %+v", f) }); err != nil {
		t.Fatal(err)
	}
}

func TestAlreadyValid(t *testing.T) {
	r := newRig(t)
	d := script("once", "write $out x")
	p := r.add(d, nil)
	for _, want := range []build.Status{build.Built, build.AlreadyValid} {
		res := r.realise(p)
		if got := res.Outcomes[0].Status; got != want || res.Err() != nil || res.ExitStatus() != 0 {
			t.Errorf("got %v (%v), want %v", got, res.Err(), want)
		}
	}
}

func TestBuildersView(t *testing.T) {
	r := newRig(t)
	input := script("input", "write $out x")
	r.add(input, nil)
	other := r.build(script("not-an-input", "write $out x"), nil)["out"]
	d := script("view", "mkdir $out\nenv $out/env\nls $NIX_STORE $out/store\nls / $out/root\nls . $out/cwd")
	out := r.build(d, map[string]*drv.Derivation{"input": input})["out"]
	names := []string{input.OutputPath("out").Base(), out.Base()}
	slices.Sort(names)
	if got, want := r.read(out, "/store"), strings.Join(names, " "); got != want {
		t.Errorf("store: got %q, want %q; %s must not be seen", got, want, other)
	}
	if got, want := r.read(out, "/cwd"), ""; got != want {
		t.Errorf("build directory: got %q, want nothing", got)
	}
	want := []string{
		"HOME=/homeless-shelter", fmt.Sprintf("NIX_BUILD_CORES=%d", r.settings.BuildCores()), "NIX_BUILD_TOP=/build",
		"NIX_LOG_FD=2", "NIX_STORE=/nix/store", "PATH=/path-not-set", "PWD=/build", "TEMP=/build", "TEMPDIR=/build",
		"TERM=xterm-256color", "TMP=/build", "TMPDIR=/build", "input=" + string(input.OutputPath("out")), "name=view", "out=" + string(out),
	}
	if diff := cmp.Diff(want, strings.Split(r.read(out, "/env"), "\n")); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

func TestBuilderFails(t *testing.T) {
	r := newRig(t, func(s *settings.Settings) { s.LogLines = 2; s.KeepFailed = true })
	bad := script("bad", "say one\nsay two\nsay @nix {\"action\":\"setPhase\",\"phase\":\"checkPhase\"}\nsay three\nwrite kept x\nexit 3")
	top := script("top", "write $out $bad")
	badPath := r.add(bad, nil)
	res := r.realise(r.add(top, map[string]*drv.Derivation{"bad": bad}))
	var failure *build.Failure
	if !errors.As(res.Err(), &failure) {
		t.Fatalf("got %v, want a Failure", res.Err())
	}
	if got, want := failure.Error(), "build "+string(badPath)+": exit status 3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if failure.Status != build.PermanentFailure || failure.ExitStatus != 3 || failure.Phase != "checkPhase" {
		t.Errorf("got %+v", failure)
	}
	if diff := cmp.Diff([]string{"two", "three"}, failure.Tail); diff != "" {
		t.Errorf("tail (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(failure.KeptDir, "kept")); err != nil {
		t.Errorf("kept directory: %v", err)
	}
	if stat, err := os.Stat(filepath.Dir(failure.KeptDir)); err != nil || stat.Mode().Perm() != 0o700 {
		t.Errorf("directory above what was kept: %v, %v; want it closed to others", stat.Mode(), err)
	}
	if got := res.Outcomes[0].Status; got != build.DependencyFailed {
		t.Errorf("top: got %v, want DependencyFailed", got)
	}
	if got := res.ExitStatus(); got != 100 {
		t.Errorf("exit status %d, want 100", got)
	}
	if !strings.Contains(r.log(badPath), "one\ntwo\n@nix") {
		t.Errorf("log: %q", r.log(badPath))
	}
	if valid, _ := r.st.IsValid(t.Context(), bad.OutputPath("out")); valid {
		t.Error("the output of a failed build is valid")
	}
}

// What a builder may make, and what becomes of it if it makes something else.
func TestRejectedOutputs(t *testing.T) {
	r := newRig(t, func(s *settings.Settings) { s.KeepGoing = true; s.Timeout = 20 })
	dep := script("dep", "write $out x")
	r.add(dep, nil)
	for _, test := range []struct {
		name, script string
		outputs      []string
		env          map[string]string
		status       build.Status
		want         string
	}{
		{name: "none", script: "say nothing", status: build.OutputRejected, want: "failed to produce output path for output 'out'"},
		{name: "writable", script: "write $out x\nchmod 666 $out", status: build.OutputRejected, want: "suspicious ownership or permission on"},
		{name: "cycle", script: "write $out $dev\nwrite $dev $out", outputs: []string{"out", "dev"}, status: build.OutputRejected, want: "in the references of output"},
		{name: "no-builder", env: map[string]string{"BUILDER": "/bin/missing"}, status: build.PermanentFailure, want: "execute /bin/missing: no such file or directory"},
		{name: "allowed", script: "write $out $dep", env: map[string]string{"allowedReferences": ""}, status: build.OutputRejected, want: "is not allowed to refer to the following paths:\n  /nix/store/"},
		{name: "allowed-self", script: "write $out $out $dep", env: map[string]string{"allowedReferences": "out DEP"}, want: ""},
		{name: "disallowed", script: "write $out $dep", env: map[string]string{"disallowedReferences": "DEP"}, status: build.OutputRejected, want: "is not allowed to refer"},
		{name: "requisites", script: "write $out $dep", env: map[string]string{"allowedRequisites": "out"}, status: build.OutputRejected, want: "is not allowed to refer"},
		{name: "requisites-self", script: "write $out $out $dep", env: map[string]string{"allowedRequisites": "DEP"}, want: ""},
		{name: "not-requisites", script: "write $out $dep", env: map[string]string{"disallowedRequisites": "DEP"}, status: build.OutputRejected, want: "is not allowed to refer"},
		{name: "other-word", script: "write $out x", env: map[string]string{"allowedReferences": "lib"}, status: build.OutputRejected, want: "output check for 'out' contains output name 'lib', but this is not a valid output"},
		{name: "too-old", script: "write $out x", env: map[string]string{"requiredSystemFeatures": "time-travel"}, status: build.InputRejected, want: "missing system features, Required features: {time-travel}"},
		{name: "host", script: "write $out x", env: map[string]string{"__noChroot": "1"}, status: build.MiscFailure, want: "not allowed when 'sandbox' is 'true'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := script(test.name, test.script, test.outputs...)
			for name, value := range test.env {
				if name == "BUILDER" {
					d.Builder = value
					continue
				}
				d.Env[name] = strings.ReplaceAll(value, "DEP", string(dep.OutputPath("out")))
			}
			res := r.realise(r.add(d, map[string]*drv.Derivation{"dep": dep}))
			err := res.Err()
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var failure *build.Failure
			if !errors.As(err, &failure) || !strings.Contains(err.Error(), test.want) || failure.Status != test.status {
				t.Errorf("got %v (%+v), want %q and status %v", err, failure, test.want, test.status)
			}
			if found := r.leftovers(); len(found) > 0 {
				t.Errorf("left over: %v", found)
			}
		})
	}
}

// fixed makes d a fixed-output derivation.
func fixed(d *drv.Derivation, method store.IngestionMethod, hash nixhash.Hash) *drv.Derivation {
	d.Outputs = map[string]drv.Output{"out": {Method: method, Algo: hash.Algo(), Hash: hash}}
	return d
}

func TestFixedOutput(t *testing.T) {
	r := newRig(t)
	want := nixhash.SumString(nixhash.SHA256, "hello\n")
	out := r.build(fixed(script("file", "write $out hello"), store.Flat, want), nil)["out"]
	if got, want := r.info(out).CA, "fixed:"+want.String(); got != want {
		t.Errorf("CA: got %q, want %q", got, want)
	}
	if got := r.read(out, ""); got != "hello" {
		t.Errorf("got %q", got)
	}
	md5 := nixhash.SumString(nixhash.MD5, "hello\n")
	r.build(fixed(script("old", "write $out hello"), store.Flat, md5), nil)
	if found := r.leftovers(); len(found) > 0 {
		t.Errorf("left over: %v", found)
	}
}

// A hash that is wrong gives both, and what was made is kept under its own
// path, so that it is there once the hash is put right.
func TestHashMismatch(t *testing.T) {
	r := newRig(t)
	text := "write $out hello"
	wrong, right := nixhash.SumString(nixhash.SHA256, "bye\n"), nixhash.SumString(nixhash.SHA256, "hello\n")
	p := r.add(fixed(script("file", text), store.Flat, wrong), nil)
	res := r.realise(p)
	var mismatch *store.HashMismatch
	if !errors.As(res.Err(), &mismatch) {
		t.Fatalf("got %v, want a HashMismatch", res.Err())
	}
	if diff := cmp.Diff(store.HashMismatch{Path: p, Want: wrong, Got: right}, *mismatch, cmp.Comparer(func(a, b nixhash.Hash) bool { return a == b })); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
	if got := res.ExitStatus(); got != 102 {
		t.Errorf("exit status %d, want 102", got)
	}
	if got := r.realise(r.add(fixed(script("file", text), store.Flat, right), nil)); got.Outcomes[0].Status != build.AlreadyValid {
		t.Errorf("with the right hash: got %v (%v), want it to be valid already", got.Outcomes[0].Status, got.Err())
	}
}

// A fixed output refers to nothing, even if it has the right hash.
func TestFixedOutputMustNotRefer(t *testing.T) {
	r := newRig(t)
	dep := script("dep", "write $out x")
	r.add(dep, nil)
	refers := func(method store.IngestionMethod, hash nixhash.Hash) *build.Result {
		d := fixed(script("file", "write $out $dep"), method, hash)
		return r.realise(r.add(d, map[string]*drv.Derivation{"dep": dep}))
	}
	wrong := nixhash.SumString(nixhash.SHA256, "any")
	var mismatch *store.HashMismatch
	if err := refers(store.NAR, wrong).Err(); !errors.As(err, &mismatch) {
		t.Fatalf("wrong hash: got %v", err)
	}
	res := refers(store.NAR, mismatch.Got)
	if err := res.Err(); err == nil || !strings.Contains(err.Error(), "must not reference store paths") || res.ExitStatus() != 102 {
		t.Errorf("got %v, exit status %d", err, res.ExitStatus())
	}
	res = refers(store.Flat, wrong)
	if err := res.Err(); err == nil || !strings.Contains(err.Error(), "is not allowed to refer to other store paths") || res.ExitStatus() != 1 {
		t.Errorf("flat: got %v, exit status %d", err, res.ExitStatus())
	}
	flat := fixed(script("dir", "mkdir $out"), store.Flat, nixhash.SumString(nixhash.SHA256, "any"))
	res = r.realise(r.add(flat, nil))
	if err := res.Err(); err == nil || !strings.Contains(err.Error(), "should be a non-executable regular file") {
		t.Errorf("got %v", err)
	}
}

// Files that are linked to each other stay so, and inputs cannot be linked to.
func TestHardLinks(t *testing.T) {
	r := newRig(t)
	dep := script("dep", "write $out x")
	r.add(dep, nil)
	out := r.build(script("links", "mkdir $out\nwrite $out/a x\nlink $out/a $out/b"), nil)["out"]
	a, _ := os.Stat(r.st.RealPath(out) + "/a")
	b, _ := os.Stat(r.st.RealPath(out) + "/b")
	if !os.SameFile(a, b) {
		t.Error("the link is gone")
	}
	res := r.realise(r.add(script("thief", "mkdir $out\nlink $dep $out/a"), map[string]*drv.Derivation{"dep": dep}))
	if err := res.Err(); err == nil {
		t.Error("an input was linked to")
	}
}

// What fails before its builder starts has no log.
func TestNoLogWithoutBuilder(t *testing.T) {
	r := newRig(t)
	d := script("graph", "mkdir $out")
	d.Env["exportReferencesGraph"] = "graph /nix/store/00000000000000000000000000000000-none"
	p := r.add(d, nil)
	if res := r.realise(p); res.Err() == nil {
		t.Fatal("made a graph of what is no input")
	}
	names, err := filepath.Glob(r.st.LogPath(p) + "*")
	if len(names) > 0 || err != nil {
		t.Errorf("got logs %v, %v, want none", names, err)
	}
}

func TestStructuredAttrsAndFiles(t *testing.T) {
	r := newRig(t)
	dep := script("dep", "write $out x")
	r.add(dep, nil)
	plain := script("plain", "mkdir $out\ncp $textPath $out/text\ncp graph $out/graph")
	plain.Env["text"], plain.Env["passAsFile"] = "the text", "text"
	plain.Env["exportReferencesGraph"] = "graph " + string(dep.OutputPath("out"))
	out := r.build(plain, map[string]*drv.Derivation{"dep": dep})["out"]
	if got, want := r.read(out, "/text"), "the text"; got != want {
		t.Errorf("text: got %q, want %q", got, want)
	}
	if got, want := r.read(out, "/graph"), string(dep.OutputPath("out"))+"\n\n0"; got != want {
		t.Errorf("graph: got %q, want %q", got, want)
	}

	attrs := script("attrs", "ignored")
	attrs.StructuredAttrs = fmt.Sprintf(`{"builder":"/bin/sh","name":"attrs","exportReferencesGraph":{"closure":[%q]}}`, dep.OutputPath("out"))
	attrs.Args = []string{"cp $NIX_ATTRS_JSON_FILE OUT"}
	attrs.Args[0] = "mkdir " + drv.Placeholder("out") + "\ncp $NIX_ATTRS_JSON_FILE " + drv.Placeholder("out") + "/json\ncp $NIX_ATTRS_SH_FILE " + drv.Placeholder("out") + "/sh"
	attrs.Env = map[string]string{}
	out = r.build(attrs, map[string]*drv.Derivation{"dep": dep})["out"]
	info := r.info(dep.OutputPath("out"))
	want := fmt.Sprintf(`{"builder":"/bin/sh","closure":[{"closureSize":%d,"narHash":%q,"narSize":%d,"path":%q,"references":[],"valid":true}],`+
		`"exportReferencesGraph":{"closure":[%q]},"name":"attrs","outputs":{"out":%q}}`,
		info.NarSize, info.NarHash, info.NarSize, info.Path, info.Path, out)
	if diff := cmp.Diff(want, r.read(out, "/json")); diff != "" {
		t.Errorf("json (-want +got):\n%s", diff)
	}
	if got := r.read(out, "/sh"); !strings.Contains(got, "declare -A outputs=(['out']='"+string(out)+"' )") {
		t.Errorf("sh: %s", got)
	}
}
