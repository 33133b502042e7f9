select id, path, hash, registrationTime, deriver, narSize, ultimate, sigs, ca
  from ValidPaths
 order by id
