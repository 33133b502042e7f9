package local

// The build trace says what the outputs of derivations came to be whose paths
// are not known beforehand. Two tables may hold it: that of Nix from 2.35 on, by
// the path of the derivation, which is made when it is first needed; and that of
// older ones, by a hash of the derivation, which is kept up where it is there, so
// that a store can be shared with such a Nix.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"nixbench/store"
	"nixbench/store/drv"
)

// traceMigration is the name that Nix gives the making of the build trace.
const traceMigration = "20251017-ca-derivations"

// A traceTable is one of the tables of the build trace.
type traceTable struct{ name, query, insert, update, remove string }

var (
	buildTrace      = traceTable{"BuildTraceV3", sqlRealisation, sqlInsertRealisation, sqlUpdateRealisation, sqlDeleteRealisation}
	oldRealisations = traceTable{"Realisations", sqlOldRealisation, sqlInsertOldRealisation, sqlUpdateOldRealisation, sqlDeleteOldRealisation}
)

// Realisation returns what an output of the derivation at drvPath came to be, or
// ok false if that is not known or no longer valid. The derivation need not be
// valid.
func (st *Store) Realisation(ctx context.Context, drvPath store.Path, output store.OutputName) (r store.Realisation, ok bool, err error) {
	return st.realisation(ctx, drvPath, output, func(c *sqlite.Conn, p store.Path) (bool, error) { return exists(c, sqlPathID, bindPath(p)) })
}

// RealisationOnce is [Store.Realisation] also of what is no longer valid.
func (st *Store) RealisationOnce(ctx context.Context, drvPath store.Path, output store.OutputName) (r store.Realisation, ok bool, err error) {
	return st.realisation(ctx, drvPath, output, func(*sqlite.Conn, store.Path) (bool, error) { return true, nil })
}

