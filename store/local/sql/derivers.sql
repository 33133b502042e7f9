select v.path
  from DerivationOutputs o
  join ValidPaths v on v.id = o.drv
 where o.path = :path
 order by v.path
