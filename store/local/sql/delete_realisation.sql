delete from BuildTraceV3 where drvPath = :drv and outputName = :output
