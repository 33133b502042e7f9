package narinfo

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
)

// oracle returns files that a real Nix wrote, by name.
func oracle(tb testing.TB) map[string]string {
	tb.Helper()
	files, err := filepath.Glob("testdata/oracle/*.narinfo")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no files in testdata: %v", err)
	}
	texts := make(map[string]string)
	for _, file := range files {
		texts[filepath.Base(file)] = read(tb, file)
	}
	return texts
}

func read(tb testing.TB, file string) string {
	tb.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func keys(t *testing.T) (*SecretKey, PublicKeys) {
	t.Helper()
	secret, err := ParseSecretKey(read(t, "testdata/secret-key"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := ParsePublicKeys([]string{read(t, "testdata/public-key")})
	if err != nil {
		t.Fatal(err)
	}
	return secret, public
}

// What a real Nix wrote reads and prints the same, its signatures hold, and
// ours are equal to them.
func TestOracle(t *testing.T) {
	secret, public := keys(t)
	if got, want := secret.Public(), read(t, "testdata/public-key"); got != want {
		t.Errorf("Public = %s, want %s", got, want)
	}
	for name, text := range oracle(t) {
		info, err := Parse(store.DefaultDir, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(text, string(info.Text())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got, want := info.Path.Digest()+".narinfo", name; got != want {
			t.Errorf("%s describes %s", name, info.Path)
		}
		if got, want := public.Verify(&info.PathInfo), []string{"test.example-1"}; !slices.Equal(got, want) {
			t.Errorf("%s: Verify = %v, want %v", name, got, want)
		}
		if got, err := secret.Sign(&info.PathInfo); err != nil || got != info.Sigs[0] {
			t.Errorf("%s: Sign = %s, %v, want %s", name, got, err, info.Sigs[0])
		}
		if !info.IsContentAddressed() {
			t.Errorf("%s: CA %s does not lead to %s", name, info.CA, info.Path)
		}
	}
}

// A signature covers path, hash, size and references, by a key that is known
// under that name.
func signatureCoversAll(t *testing.T) {
	secret, public := keys(t)
	var good *Info
	for name, text := range oracle(t) {
		if strings.Contains(text, "-note\nURL") {
			info, err := Parse(store.DefaultDir, []byte(text))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			good = info
		}
	}
	good.CA = ""
	if len(public.Verify(&good.PathInfo)) == 0 {
		t.Fatal("the signature is not found")
	}
	other, err := GenerateKey(secret.Name(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := other.Sign(&good.PathInfo)
	if err != nil {
		t.Fatal(err)
	}
	_, sig, _ := strings.Cut(good.Sigs[0], ":")
	for name, spoil := range map[string]func(*store.PathInfo){
		"path":             func(i *store.PathInfo) { i.Path += "x" },
		"hash":             func(i *store.PathInfo) { i.NarHash = good.FileHash },
		"size":             func(i *store.PathInfo) { i.NarSize++ },
		"no size":          func(i *store.PathInfo) { i.NarSize = 0 },
		"no references":    func(i *store.PathInfo) { i.References = nil },
		"more references":  func(i *store.PathInfo) { i.References = append(slices.Clone(i.References), i.Path) },
		"no signature":     func(i *store.PathInfo) { i.Sigs = nil },
		"short signature":  func(i *store.PathInfo) { i.Sigs = []string{"test.example-1:AAAA"} },
		"other key's name": func(i *store.PathInfo) { i.Sigs = []string{"other-1:" + sig} },
		"other key":        func(i *store.PathInfo) { i.Sigs = []string{forged} },
		"wrong CA":         func(i *store.PathInfo) { i.Sigs, i.CA = nil, "fixed:r:"+i.NarHash.String() },
	} {
		info := good.PathInfo
		spoil(&info)
		if len(public.Verify(&info)) > 0 {
			t.Errorf("%s changed: still signed", name)
		}
	}
	unsigned := good.PathInfo
	unsigned.Sigs = []string{"bad", forged, good.Sigs[0], good.Sigs[0]}
	if got := public.Verify(&unsigned); len(got) != 1 {
		t.Errorf("Verify with other signatures beside = %v, want one", got)
	}
}

func TestParseRefuses(t *testing.T) {
	const good = "StorePath: /nix/store/fars50mlfk67nyzn0mc86b8gwbai49jr-dep.txt\nURL: nar/x.nar\nCompression: xz\n" +
		"FileHash: sha256:0vndhnpqzhz4n0lz6920j0pjmzap93vf8mncpd77m1hqiff28gfm\nFileSize: 124\n" +
		"NarHash: sha256:0i0g5h0y4w5xf5rynap2x27zaib43xl5qr5wlj9vw83ai7p732m1\nNarSize: 120\nReferences: \n" +
		"Deriver: unknown-deriver\nUnknown: field\n"
	info, err := Parse(store.DefaultDir, []byte(good))
	if err != nil || info.Deriver != "" || len(info.References) > 0 {
		t.Fatalf("Parse = %+v, %v", info, err)
	}
	for name, swap := range map[string][2]string{
		"no path":              {"StorePath: ", "Path: "},
		"path elsewhere":       {"/nix/store/", "/tmp/"},
		"no URL":               {"URL: ", "Url: "},
		"empty URL":            {"URL: nar/x.nar", "URL: "},
		"no hash":              {"NarHash: ", "Hash: "},
		"SHA-1":                {"NarHash: sha256:0i0g5h0y4w5xf5rynap2x27zaib43xl5qr5wlj9vw83ai7p732m1", "NarHash: sha1:143xibwh31h9bvxzalr0sjvbbvpa6ffs"},
		"size zero":            {"NarSize: 120", "NarSize: 0"},
		"size negative":        {"NarSize: 120", "NarSize: -1"},
		"size too large":       {"NarSize: 120", "NarSize: 9223372036854775808"},
		"reference as a path":  {"References: ", "References: /nix/store/fars50mlfk67nyzn0mc86b8gwbai49jr-dep.txt"},
		"references twice":     {"References: \n", "References: \nReferences: \n"},
		"hash twice":           {"NarSize: 120\n", "NarSize: 120\nNarSize: 120\n"},
		"compression unknown":  {"Compression: xz", "Compression: xy"},
		"bad signature":        {"Unknown: field", "Sig: nothing"},
		"bad content address":  {"Unknown: field", "CA: nothing"},
		"line without a colon": {"Unknown: field", "Unknown"},
		"line without a value": {"Unknown: field", "Unknown:"},
		"no end of line":       {"Unknown: field\n", "Unknown: field"},
	} {
		text := strings.Replace(good, swap[0], swap[1], 1)
		if text == good {
			t.Fatalf("%s: nothing replaced", name)
		}
		if info, err := Parse(store.DefaultDir, []byte(text)); err == nil {
			t.Errorf("%s: Parse = %+v, want an error", name, info)
		}
	}
	if info, err := Parse(store.DefaultDir, []byte(strings.Replace(good, "Compression: xz\n", "", 1))); err != nil || info.Compression != "bzip2" {
		t.Errorf("without Compression: %+v, %v, want bzip2", info, err)
	}
}

func TestKeys(t *testing.T) {
	key, err := GenerateKey("k-1", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseSecretKey(key.Text() + "\n")
	if err != nil || again.Public() != key.Public() {
		t.Errorf("ParseSecretKey of its own text = %v", err)
	}
	for _, s := range []string{"", "k", "k:", ":AAAA", "k:AAAA", "k:!", key.Public(), key.Text()[:len(key.Text())-8] + "AAAAAA=="} {
		if _, err := ParseSecretKey(s); err == nil {
			t.Errorf("ParseSecretKey(%q): no error", s)
		} else if len(s) > 20 && strings.Contains(err.Error(), s[10:20]) {
			t.Errorf("ParseSecretKey: error %q tells of the key", err)
		}
	}
	for _, list := range [][]string{{""}, {"k:AAAA"}, {key.Text()}, {key.Public(), "k-1:" + strings.Repeat("A", 43) + "="}} {
		if keys, err := ParsePublicKeys(list); err == nil {
			t.Errorf("ParsePublicKeys(%q) = %v, want an error", list, keys)
		}
	}
}

func FuzzNarinfo(f *testing.F) {
	for _, text := range oracle(f) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		info, err := Parse(store.DefaultDir, text)
		if err != nil {
			return
		}
		printed := info.Text()
		again, err := Parse(store.DefaultDir, printed)
		if err != nil {
			t.Fatalf("%q prints as %q: %v", text, printed, err)
		}
		if !bytes.Equal(again.Text(), printed) {
			t.Fatalf("%q prints as %q, then as %q", text, printed, again.Text())
		}
	})
}
