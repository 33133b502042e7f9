package syntax

import "testing"

// FuzzLoadTape pins that whatever bytes are loaded, they are refused or give a file
// that can be asked.
func FuzzLoadTape(f *testing.F) {
	const text = "/** one */ x: { a = x;\n /** two */ b = ./c; }\n"
	opts := &Options{Symbols: NewSymbols(), AbsolutePaths: LintWarn}
	tape, file, err := ParseTape("/file", text, opts, func(Expr, *File) error { return nil })
	if err != nil {
		f.Fatal(err)
	}
	data, _ := AppendTape(nil, tape, file, opts.Symbols)
	f.Add(data)
	for i := range data {
		f.Add(data[:i])
		bad := append([]byte(nil), data...)
		bad[i] ^= 0x85
		f.Add(bad)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		opts := &Options{Symbols: NewSymbols(), Positions: NewPosTable()}
		_, file, err := LoadTape(string(data), "/file", text, opts)
		if err != nil {
			return
		}
		for _, w := range file.Warnings {
			if opts.Positions.File(w.Pos) != file {
				t.Errorf("a warning is at %d", w.Pos)
			}
		}
		for i := range len(text) + 1 {
			file.Position(file.Pos(i))
			file.Doc(file.Pos(i))
		}
		for n := range file.LineCount() + 1 {
			file.Line(n)
		}
	})
}
