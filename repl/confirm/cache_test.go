//go:build confirm

package confirm

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Binary caches on this machine are written and read by both programs, each what the other
// wrote; uncompressed they are the same to the byte.
func TestConfirmFileCache(t *testing.T) {
	b := newBuilds(t, "testdata/builds/rebuilds.nix")
	b.withContentAddresses()
	tw := &shellTwins{twins: b.twins, bin: filepath.Join(b.dir, "bin")}
	var top string
	for _, who := range []string{"ours", "theirs"} {
		built := b.ours(t, "nix-build", "--store", filepath.Join(b.dir, who), "--no-out-link", b.file, "-A", "user")
		if built.Status != 0 {
			t.Fatal(built.Stderr)
		}
		top = built.Stdout[:len(built.Stdout)-1]
	}
	b.must(t, "nix-store", "--generate-binary-cache-key", "k-1", filepath.Join(b.dir, "sk"), filepath.Join(b.dir, "pk"))
	plain := "?compression=none&secret-key=" + filepath.Join(b.dir, "sk")
	programs := map[string]func(*testing.T, ...string) said{"ours": b.ours, "theirs": b.theirs}
	for who, run := range programs {
		caches := map[string]string{"usual-" + who: "", "plain-" + who: plain}
		for _, c := range []string{"br", "bzip2", "compress", "gzip", "lz4", "lzip", "lzma", "zstd"} {
			caches[c+"-"+who] = "?compression=" + c
		}
		for name, params := range caches {
			said := run(t, "copy", "--from", filepath.Join(b.dir, who), "--to", "file://"+filepath.Join(b.dir, name)+params, top)
			if said.Status != 0 {
				t.Fatalf("%s: %s", name, said.Stderr)
			}
		}
	}
	list := func(who string) string {
		return tw.set(t, "cd plain-"+who+" && find . -type f ! -path '*trace*' ! -path '*realisations*' | LC_ALL=C sort | xargs sha256sum && cat *.narinfo nix-cache-info")
	}
	if d := cmp.Diff(list("theirs"), list("ours")); d != "" {
		t.Errorf("uncompressed (-nix +nixbench):\n%s", d)
	}
	for who, run := range programs {
		for _, cache := range []string{
			"usual-ours", "usual-theirs", "plain-ours", "bzip2-ours", "gzip-ours", "zstd-ours", "br-ours", "br-theirs",
			"lz4-ours", "lz4-theirs", "lzip-ours", "lzip-theirs", "lzma-ours", "lzma-theirs",
			"compress-ours", "compress-theirs",
		} {
			from, to := "file://"+filepath.Join(b.dir, cache), filepath.Join(b.dir, who+"-of-"+cache)
			if said := run(t, "copy", "--no-check-sigs", "--from", from, "--to", to, top); said.Status != 0 {
				t.Errorf("%s of %s: %s", who, cache, said.Stderr)
			}
			want := b.theirs(t, "path-info", "-r", "--json", "--json-format", "1", "--store", filepath.Join(b.dir, "ours"), top)
			got := b.theirs(t, "store", "verify", "-r", "--no-trust", "--store", to, top)
			if got.Status != 0 || want.Status != 0 {
				t.Errorf("%s of %s: %s%s", who, cache, got.Stderr, want.Stderr)
			}
		}
	}
	for who, run := range programs {
		said := run(t, "copy", "--from", "file://"+filepath.Join(b.dir, "usual-ours"), "--to", filepath.Join(b.dir, "unsigned-"+who), top)
		if said.Status != 1 {
			t.Errorf("%s: what nobody has signed is copied: %+v", who, said)
		}
	}
}

// What is wrong with how a cache is to be compressed, or is said to be, is told of in the same
// words.
func TestConfirmCompressionWords(t *testing.T) {
	newApartTwins(t).compareLines(t, `
! echo x > x
A=nix-store --add x
nix copy --to "file://$PWD/c?compression=Xz" $A
nix copy --to "file://$PWD/c?compression=zst" $A
nix copy --to "file://$PWD/c?compression=" $A
nix copy --to "file://$PWD/c?compression=brotli" $A
nix copy --to "file://$PWD/c?compression=lzop" $A
nix copy --to "file://$PWD/c?compression=lz4&compression-level=0" $A
nix copy --to "file://$PWD/c?compression=lz4&compression-level=10" $A
nix copy --to "file://$PWD/c?compression=lz4&parallel-compression=true" $A
nix copy --to "file://$PWD/c?compression=lzma&compression-level=10" $A
nix copy --to "file://$PWD/1?compression=lzma&parallel-compression=true" $A; grep Compr 1/*.narinfo
nix copy --to "file://$PWD/2?compression=lzip&compression-level=3" $A; ls 2/nar | sed 's/.*[.]//'
nix copy --to "file://$PWD/3?compression=br&compression-level=99" $A; cat 3/*.narinfo
nix copy --to "file://$PWD/4?compression=compress" $A; cat 4/*.narinfo
nix copy --to "file://$PWD/c?compression=compress&compression-level=3" $A
nix copy --to "file://$PWD/c?compression=compress&parallel-compression=true" $A
! (seq 200000; yes | head -c 100000; seq 7 3 900000; seq 1000000 | rev) > long
LONG=nix-store --add long
nix copy --to "file://$PWD/5?compression=compress" $LONG; cat 5/*.narinfo
! sed -i 's/^Compression: .*/Compression: compress/' 3/*.narinfo
nix copy --no-check-sigs --from "file://$PWD/3" --to $PWD/to $A
! sed -i 's/^Compression: .*/Compression: xz/' 3/*.narinfo
nix copy --from "file://$PWD/3" --to $PWD/to $A #stderr 2.34 does not say which path is not signed
nix copy --no-check-sigs --from "file://$PWD/3" --to $PWD/to $A
! sed -i 's/^Compression: .*/Compression: none/' 2/*.narinfo
nix copy --no-check-sigs --from "file://$PWD/2" --to $PWD/to $A
`)
}

