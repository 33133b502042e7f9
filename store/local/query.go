package local

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// IsValid reports whether the store has p. A derivation that was added counts,
// see [Store.AddDerivation].
func (st *Store) IsValid(ctx context.Context, p store.Path) (bool, error) {
	if st.drvs.Has(p) {
		return true, nil
	}
	valid, err := st.isValid(ctx, p)
	if err != nil {
		return false, fmt.Errorf("query %s: %w", p, err)
	}
	return valid, nil
}

// isValid looks only into the database.
func (st *Store) isValid(ctx context.Context, p store.Path) (valid bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	err = st.db.query(ctx, func(c *sqlite.Conn) error {
		valid, err = exists(c, sqlPathID, bindPath(p))
		return err
	})
	return valid, err
}

// QueryValid returns those of paths that are valid, sorted without duplicates.
func (st *Store) QueryValid(ctx context.Context, paths []store.Path) ([]store.Path, error) {
	paths = store.SortUnique(paths)
	valid := make([]store.Path, 0, len(paths))
	err := st.db.snapshot(ctx, func(c *sqlite.Conn) error {
		valid = valid[:0]
		return eachStored(ctx, c, paths, func(p store.Path, isStored bool) {
			if isStored || st.drvs.Has(p) {
				valid = append(valid, p)
			}
		})
	})
	if err != nil {
		return nil, fmt.Errorf("query valid paths: %w", err)
	}
	return valid, nil
}

// eachStored says of paths, which are sorted, one after the other whether the database has
// them. If there are many, all that it has are read instead.
func eachStored(ctx context.Context, c *sqlite.Conn, paths []store.Path, say func(p store.Path, isStored bool)) error {
	cost := 0
	if len(paths) > fewPaths {
		var err error
		if cost, err = scanCost(c); err != nil {
			return err
		}
	}
	if len(paths) > cost && len(paths) > fewPaths {
		return eachScanned(ctx, c, paths, say)
	}
	for _, p := range paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		isStored, err := exists(c, sqlPathID, bindPath(p))
		if err != nil {
			return err
		}
		say(p, isStored)
	}
	return nil
}

// eachScanned is eachStored by reading all that the database has.
func eachScanned(ctx context.Context, c *sqlite.Conn, paths []store.Path, say func(p store.Path, isStored bool)) error {
	r, err := newGraphReader(c)
	if err != nil {
		return err
	}
	next := 0
	err = r.eachSorted(func(stored []byte) error {
		for next < len(paths) && string(paths[next]) < string(stored) {
			say(paths[next], false)
			next++
		}
		if next < len(paths) && string(paths[next]) == string(stored) {
			say(paths[next], true)
			next++
		}
		return ctx.Err()
	})
	for ; err == nil && next < len(paths); next++ {
		say(paths[next], false)
	}
	return err
}

// fewPaths is how many it is never quicker for to read all.
const fewPaths = 64

// readAllPaths returns all paths of the database, sorted.
func readAllPaths(c *sqlite.Conn) (paths []store.Path, err error) {
	var text texts
	err = each(c, sqlAllPaths, nil, func(stmt *sqlite.Stmt) error {
		paths = append(paths, store.Path(text.column(stmt, 0)))
		return nil
	})
	return paths, err
}

// PathInfo returns what is known about p. If p is not valid,
// errors.Is(err, store.ErrInvalidPath).
func (st *Store) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	if err := st.flushFor(ctx, p); err != nil {
		return nil, fmt.Errorf("query %s: %w", p, err)
	}
	info, err := st.pathInfo(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", p, err)
	}
	return info, nil
}

// pathInfo looks only into the database.
func (st *Store) pathInfo(ctx context.Context, p store.Path) (info *store.PathInfo, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = st.db.query(ctx, func(c *sqlite.Conn) (err error) {
		info, err = st.queryInfo(c, p)
		return err
	})
	if err == nil && info == nil {
		err = store.ErrInvalidPath
	}
	return info, err
}

