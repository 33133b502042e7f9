package build

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

func envOf(t *testing.T, d *drv.Derivation, graphs map[string]string) *environment {
	t.Helper()
	options, err := d.Options()
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEnvironment(envInput{
		outputs: map[string]store.Path{"out": d.OutputPath("out")},
		drv:     d, options: options, storeDir: "/nix/store", buildDir: "/build", cores: 4, graphs: graphs,
		impureEnv: map[string]string{"token": "the setting's"},
		getenv:    func(name string) string { return "the user's " + name },
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The whole environment of a plain derivation: what is set for it, then its
// own variables over that, then what it may not change.
func TestEnvironment(t *testing.T) {
	const out = "/nix/store/00000000000000000000000000000000-x"
	e := envOf(t, &drv.Derivation{
		Name: "x", Builder: "/nix/store/y/bin/bash", Args: []string{"-c", "echo > " + drv.Placeholder("out")},
		Outputs: map[string]drv.Output{"out": {Path: out}},
		Env: map[string]string{
			"out": out, "PATH": "/own", "TMPDIR": "/own", "NIX_LOG_FD": "9", "text": "long text about " + drv.Placeholder("out"),
			"passAsFile": "text", "flag": "--prefix=" + drv.Placeholder("out"), "http_proxy": "p", "impureEnvVars": "http_proxy",
		},
	}, map[string]string{"closure": "graph"})
	want := strings.Fields(`HOME=/homeless-shelter NIX_BUILD_CORES=4 NIX_BUILD_TOP=/build NIX_LOG_FD=2 NIX_STORE=/nix/store
		PATH=/own PWD=/build TEMP=/build TEMPDIR=/build TERM=xterm-256color TMP=/build TMPDIR=/build
		flag=--prefix=OUT http_proxy=p impureEnvVars=http_proxy out=OUT passAsFile=text
		textPath=`)
	file := ".attr-" + nixhash.SumString(nixhash.SHA256, "text").Nix32()
	want[len(want)-1] = "textPath=/build/" + file
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], "OUT", out)
	}
	if diff := cmp.Diff(want, e.list()); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bash", "-c", "echo > " + out}, e.args); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{file: "long text about " + out, "closure": "graph"}, e.files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestEnvironmentOfFixedOutput(t *testing.T) {
	e := envOf(t, &drv.Derivation{
		Name: "x", Builder: "/bin/sh",
		Outputs: map[string]drv.Output{"out": {Path: "/nix/store/00000000000000000000000000000000-x", Algo: nixhash.SHA256, Hash: nixhash.SumString(nixhash.SHA256, "")}},
		Env:     map[string]string{"impureEnvVars": "http_proxy token"},
	}, nil)
	if got, want := e.vars["NIX_OUTPUT_CHECKED"], "1"; got != want {
		t.Errorf("NIX_OUTPUT_CHECKED = %q, want %q", got, want)
	}
	if got, want := e.vars["http_proxy"], "the user's http_proxy"; got != want {
		t.Errorf("http_proxy = %q, want %q", got, want)
	}
	if got, want := e.vars["token"], "the setting's"; got != want {
		t.Errorf("token = %q, want %q", got, want)
	}
}

func TestStructuredAttributes(t *testing.T) {
	const out = "/nix/store/00000000000000000000000000000000-x"
	e := envOf(t, &drv.Derivation{
		Name: "x", Builder: "/bin/sh", Env: map[string]string{"out": out},
		Outputs: map[string]drv.Output{"out": {Path: out}},
		StructuredAttrs: `{"z":1,"name":"x","quote":"it's \"\u0001\" ü/","yes":true,"no":false,"none":null,"list":["a b",2,null],` +
			`"set":{"b":"2","a":1.0},"deep":[[1]],"half":1.5,"big":3000000000,"empty":[],"not-a-name":1,"float":2.0}`,
	}, map[string]string{"graph": `[{"path":"/nix/store/p"}]`})
	wantJSON := `{"big":3000000000,"deep":[[1]],"empty":[],"float":2.0,"graph":[{"path":"/nix/store/p"}],"half":1.5,"list":["a b",2,null],` +
		`"name":"x","no":false,"none":null,"not-a-name":1,"outputs":{"out":"` + out + `"},"quote":"it's \"\u0001\" ü/",` +
		`"set":{"a":1.0,"b":"2"},"yes":true,"z":1}`
	if diff := cmp.Diff(wantJSON, e.files[".attrs.json"]); diff != "" {
		t.Errorf(".attrs.json (-want +got):\n%s", diff)
	}
	wantShell := strings.TrimLeft(`
declare big=-1294967296
declare -a empty=()
declare float=2
declare -a list=('a b' 2 '' )
declare name='x'
declare no=
declare none=''
declare -A outputs=(['out']='OUT' )
declare quote='it'\''s "`+"\x01"+`" ü/'
declare -A set=(['a']=1 ['b']='2' )
declare yes=1
declare z=1
`, "\n")
	wantShell = strings.ReplaceAll(wantShell, "OUT", out)
	if diff := cmp.Diff(wantShell, e.files[".attrs.sh"]); diff != "" {
		t.Errorf(".attrs.sh (-want +got):\n%s", diff)
	}
	if got, want := e.vars["NIX_ATTRS_SH_FILE"], "/build/.attrs.sh"; got != want {
		t.Errorf("NIX_ATTRS_SH_FILE = %q, want %q", got, want)
	}
	if _, ok := e.vars["out"]; ok {
		t.Error("with structured attributes the derivation's variables are not set")
	}
}

func TestRewritesOfUnknownPlaceholders(t *testing.T) {
	e := envOf(t, &drv.Derivation{
		Name: "x", Builder: "/bin/sh", Outputs: map[string]drv.Output{"out": {Path: "/nix/store/x"}},
		Env: map[string]string{"other": drv.Placeholder("dev")},
	}, nil)
	if got, want := e.vars["other"], drv.Placeholder("dev"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
