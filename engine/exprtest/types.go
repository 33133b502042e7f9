package exprtest

// A kind is a kind of value.
type kind uint8

const (
	kInt kind = iota
	kFloat
	kBool
	kString
	kNull
	kPath
	kList
	kSet
	kFunc
	kinds
)

// A typ is the type of a value, as far as the generator needs it. Lists have
// elements of one type most of the time.
type typ struct {
	kind   kind
	elem   *typ    // of a list
	fields []field // of a set, names unique; it may have more attributes
	arg    *typ    // of a function
	res    *typ
}

// A field is an attribute of a set.
type field struct {
	name string
	typ  typ
}

var (
	intType    = typ{kind: kInt}
	floatType  = typ{kind: kFloat}
	boolType   = typ{kind: kBool}
	stringType = typ{kind: kString}
	nullType   = typ{kind: kNull}
	pathType   = typ{kind: kPath}
	setType    = typ{kind: kSet}
)

func listOf(elem typ) typ       { return typ{kind: kList, elem: &elem} }
func funcType(arg, res typ) typ { return typ{kind: kFunc, arg: &arg, res: &res} }

// fits reports whether a value of type t can stand where u is wanted.
func (t typ) fits(u typ) bool {
	if t.kind != u.kind {
		return false
	}
	switch t.kind {
	case kList:
		return t.elem.fits(*u.elem)
	case kFunc:
		return u.arg.fits(*t.arg) && t.res.fits(*u.res)
	case kSet:
		for _, want := range u.fields {
			if f := t.field(want.name); f == nil || !f.typ.fits(want.typ) {
				return false
			}
		}
	}
	return true
}

// field returns the field of that name, or nil.
func (t typ) field(name string) *field {
	for i := range t.fields {
		if t.fields[i].name == name {
			return &t.fields[i]
		}
	}
	return nil
}

// isData reports whether values of the type have a form in JSON that reads back
// as the same type.
func (t typ) isData() bool {
	switch t.kind {
	case kList:
		return t.elem.isData()
	case kSet:
		for _, f := range t.fields {
			if !f.typ.isData() {
				return false
			}
		}
	case kPath, kFunc:
		return false
	}
	return true
}
