package drv

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
)

func allFeatures(string) error { return nil }

// What is read of the JSON form is the derivation that it was written of.
func TestReadJSON(t *testing.T) {
	dynamic := &Derivation{Name: "x", Outputs: map[store.OutputName]Output{"out": {}}, System: "s", Builder: "/bin/sh"}
	dynamic.AddDynamic("/nix/store/9rkjh4q7jld5i1xkv0h7dgz2x7002mbd-a.drv", "out", "out", "dev")
	texts := map[store.Path]string{"/nix/store/9rkjh4q7jld5i1xkv0h7dgz2x7002mbd-x.drv": string(dynamic.ATerm())}
	for p, text := range oracle(t) {
		texts[p] = text
	}
	for p, text := range texts {
		d := mustParse(t, p, text)
		json, err := d.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		back, err := ReadJSON(store.DefaultDir, json, allFeatures)
		if _, isFixed := d.FixedOutput(); isFixed && err == nil {
			err = (&Modulo{Dir: store.DefaultDir}).FillOutputs(back) // the form has not the path
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", p, err, json)
		} else if d := cmp.Diff(text, string(back.ATerm())); d != "" {
			t.Errorf("%s (-want +got):\n%s", p, d)
		}
	}
}

// What is wrong with a text is said in Nix's words, which real ones confirm.
func TestReadJSONErrors(t *testing.T) {
	const rest = `"args":[],"builder":"b","env":{},"inputs":{"drvs":{},"srcs":[]},"name":"x","system":"s","version":4`
	for _, test := range []struct{ text, want string }{
		{`[]`, "Expected JSON value to be of type 'object' but it is of type 'array': []"},
		{`{}`, "Expected JSON object to contain key 'version' but it doesn't: {}"},
		{`{"version":3}`, "Unsupported derivation JSON format version 3, only format version 4 is currently supported."},
		{`{"version":-4}`, "Expected JSON value to be an unsigned integral number but it is of type 'signed integral number': -4"},
		{`{"version":4.5}`, "Expected JSON value to be an unsigned integral number but it is of type 'floating point number': 4.5"},
		{`{` + rest + `,"outputs":1}`, "while reading key 'outputs': Expected JSON value to be of type 'object' but it is of type 'number': 1"},
		{`{` + rest + `,"outputs":{"out":{"pth":"x"}}}`, "while reading key 'outputs': invalid JSON for derivation output"},
		{`{` + rest + `,"outputs":{"out":{"method":"nar","hash":"x"}}}`, "while reading key 'outputs': hash 'x' is not SRI"},
		{`{` + rest + `,"outputs":{"out":{"method":"nar","hash":"sha256-AAAA"}}}`, "while reading key 'outputs': invalid SRI hash 'AAAA', length 3 != expected length 32"},
		{`{` + rest + `,"outputs":{"out":{"method":"r:","hashAlgo":"sha256"}}}`, "while reading key 'outputs': Unknown file ingestion method 'r:', expect `flat`, `nar`, or `git`"},
		{strings.Replace(`{`+rest+`,"outputs":{"out":{}}}`, `"srcs":[]`, `"srcs":["x"]`, 1),
			"while reading key 'inputs': while reading key 'srcs': 'x' is too short to be a valid store path"},
		{`{` + rest + `,"outputs":{"out":{}},"structuredAttrs":[1]}`, "[json.exception.type_error.302] type must be object, but is array"},
	} {
		_, err := ReadJSON(store.DefaultDir, []byte(test.text), allFeatures)
		var malformed *JSONError
		if !errors.As(err, &malformed) {
			t.Errorf("%s: got %v", test.text, err)
			continue
		}
		if got := strings.Join(append(malformed.While, malformed.Msg), ": "); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.text, got, test.want)
		}
	}
	off := errors.New("off")
	_, err := ReadJSON(store.DefaultDir, []byte(`{`+rest+`,"outputs":{"out":{"method":"nar","hashAlgo":"sha256"}}}`), func(name string) error {
		if name != "ca-derivations" {
			t.Errorf("asked for the feature %q", name)
		}
		return off
	})
	if !errors.Is(err, off) {
		t.Errorf("without the feature: got %v", err)
	}
}

func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"args":["a"],"builder":"b","env":{"out":""},"inputs":{"drvs":{},"srcs":[]},"name":"x","outputs":{"out":{}},"system":"s","version":4}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ReadJSON(store.DefaultDir, text, allFeatures)
		if err != nil {
			return
		}
		json, err := d.MarshalJSON()
		if err != nil {
			t.Fatalf("%q was read, and cannot be written: %v", text, err)
		}
		back, err := ReadJSON(store.DefaultDir, json, allFeatures)
		if err != nil || string(back.ATerm()) != string(d.ATerm()) {
			t.Fatalf("%q became %s: %v", text, json, err)
		}
	})
}