// realisation asks both tables, and takes what the trace says if it does for the path.
func (st *Store) realisation(ctx context.Context, drvPath store.Path, output store.OutputName,
	does func(*sqlite.Conn, store.Path) (bool, error),
) (r store.Realisation, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return r, false, err
	}
	asked := store.Realisation{DrvPath: drvPath, Output: output}
	err = st.db.query(ctx, func(c *sqlite.Conn) error {
		r, ok = asked, false
		for _, table := range []traceTable{buildTrace, oldRealisations} {
			there, err := table.exists(c)
			if err != nil {
				return err
			}
			if !there {
				continue
			}
			key, err := st.traceKey(table, drvPath)
			if err != nil {
				return err
			}
			found, err := table.get(c, key, &r)
			if err == nil && found {
				ok, err = does(c, r.OutPath)
			}
			if ok || err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return asked, false, fmt.Errorf("query realisation of %s: %w", asked, err)
	}
	return r, ok, nil
}

// RegisterRealisations adds to the build trace, all of rs or, after an error,
// none. Their paths are valid. What the trace says of an output already stays,
// but for more signatures; if that is another path it is an error, even if that one has
// been deleted, as in HEAD: [Store.DeleteRealisations] makes room. What is noted for older
// Nix goes with its path.
//
// What is said to be Unresolved is noted only for older Nix. Each table gets signatures of its
// own by sign, which may be nil, for what they say differs.
func (st *Store) RegisterRealisations(ctx context.Context, rs []store.Realisation, sign store.Signer) error {
	err := st.Writable()
	if err == nil {
		err = st.Flush(ctx)
	}
	if err == nil {
		err = st.db.write(ctx, func(c *sqlite.Conn) error { return st.putRealisations(c, rs, sign) })
	}
	if err != nil {
		return fmt.Errorf("register realisations: %w", err)
	}
	return nil
}

func (st *Store) putRealisations(c *sqlite.Conn, rs []store.Realisation, sign store.Signer) error {
	if err := makeBuildTrace(c); err != nil {
		return err
	}
	old, err := oldRealisations.exists(c)
	if err != nil {
		return err
	}
	for _, r := range rs {
		if !r.Unresolved {
			if err := buildTrace.put(c, r.DrvPath.Base(), r, sign); err != nil {
				return err
			}
		}
		if !old {
			continue
		}
		if r.DrvHash == "" {
			if r.DrvHash, err = st.traceKey(oldRealisations, r.DrvPath); err != nil {
				return err
			}
		}
		if r.DrvHash == "" {
			continue
		}
		if err := oldRealisations.put(c, r.DrvHash, r, sign); err != nil {
			return err
		}
	}
	return st.noteRealisations(c, rs)
}

// noteRealisations writes into the journal what was registered, with all signatures.
func (st *Store) noteRealisations(c *sqlite.Conn, rs []store.Realisation) error {
	var noted []store.Realisation
	for _, r := range rs {
		if r.Unresolved {
			continue
		}
		if _, err := buildTrace.get(c, r.DrvPath.Base(), &r); err != nil {
			return err
		}
		noted = append(noted, r)
	}
	return st.journal.built(noted)
}

// DeleteRealisations removes outputs from the build trace, all or none. Those that
// it does not have are passed over.
func (st *Store) DeleteRealisations(ctx context.Context, outputs []store.DrvOutput) error {
	err := st.Writable()
	if err == nil {
		err = st.db.write(ctx, func(c *sqlite.Conn) error {
			for _, table := range []traceTable{buildTrace, oldRealisations} {
				if err := st.deleteRealisations(c, table, outputs); err != nil {
					return err
				}
			}
			return st.journal.unbuilt(outputs)
		})
	}
	if err != nil {
		return fmt.Errorf("delete realisations: %w", err)
	}
	return nil
}

func (st *Store) deleteRealisations(c *sqlite.Conn, table traceTable, outputs []store.DrvOutput) error {
	there, err := table.exists(c)
	if err != nil || !there {
		return err
	}
	for _, o := range outputs {
		key, err := st.traceKey(table, o.DrvPath)
		if err != nil {
			return err
		}
		err = each(c, table.remove, func(stmt *sqlite.Stmt) {
			stmt.SetText(":drv", key)
			stmt.SetText(":output", o.Output)
		}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// makeBuildTrace makes the table of the build trace, as Nix does, unless it is
// there.
func makeBuildTrace(c *sqlite.Conn) error {
	done, err := migrationApplied(c, traceMigration)
	if err != nil || done {
		return err
	}
	if err := sqlitex.ExecuteScript(c, sqlBuildTrace, nil); err != nil {
		return err
	}
	return each(c, sqlInsertMigration, func(stmt *sqlite.Stmt) { stmt.SetText(":migration", traceMigration) }, nil)
}

// traceKey returns how a table calls a derivation; "" if that cannot be known.
func (st *Store) traceKey(table traceTable, drvPath store.Path) (string, error) {
	if table.name == buildTrace.name {
		return drvPath.Base(), nil
	}
	d, err := st.loadDerivation(drvPath)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	return st.OldDrvHash(d)
}

// FillOld fills in what Nix before 2.35 says of a realisation, as far as that can be known:
// what it calls the derivation, and what was signed for it.
func (st *Store) FillOld(ctx context.Context, r *store.Realisation) (err error) {
	if r.DrvHash, err = st.traceKey(oldRealisations, r.DrvPath); err != nil || r.DrvHash == "" {
		return err
	}
	was := r.OldSigs
	return st.db.query(ctx, func(c *sqlite.Conn) error {
		r.OldSigs = was
		there, err := oldRealisations.exists(c)
		if err != nil || !there {
			return err
		}
		old := store.Realisation{Output: r.Output}
		if found, err := oldRealisations.get(c, r.DrvHash, &old); err != nil || !found || old.OutPath != r.OutPath {
			return err
		}
		r.OldSigs = old.OldSigs
		return nil
	})
}

// OldDrvHash returns what Nix before 2.35 calls a derivation, which need not be in the store
// as those that it needs have to be; as [store.Realisation] has it.
func (st *Store) OldDrvHash(d *drv.Derivation) (string, error) {
	h, err := st.modulo.TraceHash(d)
	return h.Base16(), err
}

func (t traceTable) exists(c *sqlite.Conn) (bool, error) {
	return exists(c, sqlHasTable, func(stmt *sqlite.Stmt) { stmt.SetText(":name", t.name) })
}

// get fills in the path of r and its signatures.
func (t traceTable) get(c *sqlite.Conn, key string, r *store.Realisation) (found bool, err error) {
	err = each(c, t.query, func(stmt *sqlite.Stmt) {
		stmt.SetText(":drv", key)
		stmt.SetText(":output", r.Output)
	}, func(stmt *sqlite.Stmt) error {
		found = true
		r.OutPath, *t.sigsOf(r) = store.Path(stmt.ColumnText(0)), strings.Fields(stmt.ColumnText(1))
		return nil
	})
	return found, err
}

// fingerprint returns what is signed about what the table says of an output.
func (t traceTable) fingerprint(r store.Realisation) string {
	if t.name == buildTrace.name {
		return r.Fingerprint()
	}
	return r.OldFingerprint()
}

// sigsOf returns the signatures of what the table says.
func (t traceTable) sigsOf(r *store.Realisation) *[]string {
	if t.name == buildTrace.name {
		return &r.Sigs
	}
	return &r.OldSigs
}

// put writes a realisation.
func (t traceTable) put(c *sqlite.Conn, key string, r store.Realisation, sign store.Signer) error {
	var own []string
	if sign != nil {
		var err error
		if own, err = sign(t.fingerprint(r)); err != nil {
			return err
		}
	}
	old := store.Realisation{Output: r.Output}
	found, err := t.get(c, key, &old)
	if err != nil {
		return err
	}
	statement := t.insert
	if found {
		statement = t.update
		if old.OutPath != r.OutPath {
			valid, err := exists(c, sqlPathID, bindPath(old.OutPath))
			if err != nil {
				return err
			}
			if valid || t.name == buildTrace.name {
				return fmt.Errorf("Trying to register a realisation of '%s', but we already have another one locally.\nLocal:  %s\nRemote: %s", //nolint:staticcheck // Nix's words
					r, old.OutPath, r.OutPath)
			}
			old.Sigs, old.OldSigs = nil, nil
		}
	}
	sigs := slices.Concat(*t.sigsOf(&old), *t.sigsOf(&r), own)
	slices.Sort(sigs)
	return each(c, statement, func(stmt *sqlite.Stmt) {
		stmt.SetText(":drv", key)
		stmt.SetText(":output", r.Output)
		stmt.SetText(":path", string(r.OutPath))
		stmt.SetText(":sigs", strings.Join(slices.Compact(sigs), " "))
	}, nil)
}