// A binary cache is a store that is asked and added to by URL, with the same words.
func TestConfirmFileStore(t *testing.T) {
	tw := newApartTwins(t)
	for _, tw := range []*apartTwin{tw.theirs, tw.ours} {
		tw.set(t, "cat > set.nix <<'END'\n"+substitutedSet+"END\n")
	}
	tw.compareLines(t, `
! nix-store --generate-binary-cache-key k-1 sk pk; echo x > x
A=nix-build set.nix -A top --no-out-link
B=nix-build set.nix -A base --no-out-link
! nix copy --to "file://$PWD/cache?compression=none" $A
nix path-info --store file://$PWD/cache -rsSh $A
nix path-info --store file://$PWD/cache --all --json --json-format 2 #stderr 2.34 warns
nix path-info --store file://$PWD/cache /nix/store/00000000000000000000000000000000-x
nix store ls --store file://$PWD/cache -l $A
nix store cat --store file://$PWD/cache $A
nix store ls --store file://$PWD/cache $A/x #stderr 2.34 does not know which path
nix-store --store file://$PWD/cache -qR $A
nix-store --store file://$PWD/cache -q --hash $A
nix-store --store file://$PWD/cache -q --referrers $A
nix-store --store file://$PWD/cache --check-validity $A $B
nix-store --store file://$PWD/cache --dump $A | sha256sum
nix-store --store file://$PWD/cache --gc
nix-store --store file://$PWD/cache --delete $A
nix store delete --store file://$PWD/cache $A
nix store gc --store file://$PWD/cache
nix store sign --store file://$PWD/cache -k $PWD/sk -r $A
nix store sign --store file://$PWD/cache -k $PWD/sk -r $A
grep -v Sig: cache/*.narinfo
nix store verify --store file://$PWD/cache --all
nix store verify --store file://$PWD/cache --all --trusted-public-keys "$(cat pk)"
nix store info --store file://$PWD/cache
nix log --store file://$PWD/cache $A
nix store copy-log --to file://$PWD/cache $A; ls cache/log
! rm -rf nix/var/log
nix log --substituters file://$PWD/cache $A
nix log --substituters file://$PWD/cache $(nix-store -q --deriver $A)
nix log $A
nix log --substituters file://$PWD/cache $B
nix-store -l --substituters file://$PWD/cache $A
nix path-info --store "file://$PWD/cache?foo=bar&compression=xyz" $A #stderr the value is refused in other words
nix-instantiate --store "file://$PWD/drvs?compression=none" set.nix -A top #stderr 2.34 writes one after the other
nix-store --store "file://$PWD/drvs?compression=none" --add x
nix-store --store "file://$PWD/drvs?compression=none" --add-fixed sha256 x
nix store add --store "file://$PWD/drvs?compression=none" x
cat drvs/*.narinfo
! sed -i 's/^NarHash: sha256:./NarHash: sha256:0/' cache/*.narinfo
nix store verify --store file://$PWD/cache --all --no-trust
! rm cache/nar/*
nix store verify --store file://$PWD/cache --no-trust $A
nix store cat --store file://$PWD/cache $A
! sed -i 's/^NarSize: .*/NarSize: x/' cache/*.narinfo
nix path-info --store file://$PWD/cache $A
! sed -i '/^NarSize: .*/d' cache/*.narinfo
nix path-info --store file://$PWD/cache $A
! sed -i '/^URL: .*/d' cache/*.narinfo
nix path-info --store file://$PWD/cache $A
! sed -i 's,^StoreDir: .*,StoreDir: /other,' cache/nix-cache-info
nix path-info --store file://$PWD/cache $A
`)
}
