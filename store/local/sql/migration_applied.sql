select 1 from SchemaMigrations where migration = :migration
