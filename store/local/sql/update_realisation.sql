update BuildTraceV3
   set outputPath = :path, signatures = :sigs
 where drvPath = :drv and outputName = :output
