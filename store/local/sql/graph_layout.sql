select (select rootpage from sqlite_schema where type = 'table' and name = 'ValidPaths'),
       (select rootpage from sqlite_schema where type = 'index' and name = 'sqlite_autoindex_Refs_1'),
       (select group_concat(name || ' ' || lower(type) || ' ' || pk) from pragma_table_info('ValidPaths') where cid < 6),
       (select group_concat(name) from pragma_index_info('sqlite_autoindex_Refs_1')),
       (select rootpage from sqlite_schema where type = 'index' and name = 'sqlite_autoindex_ValidPaths_1'),
       (select group_concat(name || ' ' || coll) from pragma_index_xinfo('sqlite_autoindex_ValidPaths_1') where key)
