# What is wrong with a text, as Nix words it. Chunks are separate texts; the
# marker is on the line that the error must be reported for, and holds a regular
# expression that the whole message must match.

&& true ### "syntax error, unexpected '&&'"
---
1 + ### "syntax error, unexpected end of file"
---
let a = 1; ### "syntax error, unexpected end of file, expecting 'in' or 'inherit'"
---
let a = 1 in a ### "syntax error, unexpected 'in', expecting ';'"
---
{ a = 1; ### "syntax error, unexpected end of file, expecting 'inherit'"
---
{ a = 1 } ### "syntax error, unexpected '}', expecting ';'"
---
{
  a = [ 1 2;  ### "syntax error, unexpected ';'"
}
---
(1 ### "syntax error, unexpected end of file, expecting '\)'"
---
(1] ### "syntax error, unexpected '\]', expecting '\)'"
---
a.if ### "syntax error, unexpected 'if', expecting identifier or 'or' or '\$\{' or '\"'"
---
a ? 1 ### "syntax error, unexpected integer, expecting identifier or 'or' or '\$\{' or '\"'"
---
if true
then 1
else ### "syntax error, unexpected end of file"
---
if true else 1 ### "syntax error, unexpected 'else', expecting 'then'"
---
with x y ### "syntax error, unexpected end of file, expecting ';'"
---
assert x: y; ### "syntax error, unexpected end of file"
---
{ a, b, a }: a ### "duplicate formal function argument 'a'"
---
{ a, b }@a: a ### "duplicate formal function argument 'a'"
---
{ a b }: a ### "syntax error, unexpected identifier, expecting '\.' or '='"
---
{ a ? }: a ### "syntax error, unexpected '\}'"
---
{ ..., a }: a ### "syntax error, unexpected ',', expecting '\}'"
---
x@y: z ### "syntax error, unexpected identifier, expecting '\{'"
---
1 == 2 == 3 ### "syntax error, unexpected '=='"
---
1 < 2 <= 3 ### "syntax error, unexpected '<='"
---
1 + x: x ### "syntax error, unexpected ':', expecting end of file"
---
{
  a = 1;
  a = 2; ### "attribute 'a' already defined at errors:\d+:3"
}
---
{
  a.b.c = 1;
  a.b = { d = 2; c = 3; }; ### "attribute 'a.b.c' already defined at errors:\d+:3"
}
---
{
  a.b = 1;
  a.b.c = 1; ### "attribute 'a.b' already defined at errors:\d+:3"
}
---
{ a = 1; inherit (b) a; } ### "attribute 'a' already defined at errors:\d+:3"
---
{ "b c" = 1; "b c" = 2; } ### "attribute '\"b c\"' already defined at errors:\d+:3"
---
let ${"a" + "b"} = 1; in 1 ### "dynamic attributes not allowed in let"
---
{ inherit ${a}; } ### "dynamic attributes not allowed in inherit"
---
{ inherit "a${b}"; } ### "dynamic attributes not allowed in inherit"
---
{ inherit a.b; } ### "syntax error, unexpected '\.'"
---
rec a ### "syntax error, unexpected identifier, expecting '\{'"
---
99999999999999999999 ### "invalid integer '99999999999999999999'"
---
1.0e999 ### "invalid float '1.0e999'"
---
./a/ + 1 ### "path has a trailing slash"
---
a/b//c ### "syntax error, unexpected end of path, expecting '\$\{'"
---
a |> b ### "experimental Nix feature 'pipe-operators' is disabled; add '--extra-experimental-features pipe-operators' to enable it"
---
"a ### "syntax error, unexpected end of file, expecting '\"'"
---
''a ### "syntax error, unexpected end of file, expecting .*"
---
"${a b" ### "syntax error, unexpected end of file.*"
---
a ^ b ### "syntax error, unexpected invalid token, expecting end of file"
---
/* never closed ### "syntax error, unexpected '/'"
---
a: ### "syntax error, unexpected end of file"
---
] ### "syntax error, unexpected '\]'"
---
} ### "syntax error, unexpected '\}'"
---
a b: c ### "syntax error, unexpected ':', expecting end of file"
---
{ inherit (a b; } ### "syntax error, unexpected ';', expecting '\)'"
---
let { a = 1; ### "syntax error, unexpected end of file, expecting .*"
---
http: //a ### "syntax error, unexpected '//'"
---
<a ### "syntax error, unexpected '<'"
---
- ### "syntax error, unexpected end of file"
---
{ a }@a: a |> b ### "experimental Nix feature 'pipe-operators' is disabled; .*"
---
{ a, a }: a 1.5e999 ### "invalid float '1.5e999'"
