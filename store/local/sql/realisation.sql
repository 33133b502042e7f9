select outputPath, signatures from BuildTraceV3 where drvPath = :drv and outputName = :output
