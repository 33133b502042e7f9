select v.path
  from Refs r
  join ValidPaths v on v.id = r.reference
 where r.referrer = :id
 order by v.path
