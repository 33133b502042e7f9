package text

import (
	"strings"
	"testing"
	"time"
)

func TestSizes(t *testing.T) {
	tests := []struct {
		n           int64
		size, bytes string
	}{
		{0, "0B", "0 B"},
		{512, "512B", "512 B"},
		{12 << 10, "12.0K", "12.0 KiB"},
		{410_096_435, "391.1M", "391.1 MiB"},
		{10_104_000_000, "9.41G", "9.41 GiB"},
		{123 << 30, "123.0G", "123.0 GiB"},
		{1<<30 - 1, "1.00G", "1.00 GiB"},
		{-3 << 20, "-3.0M", "-3.0 MiB"},
		{1 << 62, "4.00E", "4.00 EiB"},
	}
	for _, tt := range tests {
		if got := Size(tt.n); got != tt.size {
			t.Errorf("Size(%d): got %q, want %q", tt.n, got, tt.size)
		}
		if got := Bytes(tt.n); got != tt.bytes {
			t.Errorf("Bytes(%d): got %q, want %q", tt.n, got, tt.bytes)
		}
	}
	for n := int64(1); n > 0; n *= 3 {
		if got := Size(n); len(got) > 7 {
			t.Errorf("Size(%d) = %q is wider than 7 cells", n, got)
		}
	}
	if got, want := SignedBytes(1<<20), "+1.0 MiB"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTimes(t *testing.T) {
	const day = 24 * time.Hour
	now := time.Date(2026, 11, 21, 18, 2, 0, 0, time.UTC)
	tests := []struct {
		d                   time.Duration
		duration, took, age string
	}{
		{0, "0m00s", "<1 ms", "now"},
		{12 * time.Millisecond, "0m00s", "12 ms", "now"},
		{999_900 * time.Microsecond, "0m00s", "1.0 s", "now"},
		{41 * time.Second, "0m41s", "41.0 s", "now"},
		{22*time.Minute + 10*time.Second, "22m10s", "22m10s", "22m"},
		{62 * time.Minute, "1h02m", "1h02m", "1h"},
		{76 * time.Hour, "3d04h", "3d04h", "3d"},
		{300 * day, "300d00h", "300d00h", "300d"},
		{1100 * day, "1100d00h", "1100d00h", "3y"},
	}
	for _, tt := range tests {
		if got := Duration(tt.d); got != tt.duration {
			t.Errorf("Duration(%v): got %q, want %q", tt.d, got, tt.duration)
		}
		if got := Took(tt.d); got != tt.took {
			t.Errorf("Took(%v): got %q, want %q", tt.d, got, tt.took)
		}
		if got := Age(now, now.Add(-tt.d)); got != tt.age {
			t.Errorf("Age(%v): got %q, want %q", tt.d, got, tt.age)
		}
	}
	if got := Age(now, time.Time{}); got != "-" {
		t.Errorf("Age of no time: got %q, want -", got)
	}
	if got, want := Date(now), "2026-11-21 18:02"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 18204: "18,204", -1234567: "-1,234,567"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d): got %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 9999: "9999", 10_000: "10k", 999_999: "999k", 3_100_000: "3M"} {
		if got := ShortCount(n); got != want {
			t.Errorf("ShortCount(%d): got %q, want %q", n, got, want)
		}
	}
	if got, want := Plural(1, "path")+" "+Plural(3118, "path"), "1 path 3,118 paths"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNamesOnly(t *testing.T) {
	const hello = "/nix/store/6zaczpywcbd94p1xd4119zfcisa4b914-hello-2.12"
	for in, want := range map[string]string{
		"build " + hello + ".drv: exit status 1":    "build hello-2.12.drv: exit status 1",
		"'" + hello + "/bin/hello' and " + hello:    "'hello-2.12/bin/hello' and hello-2.12",
		"open /etc/nix/nix.conf: permission denied": "open /etc/nix/nix.conf: permission denied",
		"": "", "/": "/",
	} {
		if got := NamesOnly(in); got != want {
			t.Errorf("NamesOnly(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestShortPath(t *testing.T) {
	const p = "/nix/store/8h2kvabcdfghijklmnpqrsvwxyz01234-texlive-2024-env"
	tests := []struct {
		w    int
		want string
	}{
		{80, p},
		{40, "/nix/store/8h2k..-texlive-2024-env"},
		{30, "8h2k..-texlive-2024-env"},
		{16, "texlive-2024-env"},
		{12, "texliv..-env"},
		{4, "te.."},
		{1, "t"},
	}
	for _, tt := range tests {
		if got := ShortPath(p, tt.w); got != tt.want {
			t.Errorf("ShortPath(%d): got %q, want %q", tt.w, got, tt.want)
		}
	}
	for w := range 70 {
		for _, s := range []string{p, "~/src/long/path/to/a/project/result", "世界世界世界世界世界世界"} {
			if got := ShortPath(s, w); Width(got) > w {
				t.Errorf("ShortPath(%q, %d) = %q is wider", s, w, got)
			}
		}
	}
}

func TestTable(t *testing.T) {
	table := Table{Columns: []Column{{Title: "PATH"}, {Title: "SIZE", Right: true}, {}}}
	table.Row("hello", Size(12<<10))
	table.Row("a-longer-name\x1b[31m", "9B", "note")
	want := strings.Join([]string{
		`PATH                    SIZE`,
		`hello                  12.0K`,
		`a-longer-name\x1b[31m     9B  note`,
		``,
	}, "\n")
	if got := table.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
