package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// Register makes paths valid, all of them or, after an error, none. Their files
// are in place and durable, and the caller holds their locks. What is valid
// already gets the new hash, size, signatures and content address.
//
// Every reference must be valid or among infos, or errors.Is(err,
// store.ErrInvalidPath); References must not go in a circle; a content address
// must lead to its path; the outputs of a derivation must be where they have
// to be. That contents agree with hashes is for the caller to see to. A
// RegistrationTime of 0 stands for now.
func (st *Store) Register(ctx context.Context, infos []*store.PathInfo) error {
	err := st.Writable()
	if err == nil {
		err = st.Flush(ctx)
	}
	if err == nil {
		err = st.register(ctx, infos, nil)
	}
	if err != nil {
		return fmt.Errorf("register paths: %w", err)
	}
	return nil
}

// register is Register for what may include derivations whose outputs were
// checked: those in checked.
func (st *Store) register(ctx context.Context, infos []*store.PathInfo, checked map[store.Path]*drv.Derivation) error {
	if len(infos) == 0 {
		return nil
	}
	if err := checkInfos(ctx, infos); err != nil {
		return err
	}
	outputs := make(map[store.Path]*drv.Derivation)
	for _, info := range infos {
		if !info.Path.IsDerivation() {
			continue
		}
		d := checked[info.Path]
		if d == nil {
			var err error
			if d, err = st.checkDerivation(info.Path); err != nil {
				return err
			}
		}
		outputs[info.Path] = d
	}
	err := st.registerOnce(ctx, infos, outputs)
	if sqlite.ErrCode(err) == sqlite.ResultConstraintForeignKey {
		// A path of which we remembered the row was collected.
		st.drvs.forget()
		err = st.registerOnce(ctx, infos, outputs)
	}
	return err
}

// checkDerivation reads a derivation and checks where its outputs are: else a
// derivation could claim any path.
func (st *Store) checkDerivation(p store.Path) (*drv.Derivation, error) {
	d, err := st.loadDerivation(p)
	if errors.Is(err, fs.ErrNotExist) && isGone(st.RealPath(p)) {
		return nil, &AbsentError{p}
	}
	if err != nil {
		return nil, err
	}
	if err := st.modulo.CheckOutputs(d); err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	return d, nil
}

// An AbsentError says in Nix's words that there are no files of a path that is to be
// registered.
type AbsentError struct{ Path store.Path }

func (e *AbsentError) Error() string { return "store path '" + string(e.Path) + "' does not exist" }

// checkInfos checks what can be seen without the database.
func checkInfos(ctx context.Context, infos []*store.PathInfo) error {
	byPath := make(map[store.Path]*store.PathInfo, len(infos))
	paths := make([]store.Path, len(infos))
	for i, info := range infos {
		byPath[info.Path] = info
		paths[i] = info.Path
		if info.NarHash.Algo() != nixhash.SHA256 {
			return fmt.Errorf("%s: got NAR hash %q, want a SHA-256", info.Path, info.NarHash)
		}
		if info.CA != "" && !info.IsContentAddressed() {
			return fmt.Errorf("%s: its content address %s is that of another path", info.Path, info.CA)
		}
		if err := checkWords(info); err != nil {
			return err
		}
	}
	_, err := store.TopoSort(ctx, paths, func(_ context.Context, p store.Path) ([]store.Path, error) {
		if info := byPath[p]; info != nil {
			return info.References, nil
		}
		return nil, nil
	})
	return err
}

// checkWords refuses what would be read as several signatures.
func checkWords(info *store.PathInfo) error {
	if strings.ContainsFunc(strings.Join(info.Sigs, "")+info.CA, func(r rune) bool { return r <= ' ' }) {
		return fmt.Errorf("%s: blanks in a signature or content address", info.Path)
	}
	return nil
}

