package local

import "zombiezen.com/go/sqlite"

// execute runs a statement without parameters or rows.
func execute(c *sqlite.Conn, sql string) error {
	return each(c, sql, nil, nil)
}

// exists reports whether a statement has a row.
func exists(c *sqlite.Conn, sql string, bind func(*sqlite.Stmt)) (found bool, err error) {
	err = each(c, sql, bind, func(*sqlite.Stmt) error {
		found = true
		return nil
	})
	return found, err
}

// each runs a statement and calls row, which may be nil, for each row. Bind,
// which may be nil, sets the parameters.
func each(c *sqlite.Conn, sql string, bind func(*sqlite.Stmt), row func(*sqlite.Stmt) error) (err error) {
	stmt, err := c.Prepare(sql)
	if err != nil {
		return err
	}
	// Until it is reset, a statement holds on to the state that it reads.
	defer func() {
		if resetErr := stmt.Reset(); err == nil {
			err = resetErr
		}
	}()
	if bind != nil {
		bind(stmt)
	}
	for {
		more, err := stmt.Step()
		if err != nil || !more {
			return err
		}
		if row != nil {
			if err := row(stmt); err != nil {
				return err
			}
		}
	}
}
