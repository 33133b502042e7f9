select (select count(*) from ValidPaths), (select count(*) from Refs)