// queryInfo returns nil if p is not valid.
func (st *Store) queryInfo(c *sqlite.Conn, p store.Path) (info *store.PathInfo, err error) {
	var id int64
	err = each(c, sqlPathInfo, bindPath(p), func(stmt *sqlite.Stmt) (err error) {
		id = stmt.ColumnInt64(0)
		info, err = scanInfo(stmt)
		return err
	})
	if err != nil || info == nil {
		return nil, err
	}
	info.References, err = queryPaths(c, sqlReferences, func(stmt *sqlite.Stmt) { stmt.SetInt64(":id", id) })
	return info, err
}

// scanInfo reads a row of path_info.sql or all_infos.sql, all but References.
func scanInfo(stmt *sqlite.Stmt) (*store.PathInfo, error) {
	info := &store.PathInfo{
		Path:             store.Path(stmt.ColumnText(1)),
		RegistrationTime: stmt.ColumnInt64(3),
		Deriver:          store.Path(stmt.ColumnText(4)),
		NarSize:          stmt.ColumnInt64(5),
		Ultimate:         stmt.ColumnInt64(6) == 1,
		Sigs:             strings.Fields(stmt.ColumnText(7)),
		CA:               stmt.ColumnText(8),
	}
	var err error
	if info.NarHash, err = nixhash.Parse(stmt.ColumnText(2), 0); err != nil {
		return nil, fmt.Errorf("%s: %w: %v", info.Path, ErrCorrupt, err)
	}
	return info, nil
}

func bindPath(p store.Path) func(*sqlite.Stmt) {
	return func(stmt *sqlite.Stmt) { stmt.SetText(":path", string(p)) }
}

// queryPaths returns the first column of a statement's rows.
func queryPaths(c *sqlite.Conn, sql string, bind func(*sqlite.Stmt)) (paths []store.Path, err error) {
	err = each(c, sql, bind, func(stmt *sqlite.Stmt) error {
		paths = append(paths, store.Path(stmt.ColumnText(0)))
		return nil
	})
	return paths, err
}

// Referrers returns the valid paths that refer to p, sorted. It may hold p
// itself, and is empty if p is not valid.
func (st *Store) Referrers(ctx context.Context, p store.Path) ([]store.Path, error) {
	return st.queryAbout(ctx, p, sqlReferrers)
}

// Derivers returns the valid derivations that p is an output of, sorted. P need
// not be valid.
func (st *Store) Derivers(ctx context.Context, p store.Path) ([]store.Path, error) {
	return st.queryAbout(ctx, p, sqlDerivers)
}

