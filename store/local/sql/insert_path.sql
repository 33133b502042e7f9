insert into ValidPaths (path, hash, registrationTime, deriver, narSize, ultimate, sigs, ca)
values (:path, :hash, :time, :deriver, :size, :ultimate, :sigs, :ca)
