-- What Nix has applied beyond the number in the schema file.
create table if not exists SchemaMigrations (
    migration text primary key not null
);
