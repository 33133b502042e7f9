package instantiate

import "nixbench/store/nixjson"

// normalise rewrites the text of a JSON object without spaces and with sorted
// keys, of equal ones the last.
func (r *request) normalise(text string) string {
	v, err := nixjson.Decode(text)
	if err != nil {
		r.fail("cannot process __json attribute: %v", err)
	}
	if _, isObject := v.(map[string]any); !isObject {
		r.fail("cannot process __json attribute: [json.exception.type_error.302] type must be object, but is %s", nixjson.TypeName(v))
	}
	out, err := nixjson.Append(nil, v)
	if err != nil {
		r.fail("cannot process __json attribute: %v", err)
	}
	return string(out)
}
