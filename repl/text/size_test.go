package text

import "testing"

func TestParseSize(t *testing.T) {
	for s, want := range map[string]int64{
		"0": 0, "12": 12, "500M": 500 << 20, "1.5g": 3 << 29, " 2 GiB ": 2 << 30, "3KB": 3 << 10, "1t": 1 << 40, "7b": 7,
		"": -1, "G": -1, "-1": -1, "1x": -1, "0x10": -1, "inf": -1, "nan": -1, "9999999T": -1, "1e400": -1, "5 M M": -1,
	} {
		got, err := ParseSize(s)
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("ParseSize(%q): got %d, %v, want %d", s, got, err, want)
		}
	}
}
