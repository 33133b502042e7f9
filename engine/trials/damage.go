package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// damageTrials damages files of a store: what is wrong is either found, and
// then mended by what there is for it, or does not matter.
func damageTrials(ctx context.Context, conf *config) error {
	input := filepath.Join(conf.scratch, "input")
	if err := conf.inputs(ctx, input); err != nil {
		return err
	}
	op := &operation{name: "damage", command: []string{"nix-store", "--verify"}, before: [][]string{
		{"nix-build", "-o", "$OUT/result", "$INPUT/outputs.nix"},
		{"nix-build", "-o", "$OUT/chain", "$INPUT/chain.nix"},
		{"nix-store", "--add", "$INPUT/tree"},
		{"nix-store", "--optimise"},
	}}
	b, err := conf.newBench(ctx, conf.newRig(input), op)
	if err != nil {
		return err
	}
	writeHead(os.Stdout)
	var rows []*row
	for _, d := range damages() {
		if !conf.only.MatchString(d.name) {
			continue
		}
		r := &row{program: conf.ours.Name, name: d.name}
		for i := 0; ; i++ {
			if err := b.work.copyFrom(ctx, b.start); err != nil {
				return err
			}
			more, err := d.apply(b.work, i)
			if err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
			if !more {
				break
			}
			f, err := d.mend(ctx, b)
			if err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
			r.note(fmt.Sprintf("damage %d", i), f)
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		r.write(os.Stdout)
		rows = append(rows, r)
	}
	return total(rows)
}

// A damage is one kind of damage in many places.
type damage struct {
	name string
	// apply does the ith, and reports whether there are so many.
	apply func(r *rig, i int) (bool, error)
	// ofDatabase says that all is as before once the database has been made anew; else
	// the files of a path are not what they were, which has to be found.
	ofDatabase bool
	// losesCommits says that the last commits may be undone without notice, as when
	// the power fails: SQLite takes its log to end before what it cannot read.
	losesCommits bool
}

// mend finds out what nixbench makes of a damaged store.
func (d *damage) mend(ctx context.Context, b *bench) (f finding, err error) {
	before, err := b.work.entries()
	if err != nil {
		return f, err
	}
	a, err := b.work.do(ctx, []string{"nix-store", "--verify", "--check-contents"})
	if err != nil {
		return f, err
	}
	wrong := complaints(a)
	if d.ofDatabase {
		f, err = b.work.inspect(ctx)
		if err != nil || len(f.violations) > 0 || f.state != b.want || a.status != 0 {
			found := a.status != 0 || err != nil || len(f.violations) > 0
			if !found && !(d.losesCommits && strings.HasPrefix(firstDifference(f.state, b.want), "missing: ")) {
				wrong = append(wrong, "nobody notices: "+firstDifference(f.state, b.want))
			}
			again, err := b.work.do(ctx, []string{"sh", "-c", `exec "$BIN/nix" --store "$STORE" store rebuild-db`})
			if err != nil {
				return f, err
			}
			wrong = append(wrong, complaints(again)...)
			if f, err = b.work.inspect(ctx); err != nil {
				wrong = append(wrong, "made anew, it is of no use: "+err.Error())
			} else if f.state != b.want {
				wrong = append(wrong, "made anew, it is another: "+firstDifference(f.state, b.want))
			}
		}
	} else if a.status == 0 {
		wrong = append(wrong, "verifying the contents finds nothing")
	}
	after, err := b.work.entries()
	if err == nil && len(after) < len(before) {
		wrong = append(wrong, fmt.Sprintf("%d of %d entries of the store are gone", len(before)-len(after), len(before)))
	}
	if d.ofDatabase {
		wrong = append(wrong, f.violations...)
	}
	f.violations = wrong
	return f, err
}

// entries returns what lies in the store.
func (r *rig) entries() ([]string, error) {
	found, err := filepath.Glob(filepath.Join(r.store(), "nix/store/[0-9a-z]*"))
	kept := found[:0]
	for _, name := range found {
		if !strings.HasSuffix(name, ".lock") {
			kept = append(kept, name)
		}
	}
	return kept, err
}

// damages are all kinds.
func damages() []damage {
	var all []damage
	for _, file := range []string{"db.sqlite", "db.sqlite-wal", "db.sqlite-shm"} {
		all = append(all, flips(file), cuts(file))
	}
	return append(all, schemaDamage, deletedDamage, fileDamage)
}

// flips changes one byte of each stretch of a file of the database.
func flips(file string) damage {
	const places = 40
	return damage{name: "flip in " + file, ofDatabase: true, losesCommits: file == "db.sqlite-wal", apply: func(r *rig, i int) (bool, error) {
		name := r.database(file)
		b, err := os.ReadFile(name)
		if os.IsNotExist(err) || err == nil && len(b) == 0 || i >= places {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		at := (len(b)*i/places + i*37) % len(b)
		b[at] ^= 1 << (i % 8)
		return true, os.WriteFile(name, b, 0o644)
	}}
}

// cuts truncates a file of the database.
func cuts(file string) damage {
	parts := []float64{0, 0.1, 0.25, 0.5, 0.75, 0.999}
	return damage{name: "cut " + file, ofDatabase: true, losesCommits: file == "db.sqlite-wal", apply: func(r *rig, i int) (bool, error) {
		name := r.database(file)
		info, err := os.Stat(name)
		if err != nil || i >= len(parts) {
			return false, nil
		}
		return true, os.Truncate(name, int64(parts[i]*float64(info.Size())))
	}}
}

func (r *rig) database(file string) string { return filepath.Join(r.store(), "nix/var/nix/db", file) }

var schemaDamage = damage{name: "schema number", ofDatabase: true, apply: func(r *rig, i int) (bool, error) {
	texts := []string{"", "9", "11", "junk", "10\n", "-1", "999999999999999999999"}
	if i == len(texts) {
		return true, os.Remove(r.database("schema"))
	}
	if i > len(texts) {
		return false, nil
	}
	return true, os.WriteFile(r.database("schema"), []byte(texts[i]), 0o644)
}}

var deletedDamage = damage{name: "database deleted", ofDatabase: true, apply: func(r *rig, i int) (bool, error) {
	kinds := [][]string{{"db.sqlite"}, {"db.sqlite-wal"}, {"db.sqlite-shm"}, {"db.sqlite", "db.sqlite-wal", "db.sqlite-shm"}, {"db.sqlite", "db.sqlite-wal", "db.sqlite-shm", "schema"}}
	if i >= len(kinds) {
		return false, nil
	}
	for _, name := range kinds[i] {
		if err := os.Remove(r.database(name)); err != nil && !os.IsNotExist(err) {
			return false, err
		}
	}
	return true, nil
}}

// fileDamage changes the files of one path after the other, each in another way.
var fileDamage = damage{name: "files of paths", apply: func(r *rig, i int) (bool, error) {
	paths, err := r.entries()
	if err != nil || i >= 3*len(paths) {
		return false, err
	}
	p := paths[i/3]
	file, err := someFile(p)
	if err != nil {
		return false, err
	}
	if err := os.Chmod(filepath.Dir(file), 0o755); err != nil {
		return false, err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	if err := os.Remove(file); err != nil { // others may be hard links to it
		return false, err
	}
	switch i % 3 {
	case 0:
		return true, os.WriteFile(file, append(b, 'x'), 0o444)
	case 1:
		return true, os.Symlink("elsewhere", file)
	default:
		return true, os.WriteFile(file, nil, 0o444)
	}
}}

// someFile returns a regular file, p itself or one below it.
func someFile(p string) (file string, err error) {
	err = filepath.WalkDir(p, func(name string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			file = name
			return filepath.SkipAll
		}
		return err
	})
	return file, err
}
