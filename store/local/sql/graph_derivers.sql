select id, deriver from ValidPaths where deriver is not null and deriver <> '' order by id
