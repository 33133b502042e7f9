select o.drv, v.id
  from DerivationOutputs o
  join ValidPaths v on v.path = o.path
