-- What the outputs of derivations came to be: the build trace. An entry stays
-- when its path is deleted, so whoever reads it asks whether that is valid.
-- Format: Nix 2.35, ca-specific-schema.sql. Columns are not ours to change.

create table if not exists BuildTraceV3 (
    id         integer primary key autoincrement not null,
    drvPath    text not null, -- the base name
    outputName text not null,
    outputPath text not null, -- the whole logical path
    signatures text           -- separated by spaces
);

create index if not exists IndexBuildTraceV3 on BuildTraceV3(drvPath, outputName);
