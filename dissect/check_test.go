package dissect

import (
	"fmt"
	"strings"
)

// check returns what is wrong with a tree over n bytes, or "".
func check(root *Field, n int) string {
	if root.Off != 0 || root.Len != n || root.ID != "" {
		return fmt.Sprintf("the root is %q at %d+%d, not all %d bytes", root.ID, root.Off, root.Len, n)
	}
	if n > 0 && root.Leaf() {
		return "the root has no fields"
	}
	ids := map[string]bool{}
	at, count := 0, 0
	var walk func(f *Field) string
	walk = func(f *Field) string {
		count++
		switch {
		case kindsOf(f.Kind) == "":
			return fmt.Sprintf("%s: kind %q is not in the table", f.ID, f.Kind)
		case f.Kind == Unparsed && f.Reason == "":
			return f.ID + " is unparsed without a reason"
		case f.Kind == Unparsed && !f.Leaf():
			return f.ID + " is unparsed and has fields"
		case f != root && f.Len <= 0:
			return f.ID + " is empty"
		case ids[f.ID]:
			return f.ID + " is there twice"
		}
		ids[f.ID] = true
		if f.Leaf() && f != root {
			if f.Off != at {
				return fmt.Sprintf("%s starts at %d, the leaf before it ends at %d", f.ID, f.Off, at)
			}
			at += f.Len
			return ""
		}
		next := f.Off
		for i := range f.Fields {
			in := &f.Fields[i]
			if in.Off != next || in.Off+in.Len > f.Off+f.Len {
				return fmt.Sprintf("%s is at %d+%d, expected at %d within %s at %d+%d", in.ID, in.Off, in.Len, next, f.ID, f.Off, f.Len)
			}
			if f != root && !strings.HasPrefix(in.ID, f.ID+".") {
				return in.ID + " is not named after " + f.ID
			}
			next = in.Off + in.Len
			if why := walk(in); why != "" {
				return why
			}
		}
		if next != f.Off+f.Len {
			return fmt.Sprintf("%s ends at %d, its fields at %d", f.ID, f.Off+f.Len, next)
		}
		return ""
	}
	if why := walk(root); why != "" {
		return why
	}
	if at != n {
		return fmt.Sprintf("leaves cover %d of %d bytes", at, n)
	}
	if count > 2*MaxFields {
		return fmt.Sprint("too many fields: ", count)
	}
	return ""
}

// kindsOf is the label of a kind that is in the table, or of a length field.
func kindsOf(k Kind) string {
	label := k.Info().Label
	if label == string(k) && kinds[k].Label == "" {
		return ""
	}
	return label
}
