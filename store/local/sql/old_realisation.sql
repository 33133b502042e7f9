select v.path, r.signatures
  from Realisations r
  join ValidPaths v on v.id = r.outputPath
 where r.drvPath = :drv and r.outputName = :output
