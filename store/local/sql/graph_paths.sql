select id, path, narSize, registrationTime, deriver from ValidPaths order by id
