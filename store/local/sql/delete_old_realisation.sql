delete from Realisations where drvPath = :drv and outputName = :output
