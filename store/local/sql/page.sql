select data from sqlite_dbpage where pgno = :page