// queryAbout runs a statement whose one parameter is a path, with all that is
// pending registered.
func (st *Store) queryAbout(ctx context.Context, p store.Path, sql string) (paths []store.Path, err error) {
	if err := st.Flush(ctx); err != nil {
		return nil, err
	}
	err = st.db.query(ctx, func(c *sqlite.Conn) (err error) {
		paths, err = queryPaths(c, sql, bindPath(p))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", p, err)
	}
	return paths, nil
}

// DerivationOutputs returns the paths of the outputs of a valid derivation,
// without those that are not known before it is built. They need not be valid.
// If the derivation is not, errors.Is(err, store.ErrInvalidPath).
func (st *Store) DerivationOutputs(ctx context.Context, drvPath store.Path) (map[store.OutputName]store.Path, error) {
	if err := st.flushFor(ctx, drvPath); err != nil {
		return nil, fmt.Errorf("query outputs of %s: %w", drvPath, err)
	}
	outputs := make(map[store.OutputName]store.Path)
	err := st.db.query(ctx, func(c *sqlite.Conn) error {
		clear(outputs)
		return each(c, sqlDerivationOutputs, bindPath(drvPath), func(stmt *sqlite.Stmt) error {
			outputs[stmt.ColumnText(0)] = store.Path(stmt.ColumnText(1))
			return nil
		})
	})
	if err == nil && len(outputs) == 0 {
		var valid bool
		if valid, err = st.isValid(ctx, drvPath); err == nil && !valid {
			err = store.ErrInvalidPath
		}
	}
	if err != nil {
		return nil, fmt.Errorf("query outputs of %s: %w", drvPath, err)
	}
	return outputs, nil
}

// ReadDerivation returns the derivation at p, whose outputs are where they have
// to be. If p is not valid, errors.Is(err, store.ErrInvalidPath).
func (st *Store) ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	valid, err := st.IsValid(ctx, p)
	if err != nil {
		return nil, err
	}
	if !valid {
		return nil, fmt.Errorf("read %s: %w", p, store.ErrInvalidPath)
	}
	d, err := st.loadDerivation(p)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// PathFromHashPart returns the valid path with the given digest, or "" if there
// is none.
func (st *Store) PathFromHashPart(ctx context.Context, digest string) (store.Path, error) {
	if len(digest) != store.DigestLen {
		return "", fmt.Errorf("query digest %q: got %d digits, want %d", digest, len(digest), store.DigestLen)
	}
	if err := st.Flush(ctx); err != nil {
		return "", err
	}
	prefix := string(st.dir) + "/" + digest
	var found []store.Path
	err := st.db.query(ctx, func(c *sqlite.Conn) (err error) {
		found, err = queryPaths(c, sqlPathFromDigest, func(stmt *sqlite.Stmt) { stmt.SetText(":prefix", prefix) })
		return err
	})
	if err != nil {
		return "", fmt.Errorf("query digest %s: %w", digest, err)
	}
	if len(found) == 0 || !strings.HasPrefix(string(found[0]), prefix+"-") {
		return "", nil
	}
	return found[0], nil
}

// AllPaths returns all valid paths, sorted.
func (st *Store) AllPaths(ctx context.Context) (paths []store.Path, err error) {
	if err := st.Flush(ctx); err != nil {
		return nil, err
	}
	err = st.db.snapshot(ctx, func(c *sqlite.Conn) (err error) {
		paths, err = readAllPaths(c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("query all paths: %w", err)
	}
	return paths, nil
}

// AllInfos yields what is known about all valid paths at one moment, in the
// order in which they became valid. After an error it ends.
func (st *Store) AllInfos(ctx context.Context) iter.Seq2[*store.PathInfo, error] {
	return func(yield func(*store.PathInfo, error) bool) {
		infos, err := st.allInfos(ctx)
		if err != nil {
			yield(nil, fmt.Errorf("query all paths: %w", err))
			return
		}
		for _, info := range infos {
			if !yield(info, nil) {
				return
			}
		}
	}
}

func (st *Store) allInfos(ctx context.Context) (infos []*store.PathInfo, err error) {
	if err := st.Flush(ctx); err != nil {
		return nil, err
	}
	err = st.db.snapshot(ctx, func(c *sqlite.Conn) (err error) {
		infos, err = readInfos(c)
		return err
	})
	return infos, err
}

// readInfos returns what is known about all valid paths, by id.
func readInfos(c *sqlite.Conn) (infos []*store.PathInfo, err error) {
	byID := make(map[int64]*store.PathInfo)
	err = each(c, sqlAllInfos, nil, func(stmt *sqlite.Stmt) error {
		info, err := scanInfo(stmt)
		if err != nil {
			return err
		}
		byID[stmt.ColumnInt64(0)] = info
		infos = append(infos, info)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = each(c, sqlAllReferences, nil, func(stmt *sqlite.Stmt) error {
		referrer, reference := byID[stmt.ColumnInt64(0)], byID[stmt.ColumnInt64(1)]
		if referrer != nil && reference != nil {
			referrer.References = append(referrer.References, reference.Path)
		}
		return nil
	})
	for _, info := range infos {
		slices.Sort(info.References)
	}
	return infos, err
}
