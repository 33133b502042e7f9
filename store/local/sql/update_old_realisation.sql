update Realisations
   set outputPath = (select id from ValidPaths where path = :path), signatures = :sigs
 where drvPath = :drv and outputName = :output
