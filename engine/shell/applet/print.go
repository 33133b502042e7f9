package applet

import "fmt"

// putf formats to the output.
func putf(c *Call, format string, args ...any) { fmt.Fprintf(c.out, format, args...) }

// puts writes strings to the output.
func puts(c *Call, parts ...string) {
	for _, s := range parts {
		c.out.WriteString(s)
	}
}
