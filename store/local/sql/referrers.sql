select v.path
  from Refs r
  join ValidPaths v on v.id = r.referrer
 where r.reference = (select id from ValidPaths where path = :path)
 order by v.path
