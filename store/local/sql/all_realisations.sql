select drvPath, outputName, outputPath, signatures from BuildTraceV3 order by drvPath, outputName
