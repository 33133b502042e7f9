package local

import _ "embed"

// The statements of the database, one a file in sql, where README.md says what
// they rest on.
var (
	//go:embed sql/schema/10.sql
	sqlSchema string
	//go:embed sql/schema/migrations.sql
	sqlMigrations string
	//go:embed sql/schema/20260309-drop-redundant-indexreferrer.sql
	sqlDropIndexReferrer string

	//go:embed sql/schema/20251017-ca-derivations.sql
	sqlBuildTrace string

	//go:embed sql/has_table.sql
	sqlHasTable string
	//go:embed sql/has_paths.sql
	sqlHasPaths string
	//go:embed sql/has_migrations.sql
	sqlHasMigrations string
	//go:embed sql/migration_applied.sql
	sqlMigrationApplied string
	//go:embed sql/insert_migration.sql
	sqlInsertMigration string

	//go:embed sql/path_info.sql
	sqlPathInfo string
	//go:embed sql/path_id.sql
	sqlPathID string
	//go:embed sql/references.sql
	sqlReferences string
	//go:embed sql/referrers.sql
	sqlReferrers string
	//go:embed sql/other_referrer.sql
	sqlOtherReferrer string
	//go:embed sql/path_from_digest.sql
	sqlPathFromDigest string
	//go:embed sql/derivers.sql
	sqlDerivers string
	//go:embed sql/derivation_outputs.sql
	sqlDerivationOutputs string

	//go:embed sql/all_paths.sql
	sqlAllPaths string
	//go:embed sql/all_infos.sql
	sqlAllInfos string
	//go:embed sql/all_references.sql
	sqlAllReferences string
	//go:embed sql/page.sql
	sqlPage string
	//go:embed sql/page_count.sql
	sqlPageCount string
	//go:embed sql/graph_layout.sql
	sqlGraphLayout string
	//go:embed sql/database_size.sql
	sqlDatabaseSize string
	//go:embed sql/graph_size.sql
	sqlGraphSize string
	//go:embed sql/graph_derivers.sql
	sqlGraphDerivers string
	//go:embed sql/graph_paths.sql
	sqlGraphPaths string
	//go:embed sql/graph_outputs.sql
	sqlGraphOutputs string

	//go:embed sql/insert_path.sql
	sqlInsertPath string
	//go:embed sql/update_path.sql
	sqlUpdatePath string
	//go:embed sql/insert_reference.sql
	sqlInsertReference string
	//go:embed sql/insert_output.sql
	sqlInsertOutput string
	//go:embed sql/all_realisations.sql
	sqlAllRealisations string
	//go:embed sql/realisation.sql
	sqlRealisation string
	//go:embed sql/insert_realisation.sql
	sqlInsertRealisation string
	//go:embed sql/update_realisation.sql
	sqlUpdateRealisation string
	//go:embed sql/delete_realisation.sql
	sqlDeleteRealisation string
	//go:embed sql/old_realisation.sql
	sqlOldRealisation string
	//go:embed sql/insert_old_realisation.sql
	sqlInsertOldRealisation string
	//go:embed sql/delete_old_realisation.sql
	sqlDeleteOldRealisation string
	//go:embed sql/update_old_realisation.sql
	sqlUpdateOldRealisation string

	//go:embed sql/delete_path.sql
	sqlDeletePath string
)
