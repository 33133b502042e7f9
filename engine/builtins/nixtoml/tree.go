package nixtoml

// A form says how a value was written, and so what may be added to it.
type form uint8

const (
	scalar     form = iota
	explicit        // a table that a header names
	implicit        // a table that a header names a part of
	dotted          // a table that a key names a part of
	inline          // { … }
	inlineList      // [ … ]
	tableList       // of [[…]]
)

// A tree is a value as a doctor sees it.
type tree struct {
	form  form
	at    region // where it was written
	items map[string]*tree
	elems []*tree
}

func newTree(f form, at region) *tree { return &tree{form: f, at: at, items: map[string]*tree{}} }

func (t *tree) isTable() bool { return t.form >= explicit && t.form <= inline }

// isTables reports whether t is a list of tables, and not empty.
func (t *tree) isTables() bool {
	for _, elem := range t.elems {
		if !elem.isTable() {
			return false
		}
	}
	return len(t.elems) > 0
}

// An insertion says what is inserted.
type insertion uint8

const (
	dottedKey insertion = iota
	standardTable
	arrayOfTables
)

// conflict is a complaint about two places.
func conflict(title string, at region, words string, other *tree, otherWords string) *complaint {
	return &complaint{title: "toml::insert_value:" + title, remarks: []remark{{at, words}, {other.at, otherWords}}}
}

// insert puts a value in its place and returns it, or the table that it became a part of.
func (t *tree) insert(kind insertion, path []string, at region, val *tree) (*tree, *complaint) {
	if len(path) > maxParts {
		return newTree(explicit, at), nil // which no document may have, whatever else is wrong
	}
	for _, key := range path[:len(path)-1] {
		next, bad := t.step(kind, key, at)
		if bad != nil {
			return nil, bad
		}
		t = next
	}
	key := path[len(path)-1]
	old := t.items[key]
	switch {
	case old == nil && kind == arrayOfTables:
		list := newTree(tableList, at)
		list.elems = []*tree{val}
		t.items[key] = list
		return val, nil
	case old == nil:
		t.items[key] = val
		return val, nil
	case kind == dottedKey:
		return nil, conflict(" failed to insert a value, value already exists", at, "inserting this", old, "but value already exists")
	case kind == standardTable && old.form != implicit:
		return nil, conflict(" failed to insert a table, table already defined", at, "inserting this", old, "this table is explicitly defined")
	case kind == standardTable:
		old.form, old.at = explicit, at
		return old, nil
	case !old.isTables():
		return nil, conflict(" failed to insert an array of tables, value already exists", at, "while inserting this", old, "non-table value already exists")
	case old.form != tableList:
		return nil, conflict(" failed to insert a table, inline array of tables is immutable", at, "while inserting this", old, "this is inline array-of-tables")
	}
	old.elems = append(old.elems, val)
	return val, nil
}

// step goes to the table of a part of a path that is not the last.
func (t *tree) step(kind insertion, key string, at region) (*tree, *complaint) {
	old := t.items[key]
	switch {
	case old == nil:
		sub := newTree(implicit, at)
		if kind == dottedKey {
			sub.form = dotted
		}
		t.items[key] = sub
		return sub, nil
	case old.isTable() && old.form == inline:
		return nil, conflict(" failed to insert a value: inline table is immutable", at, "inserting this", old, "to this table")
	case old.isTable() && kind == dottedKey && old.form != dotted:
		return nil, conflict(" reopening a table using dotted keys", at, "dotted key cannot reopen a table", old, "this table is already closed")
	case old.isTable():
		return old, nil
	case !old.isTables():
		return nil, conflict(" failed to insert a value, value already exists", at, "while inserting this", old, "non-table value already exists")
	case old.form != tableList:
		return nil, conflict("inline array of tables are immutable", at, "inserting this", old, "inline array of tables")
	case kind == dottedKey:
		return nil, conflict("dotted key cannot reopen an array-of-tables", at, "inserting this", old, "to this array-of-tables.")
	}
	return old.elems[len(old.elems)-1], nil
}
