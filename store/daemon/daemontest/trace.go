package daemontest

import (
	"context"
	"encoding/json"
	"strings"

	"nixbench/store"
)

// This file is the build trace. Of older clients' hashes it knows what they told it, for as
// long as it runs.

func (c *conn) registerRealisation(ctx context.Context) error {
	if c.modern {
		r := store.Realisation{DrvPath: c.path(), Output: c.text(), OutPath: c.path(), Sigs: c.words()}
		if len(r.Sigs) == 0 {
			return &unsignedError{r.OutPath}
		}
		return c.answer(c.s.st.RegisterRealisations(ctx, []store.Realisation{r}, nil))
	}
	text := c.text()
	var r struct{ ID, OutPath string }
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.old[r.ID] = text
	return c.done()
}

// An unsignedError refuses what an output came to be.
type unsignedError struct{ path store.Path }

func (e *unsignedError) Error() string {
	return "cannot register realisation '" + e.path.Base() + "' because it lacks a signature by a trusted key"
}

func (c *conn) queryRealisation(ctx context.Context) error {
	if !c.modern {
		id := c.text()
		c.s.mu.Lock()
		text := c.s.old[id]
		c.s.mu.Unlock()
		if text == "" || !strings.Contains(id, "!") {
			return c.done(0)
		}
		return c.done(1, text)
	}
	r, ok, err := c.s.st.RealisationOnce(ctx, c.path(), c.text())
	if err != nil || !ok {
		return c.answer(err, 0)
	}
	return c.done(1, r.OutPath, r.Sigs)
}
