delete from ValidPaths where id = :id
