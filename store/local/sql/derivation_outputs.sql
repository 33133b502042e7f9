select o.id, o.path
  from DerivationOutputs o
  join ValidPaths v on v.id = o.drv
 where v.path = :path
