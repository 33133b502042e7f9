insert into BuildTraceV3 (drvPath, outputName, outputPath, signatures)
values (:drv, :output, :path, :sigs)