// registerOnce does so in one transaction.
func (st *Store) registerOnce(ctx context.Context, infos []*store.PathInfo, outputs map[store.Path]*drv.Derivation) error {
	now := time.Now().Unix()
	ids := make(map[store.Path]int64, len(infos))
	err := st.db.write(ctx, func(c *sqlite.Conn) error {
		for _, info := range infos {
			id, err := putPath(c, info, now)
			if err != nil {
				return fmt.Errorf("%s: %w", info.Path, err)
			}
			ids[info.Path] = id
			if err := putOutputs(c, id, outputs[info.Path]); err != nil {
				return fmt.Errorf("%s: %w", info.Path, err)
			}
		}
		for _, info := range infos {
			for _, ref := range info.References {
				if err := st.putReference(c, ids, info.Path, ref); err != nil {
					return err
				}
			}
		}
		return st.journal.valid(infos, now)
	})
	if err == nil {
		st.drvs.remember(ids)
	}
	return err
}

// putPath writes the row of a path and returns its id.
func putPath(c *sqlite.Conn, info *store.PathInfo, now int64) (id int64, err error) {
	bind := func(stmt *sqlite.Stmt) {
		stmt.SetText(":hash", info.NarHash.Base16())
		setUnless(stmt, ":size", info.NarSize == 0, func(param string) { stmt.SetInt64(param, info.NarSize) })
		setUnless(stmt, ":ultimate", !info.Ultimate, func(param string) { stmt.SetInt64(param, 1) })
		setUnless(stmt, ":sigs", len(info.Sigs) == 0, func(param string) { stmt.SetText(param, strings.Join(info.Sigs, " ")) })
		setUnless(stmt, ":ca", info.CA == "", func(param string) { stmt.SetText(param, info.CA) })
	}
	id, found, err := pathID(c, info.Path)
	if err != nil {
		return 0, err
	}
	if found {
		return id, each(c, sqlUpdatePath, func(stmt *sqlite.Stmt) {
			bind(stmt)
			stmt.SetInt64(":id", id)
		}, nil)
	}
	err = each(c, sqlInsertPath, func(stmt *sqlite.Stmt) {
		bind(stmt)
		stmt.SetText(":path", string(info.Path))
		stmt.SetInt64(":time", now)
		if info.RegistrationTime != 0 {
			stmt.SetInt64(":time", info.RegistrationTime)
		}
		setUnless(stmt, ":deriver", info.Deriver == "", func(param string) { stmt.SetText(param, string(info.Deriver)) })
	}, nil)
	return c.LastInsertRowID(), err
}

// setUnless sets a parameter to null, or else as set does.
func setUnless(stmt *sqlite.Stmt, param string, null bool, set func(param string)) {
	if null {
		stmt.SetNull(param)
	} else {
		set(param)
	}
}

// putOutputs writes which outputs a derivation has, if d is not nil.
func putOutputs(c *sqlite.Conn, id int64, d *drv.Derivation) error {
	if d == nil {
		return nil
	}
	for _, name := range d.OutputNames() {
		p := d.OutputPath(name)
		if p == "" {
			continue // not known before it is built
		}
		err := each(c, sqlInsertOutput, func(stmt *sqlite.Stmt) {
			stmt.SetInt64(":drv", id)
			stmt.SetText(":output", name)
			stmt.SetText(":path", string(p))
		}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// putReference writes that referrer, whose id is in ids, refers to ref.
func (st *Store) putReference(c *sqlite.Conn, ids map[store.Path]int64, referrer, ref store.Path) error {
	to, found := ids[ref]
	if !found {
		to, found = st.drvs.id(ref)
	}
	if !found {
		var err error
		if to, found, err = pathID(c, ref); err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("%s: reference %s: %w", referrer, ref, store.ErrInvalidPath)
		}
		ids[ref] = to
	}
	return each(c, sqlInsertReference, func(stmt *sqlite.Stmt) {
		stmt.SetInt64(":referrer", ids[referrer])
		stmt.SetInt64(":reference", to)
	}, nil)
}

func pathID(c *sqlite.Conn, p store.Path) (id int64, found bool, err error) {
	err = each(c, sqlPathID, bindPath(p), func(stmt *sqlite.Stmt) error {
		id, found = stmt.ColumnInt64(0), true
		return nil
	})
	return id, found, err
}

// Sync returns once all that is valid now stays so over a crash of the machine.
func (st *Store) Sync(ctx context.Context) error {
	err := st.Flush(ctx)
	if err == nil {
		err = st.db.sync()
	}
	if err != nil {
		return fmt.Errorf("sync store: %w", err)
	}
	return nil
}
