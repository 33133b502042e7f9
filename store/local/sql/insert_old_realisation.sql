insert into Realisations (drvPath, outputName, outputPath, signatures)
select :drv, :output, id, :sigs from ValidPaths where path = :path
