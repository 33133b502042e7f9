insert or ignore into SchemaMigrations (migration) values (:migration)
