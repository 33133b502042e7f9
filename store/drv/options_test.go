package drv

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOptionsDefault(t *testing.T) {
	got, err := (&Derivation{Name: "x"}).Options()
	if err != nil {
		t.Fatal(err)
	}
	want := &Options{AllowSubstitutes: true, Checks: map[string]OutputChecks{"*": {IgnoreSelfRefs: true}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Options (-want +got):\n%s", diff)
	}
}

func TestOptionsPlain(t *testing.T) {
	d := &Derivation{Name: "x", Env: map[string]string{
		"allowedReferences":      "out /nix/store/b /nix/store/a\n out",
		"allowedRequisites":      "",
		"disallowedReferences":   "dev",
		"exportReferencesGraph":  "g1 /nix/store/a\tg_2 /nix/store/b/x",
		"passAsFile":             "b a",
		"__noChroot":             "1",
		"impureEnvVars":          "http_proxy",
		"requiredSystemFeatures": "kvm big-parallel",
		"preferLocalBuild":       "true", // only "1" is true
		"allowSubstitutes":       "",
		"outputChecks":           "{}", // means nothing in this form
	}}
	got, err := d.Options()
	if err != nil {
		t.Fatal(err)
	}
	want := &Options{
		Checks: map[string]OutputChecks{"*": {
			IgnoreSelfRefs:       true,
			AllowedReferences:    []string{"/nix/store/a", "/nix/store/b", "out"},
			AllowedRequisites:    []string{},
			DisallowedReferences: []string{"dev"},
		}},
		PassAsFile:             []string{"a", "b"},
		ExportReferencesGraph:  map[string][]string{"g1": {"/nix/store/a"}, "g_2": {"/nix/store/b/x"}},
		NoChroot:               true,
		ImpureEnvVars:          []string{"http_proxy"},
		RequiredSystemFeatures: []string{"big-parallel", "kvm"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Options (-want +got):\n%s", diff)
	}
	if got, want := got.ChecksFor("dev"), want.Checks["*"]; !cmp.Equal(got, want) {
		t.Errorf("ChecksFor(dev) = %v, want those of all outputs", got)
	}
}

func TestOptionsStructured(t *testing.T) {
	d := &Derivation{Name: "x", Env: map[string]string{"__noChroot": "1"}, StructuredAttrs: `{
		"allowSubstitutes": false,
		"preferLocalBuild": true,
		"passAsFile": ["a"],
		"requiredSystemFeatures": ["b", "a"],
		"unsafeDiscardReferences": {"out": true, "dev": false},
		"exportReferencesGraph": {"g": ["/nix/store/b", ["/nix/store/a"]], "h": "/nix/store/c"},
		"outputChecks": {"out": {"allowedReferences": [], "maxSize": 10, "maxClosureSize": 20}, "dev": {}}
	}`}
	got, err := d.Options()
	if err != nil {
		t.Fatal(err)
	}
	ten, twenty := int64(10), int64(20)
	want := &Options{
		Checks: map[string]OutputChecks{
			"out": {AllowedReferences: []string{}, MaxSize: &ten, MaxClosureSize: &twenty},
			"dev": {},
		},
		DiscardReferences:      map[string]bool{"out": true, "dev": false},
		ExportReferencesGraph:  map[string][]string{"g": {"/nix/store/a", "/nix/store/b"}, "h": {"/nix/store/c"}},
		RequiredSystemFeatures: []string{"a", "b"},
		PreferLocalBuild:       true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Options (-want +got):\n%s", diff)
	}
}

func TestOptionsRefuse(t *testing.T) {
	for name, d := range map[string]*Derivation{
		"odd graph":            {Env: map[string]string{"exportReferencesGraph": "g"}},
		"graph named a path":   {Env: map[string]string{"exportReferencesGraph": "../g /nix/store/a"}},
		"graph of a number":    {StructuredAttrs: `{"exportReferencesGraph": {"g": [1]}}`},
		"no object":            {StructuredAttrs: `[]`},
		"null":                 {StructuredAttrs: `null`},
		"no JSON":              {StructuredAttrs: `{`},
		"boolean as string":    {StructuredAttrs: `{"allowSubstitutes": "1"}`},
		"string as list":       {StructuredAttrs: `{"requiredSystemFeatures": "kvm"}`},
		"checks not by output": {StructuredAttrs: `{"outputChecks": {"out": []}}`},
		"size as string":       {StructuredAttrs: `{"outputChecks": {"out": {"maxSize": "1"}}}`},
		"size as null":         {StructuredAttrs: `{"outputChecks": {"out": {"maxClosureSize": null}}}`},
		"discard as string":    {StructuredAttrs: `{"unsafeDiscardReferences": {"out": "yes"}}`},
	} {
		var unreadable *OptionsError
		if o, err := d.Options(); !errors.As(err, &unreadable) {
			t.Errorf("%s: Options = %+v, %v, want an OptionsError", name, o, err)
		}
	}
}

// Of what is wrong in several ways that is told which Nix meets first.
func TestOptionsRefuseInOrder(t *testing.T) {
	for attrs, want := range map[string]string{
		`{"outputChecks": {"out": {"maxSize": "1", "allowedReferences": 1}}}`: "[json.exception.type_error.302] type must be number, but is string",
		`{"outputChecks": 1, "__noChroot": 1}`:                                "Expected JSON value to be of type 'object' but it is of type 'number': 1",
	} {
		_, err := (&Derivation{StructuredAttrs: attrs}).Options()
		var got *OptionsError
		if !errors.As(err, &got) || got.Msg != want {
			t.Errorf("%s: got %+v, want %q", attrs, got, want)
		}
	}
}

// What has no effect is said.
func TestOptionsWarn(t *testing.T) {
	for attrs, want := range map[string][]string{
		`{"exportReferencesGraph": ["x"]}`: {"'exportReferencesGraph' in structured attrs is not a JSON object, ignoring"},
		`{"maxSize": 1, "allowedReferences": []}`: {
			"'structuredAttrs' disables the effect of the top-level attribute 'allowedReferences'; use 'outputChecks' instead",
			"'structuredAttrs' disables the effect of the top-level attribute 'maxSize'; use 'outputChecks' instead",
		},
		`{}`: nil,
	} {
		o, err := (&Derivation{StructuredAttrs: attrs}).Options()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, o.Warnings); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", attrs, diff)
		}
	}
}

// Numbers that are no sizes count for what C++ converts them to.
func TestOddSizes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "328": 328, "1.5": 1, "-0.5": 0, "-1": math.MaxInt64, "1e19": math.MaxInt64} {
		d := &Derivation{StructuredAttrs: `{"outputChecks": {"out": {"maxSize": ` + text + `}}}`}
		o, err := d.Options()
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := o.Checks["out"].MaxSize; got == nil || *got != want {
			t.Errorf("maxSize %s is read as %v, want %d", text, got, want)
		}
	}
}

func TestSystemFeatures(t *testing.T) {
	o := &Options{RequiredSystemFeatures: []string{"kvm"}}
	d := &Derivation{Outputs: map[string]Output{"out": {Algo: 3}, "dev": {Algo: 3}}}
	if got, want := o.SystemFeatures(d), []string{"ca-derivations", "kvm"}; !cmp.Equal(got, want) {
		t.Errorf("SystemFeatures = %v, want %v", got, want)
	}
}
