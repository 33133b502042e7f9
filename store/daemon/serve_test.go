package daemon

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"nixbench/store"
	"nixbench/store/drv"
)

// noStore is a store that nothing is asked of.
type noStore struct{ Served }

func (noStore) Dir() store.Dir { return store.DefaultDir }

func (noStore) QueryValid(_ context.Context, paths []store.Path) ([]store.Path, error) {
	return paths[:1], nil
}

func (noStore) Build(_ context.Context, targets []string, o ServeOptions) (int, string) {
	if len(targets) == 1 && targets[0] == "x.drv!out" && o == (ServeOptions{KeepFailed: true}) {
		return 0, ""
	}
	return 100, "it failed"
}

func (noStore) BuildDerivation(_ context.Context, p store.Path, d *drv.Derivation, o ServeOptions) BuildResult {
	if p.Name() != "x.drv" || d.Name != "x" || d.Env["a"] != "b" || len(d.InputSrcs) != 1 || o.Timeout != 7 {
		return BuildResult{Status: MiscFailure, Message: "it is not what was sent"}
	}
	return BuildResult{Status: Built, Outputs: map[store.OutputName]store.Path{"out": d.OutputPath("out")}}
}

// A client that speaks something else, or asks for what it may not have, is refused.
func TestServeRefuses(t *testing.T) {
	hello := func() *encoder { return new(encoder).number(serveMagicClient).number(serveVersion) }
	for name, test := range map[string]struct {
		says *encoder
		want string
	}{
		"nothing":        {hello(), ""},
		"another magic":  {new(encoder).number(1), "protocol mismatch"},
		"import":         {hello().number(serveImportPaths), "importing paths is not allowed"},
		"add":            {hello().number(serveAddToStoreNar), "importing paths is not allowed"},
		"build":          {hello().number(serveBuildPaths), "building paths is not allowed"},
		"unknown":        {hello().number(99), "unknown serve command 99"},
		"no path":        {hello().number(serveDumpStorePath).text("/etc/passwd"), "want a store path"},
		"too many paths": {hello().number(serveQueryPathInfos).number(1 << 40), "the length of a list of paths"},
	} {
		err := Serve(t.Context(), bytes.NewReader(test.says.b), new(bytes.Buffer), noStore{}, false)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}

// A client that ends in the middle of a request is told of in Nix's words, and one that has not
// begun is answered nothing.
func TestServeEndsInTheMiddle(t *testing.T) {
	whole := new(encoder).number(serveMagicClient).number(serveVersion).number(serveAddToStoreNar).number(3)
	for n := range len(whole.b) {
		var got bytes.Buffer
		err := Serve(t.Context(), bytes.NewReader(whole.b[:n]), &got, noStore{}, true)
		if n == 16 { // between requests
			if err != nil {
				t.Errorf("%d bytes: %v", n, err)
			}
		} else if err == nil || err.Error() != "unexpected end-of-file" {
			t.Errorf("%d bytes: got %v", n, err)
		}
		if n < 8 && got.Len() > 0 {
			t.Errorf("%d bytes: answered %d bytes", n, got.Len())
		}
	}
}

// Who is told to end does not wait for what a client says next.
func TestServeEndsWithContext(t *testing.T) {
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, r, io.Discard, noStore{}, true) }()
	if _, err := w.Write(new(encoder).number(serveMagicClient).number(serveVersion).b); err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on reading")
	}
}

func TestServeAnswers(t *testing.T) {
	p := store.Path("/nix/store/00000000000000000000000000000000-a")
	says := new(encoder).number(serveMagicClient).number(serveVersion).
		number(serveQueryValidPaths).flag(false).flag(false).paths([]store.Path{p, p[:43] + "-b"}).
		number(serveBuildPaths).words([]string{"x.drv!out"}).number(0).number(0).number(0).number(0).flag(true).flag(true).
		number(serveBuildPaths).words([]string{"x.drv!out"}).number(9).number(0).number(0).number(0).flag(true).flag(true)
	var got bytes.Buffer
	if err := Serve(t.Context(), bytes.NewReader(says.b), &got, noStore{}, true); err != nil {
		t.Fatal(err)
	}
	want := new(encoder).number(serveMagicServer).number(serveVersion).paths([]store.Path{p}).number(0).number(100).text("it failed")
	if !bytes.Equal(got.Bytes(), want.b) {
		t.Errorf("got %q, want %q", got.Bytes(), want.b)
	}
}

// A derivation that comes with the request is built; what came of it is said as the
// client's version has it.
func TestServeBuildDerivation(t *testing.T) {
	src := store.Path("/nix/store/00000000000000000000000000000000-a")
	drvPath, out := src[:43]+"-x.drv", src[:43]+"-x"
	for _, test := range []struct {
		version uint64
		name    string // of the output
		want    func(e *encoder)
	}{
		{2<<8 | 2, "out", func(e *encoder) { e.number(0).text("") }},
		{2<<8 | 3, "out", func(e *encoder) { e.number(0).text("").number(1).number(0).number(0).number(0) }},
		{2<<8 | 7, "out", func(e *encoder) {
			e.number(0).text("").number(1).number(0).number(0).number(0).number(1).text(noHash + "!out").
				text(`{"dependentRealisations":{},"id":"` + noHash + `!out","outPath":"` + out.Base() + `","signatures":[]}`)
		}},
		{2<<8 | 8, "out", func(e *encoder) {
			e.number(0).text("").number(1).number(0).number(0).number(0).number(1).text("out").path(out).number(0)
		}},
		{2<<8 | 8, "", func(e *encoder) {
			e.number(uint64(InputRejected)).text("derivation \"x\": output: name must not be empty").number(0).number(0).number(0).number(0).number(0)
		}},
	} {
		says := new(encoder).number(serveMagicClient).number(test.version).number(serveBuildDerivation).path(drvPath).
			number(1).text(test.name).path(out).text("").text("").
			paths([]store.Path{src}).text("x86_64-linux").text("/bin/sh").words([]string{"-c"}).number(1).text("a").text("b").
			number(0).number(7)
		for _, since := range []uint64{2, 3, 3, 7} {
			if test.version >= 2<<8|since {
				says.number(0)
			}
		}
		var got bytes.Buffer
		if err := Serve(t.Context(), bytes.NewReader(says.b), &got, noStore{}, true); err != nil {
			t.Fatal(err)
		}
		want := new(encoder).number(serveMagicServer).number(serveVersion)
		test.want(want)
		if !bytes.Equal(got.Bytes(), want.b) {
			t.Errorf("version %x: got\n%q, want\n%q", test.version, got.Bytes(), want.b)
		}
	}
}
