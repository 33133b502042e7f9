select id, path, narSize, registrationTime from ValidPaths order by id
