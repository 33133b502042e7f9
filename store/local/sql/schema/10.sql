-- The tables of a store whose schema file says 10.
-- Format: Nix 2.34, schema.sql. Columns are not ours to change.

create table if not exists ValidPaths (
    id               integer primary key autoincrement not null, -- never used again
    path             text unique not null, -- the whole logical path
    hash             text not null,        -- of the NAR, "sha256:<base 16>"
    registrationTime integer not null,     -- Unix seconds
    deriver          text,
    narSize          integer,              -- bytes
    ultimate         integer,              -- 1 if built here
    sigs             text,                 -- separated by spaces
    ca               text                  -- content address
);

create table if not exists Refs (
    referrer  integer not null,
    reference integer not null,
    primary key (referrer, reference),
    foreign key (referrer) references ValidPaths(id) on delete cascade,
    foreign key (reference) references ValidPaths(id) on delete restrict
);

create index if not exists IndexReference on Refs(reference);

-- Without it the restriction would keep a path that refers to itself.
create trigger if not exists DeleteSelfRefs before delete on ValidPaths
begin
    delete from Refs where referrer = old.id and reference = old.id;
end;

create table if not exists DerivationOutputs (
    drv  integer not null,
    id   text not null, -- the name of the output
    path text not null,
    primary key (drv, id),
    foreign key (drv) references ValidPaths(id) on delete cascade
);

create index if not exists IndexDerivationOutputs on DerivationOutputs(path);
