// Package exprtest makes random expressions for tests: well-scoped and mostly
// well-typed ones ([Generator.Expr]), and mutants of texts that people wrote
// ([Mutator]). What it makes depends on the seed alone. [Shrink] makes a text
// that shows a fault smaller.
package exprtest
