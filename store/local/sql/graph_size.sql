select (select max(id) from ValidPaths), (select max(rowid) from Refs), (select page_count * page_size from pragma_page_count, pragma_page_size)
